#include "core/pages.hh"

#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace gatehouse::bulk {

namespace {

std::size_t UpTo(std::uintptr_t address, std::size_t size) noexcept { return (size - address % size) % size; }

}  // namespace

std::size_t Settle(std::span<std::byte> fresh, std::size_t bytes) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(fresh.data());
  if (bytes < kHugePage) return UpTo(address, kPage);
  const std::size_t start = UpTo(address, kHugePage);
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // In whole pages, which are larger on some systems: what shares a page with the ends is somebody else's.
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t before = UpTo(address, page);
  std::byte* const from = fresh.data() + before;
  const std::size_t size = (fresh.size() - before) / page * page;
  if (madvise(from, size, MADV_HUGEPAGE) == 0) madvise(from, size, MADV_DONTNEED);
#endif
  return start;
}

}  // namespace gatehouse::bulk
