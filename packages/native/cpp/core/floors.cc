// Plain loops, in the fastest of the forms that were tried. Where the compiler can vectorise, one loop leaves a byte a row
// and another packs eight bytes at a time into bits; where it cannot, since there is a look-up, eight are put together
// at once.

#include "core/floors.hh"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GATEHOUSE_FLOOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GATEHOUSE_FLOOR
#endif

namespace gatehouse::floors {
namespace {

constexpr std::size_t kBlock = 1024;

// Eight bytes of 0 or 1 to the eight bits of a byte, the first lowest.
inline std::uint32_t Pack8(const std::uint8_t* bytes) noexcept {
  std::uint64_t eight;
  std::memcpy(&eight, bytes, sizeof eight);
  if constexpr (std::endian::native == std::endian::big) eight = __builtin_bswap64(eight);
  return static_cast<std::uint32_t>((eight * 0x0102040810204080u) >> 56);
}

inline std::uint32_t Pack32(const std::uint8_t* bytes) noexcept {
  return Pack8(bytes) | Pack8(bytes + 8) << 8 | Pack8(bytes + 16) << 16 | Pack8(bytes + 24) << 24;
}

// Asks `allows(row)` of every row. Whole blocks have a constant length, which the compiler makes use of.
template <typename Allows>
__attribute__((always_inline)) inline void Fill(std::size_t rows, Answer answer, Allows allows) noexcept {
  std::uint8_t allowed[kBlock];
  std::size_t first = 0;
  for (; first + kBlock <= rows; first += kBlock) {
    for (std::size_t i = 0; i < kBlock; i++) allowed[i] = allows(first + i);
    const std::size_t word = first / 32;
    for (std::size_t i = 0; i < kBlock / 32; i++)
      answer.allow[word + i] = Pack32(allowed + 32 * i) & answer.rows[word + i];
  }
  for (std::size_t word = first / 32; word < (rows + 31) / 32; word++) {
    std::uint32_t bits = 0;
    for (std::size_t row = 32 * word; row < rows && row < 32 * word + 32; row++)
      bits |= static_cast<std::uint32_t>(allows(row)) << (row % 32);
    answer.allow[word] = bits & answer.rows[word];
  }
}

}  // namespace

GATEHOUSE_FLOOR
void BitTest(std::span<const std::uint16_t> event, std::span<const std::uint32_t, kEventIds / 32> allowed,
             Answer answer) noexcept {
  const std::uint16_t* id = event.data();
  const std::uint32_t* mask = allowed.data();
  Fill(event.size(), answer, [=](std::size_t row) {
    const std::uint32_t bit = id[row];
    return (mask[bit >> 5] >> (bit & 31)) & 1;
  });
}

void LookUp(std::span<const std::uint16_t> event, std::span<const std::uint8_t, kEventIds> allowed,
            Answer answer) noexcept {
  const std::size_t whole = event.size() / 32;
  const std::uint16_t* id = event.data();
  for (std::size_t word = 0; word < whole; word++) {
    std::uint32_t bits = 0;
    for (int byte = 0; byte < 4; byte++, id += 8)
      bits |= static_cast<std::uint32_t>(allowed[id[0]] | allowed[id[1]] << 1 | allowed[id[2]] << 2 |
                                         allowed[id[3]] << 3 | allowed[id[4]] << 4 | allowed[id[5]] << 5 |
                                         allowed[id[6]] << 6 | allowed[id[7]] << 7)
              << (8 * byte);
    answer.allow[word] = bits & answer.rows[word];
  }
  if (whole * 32 == event.size()) return;
  std::uint32_t bits = 0;
  for (std::size_t row = whole * 32; row < event.size(); row++)
    bits |= static_cast<std::uint32_t>(allowed[event[row]]) << (row % 32);
  answer.allow[whole] = bits & answer.rows[whole];
}

GATEHOUSE_FLOOR
void FourPredicates(const Opening& columns, Answer answer) noexcept {
  const std::uint64_t* fd = columns.fd.data();
  const std::uint64_t* flags = columns.flags.data();
  const std::uint64_t* mode = columns.mode.data();
  Fill(columns.fd.size(), answer, [=](std::size_t row) {
    return ((fd[row] == 1) | (fd[row] == 2)) & ((flags[row] & 0x40) != 0) & (mode[row] < 0777);
  });
}

namespace {

// Whether a call is allowed, and whether that hangs on its arguments: far enough apart that eight rows fit into one word.
constexpr std::uint16_t kAllow = 1;
constexpr std::uint16_t kAsk = 0x100;

constexpr std::uint16_t kSocket = 41;
constexpr std::uint16_t kClone = 56;
constexpr std::uint16_t kPersonality = 135;
constexpr std::uint16_t kFirstOtherEvent = 4096;

// First and last of a run of calls that are allowed whatever their arguments.
struct Run {
  std::uint16_t first, last;
};
constexpr Run kAllowed[] = {
    {0, 40},    {42, 55},   {57, 102},  {104, 133}, {137, 138}, {140, 152}, {154, 154}, {157, 162},
    {186, 211}, {213, 226}, {228, 235}, {240, 245}, {247, 247}, {251, 255}, {257, 271}, {273, 278},
    {280, 297}, {299, 299}, {301, 303}, {305, 307}, {309, 311}, {314, 319}, {322, 322}, {324, 335},
    {424, 424}, {434, 434}, {436, 437}, {439, 439}, {441, 441}, {444, 449}, {451, 458}, {462, 466},
};

constexpr auto kDocker = [] {
  std::array<std::uint16_t, kEventIds> table{};
  for (const Run& run : kAllowed)
    for (std::size_t id = run.first; id <= run.last; id++) table[id] = kAllow;
  for (const std::uint16_t id : {kSocket, kClone, kPersonality}) table[id] = kAsk;
  // The profile governs calls, and what is none passes.
  for (std::size_t id = kFirstOtherEvent; id < kEventIds; id++) table[id] = kAllow;
  return table;
}();

// Neither AF_ALG nor AF_VSOCK; no new namespaces; and the personalities that are harmless.
bool AskDocker(std::uint16_t event, std::uint64_t argument) noexcept {
  switch (event) {
    case kSocket:
      return argument < 38 || argument == 39 || argument > 40;
    case kClone:
      return (argument & 0x7e020000) == 0;
    case kPersonality:
      return argument == 0 || argument == 0x8 || argument == 0x20000 || argument == 0x20008 ||
             argument == 0xffffffff;
    default:
      return false;
  }
}

std::uint32_t OneDocker(const Call& columns, std::size_t row) noexcept {
  const std::uint16_t answered = kDocker[columns.event[row]];
  if (columns.abi[row] != 0) return 0;
  return answered == kAsk ? AskDocker(columns.event[row], columns.first_argument[row]) : answered;
}

std::uint32_t FewDocker(const Call& columns, std::size_t row, std::size_t end) noexcept {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; row + i < end; i++) bits |= OneDocker(columns, row + i) << i;
  return bits;
}

// Nearly always none of the eight has to be asked for its argument, and all came in by the native path.
inline std::uint32_t EightDocker(const Call& columns, std::size_t row) noexcept {
  const std::uint16_t* id = &columns.event[row];
  std::uint64_t foreign;
  std::memcpy(&foreign, &columns.abi[row], 8);
  const std::uint32_t eight = kDocker[id[0]] | kDocker[id[1]] << 1 | kDocker[id[2]] << 2 | kDocker[id[3]] << 3 |
                              kDocker[id[4]] << 4 | kDocker[id[5]] << 5 | kDocker[id[6]] << 6 |
                              kDocker[id[7]] << 7;
  if (eight < kAsk && foreign == 0) [[likely]]
    return eight;
  return FewDocker(columns, row, row + 8);
}

}  // namespace

void DockerDefault(const Call& columns, Answer answer) noexcept {
  const std::size_t rows = columns.event.size();
  for (std::size_t word = 0; word < (rows + 31) / 32; word++) {
    const std::size_t end = rows < 32 * word + 32 ? rows : 32 * word + 32;
    std::uint32_t bits = 0;
    for (std::size_t row = 32 * word; row < end; row += 8)
      bits |= (row + 8 <= end ? EightDocker(columns, row) : FewDocker(columns, row, end)) << (row % 32);
    answer.allow[word] = bits & answer.rows[word];
  }
}

GATEHOUSE_FLOOR
std::uint64_t Read(std::span<const std::byte> bytes) noexcept {
  std::uint64_t all = 0;
  const std::byte* at = bytes.data();
  for (std::size_t i = 0; i < bytes.size() / 8; i++) {
    std::uint64_t word;
    std::memcpy(&word, at + 8 * i, 8);
    all |= word;
  }
  return all;
}

const char* Build() noexcept {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  // Clang says its name in its version.
  if (__builtin_cpu_supports("x86-64-v4")) return "GCC " __VERSION__ ", x86-64-v4";
  if (__builtin_cpu_supports("x86-64-v3")) return "GCC " __VERSION__ ", x86-64-v3";
#endif
  return __VERSION__;
}

}  // namespace gatehouse::floors
