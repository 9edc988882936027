// Where columns begin in memory that is new, and what pages they get.

#pragma once

#include <cstddef>
#include <span>

namespace gatehouse::bulk {

// Memory that is read from its start to its end is read sooner in pages of this size. Smaller regions than one
// begin where an ordinary page does on most systems.
inline constexpr std::size_t kHugePage = std::size_t{2} << 20;
inline constexpr std::size_t kPage = 4096;

// How much memory `Settle` needs to find `bytes` in.
constexpr std::size_t Room(std::size_t bytes) noexcept {
  return bytes < kHugePage ? bytes + kPage : (bytes + kHugePage - 1) / kHugePage * kHugePage + kHugePage;
}

// The offset in `fresh`, which has `Room(bytes)` and holds zeroes, that `bytes` are to start at. Where the system can be
// asked for huge pages it gets back what it gave, as an allocator may have written its zeroes into ordinary ones already.
// It need not have any: that changes no more than how long reading takes.
std::size_t Settle(std::span<std::byte> fresh, std::size_t bytes) noexcept;

}  // namespace gatehouse::bulk
