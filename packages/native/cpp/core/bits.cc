#include "core/bits.hh"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

// The dynamic loader picks the version, for which it needs a C library that lets it ask the processor. Clang 14 does
// not know these names, and under a sanitizer one version is enough.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define GATEHOUSE_VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GATEHOUSE_VECTORISED
#endif

// A version's code is its own only where it is inlined.
#define GATEHOUSE_INLINE __attribute__((always_inline))

namespace gatehouse::bulk {

namespace {

// `holds ? kBit[row] : 0` and not `holds << row`: the compiler makes a select and an or of eight rows at a time of it,
// as good as with intrinsics, where of the shift it makes scalar code that takes fifteen times as long.
// A plain array, since it reads one behind a function only where the bit is wanted, which takes twice as long.
constexpr struct Bits {
  Word of[kWordRows];
  constexpr Bits() : of() {
    for (std::size_t row = 0; row < kWordRows; row++) of[row] = Word{1} << row;
  }
} kBit;

// Has those bytes in the cache that lie a little behind these, also where a block ends before: columns mostly go on there,
// and what is no memory is not fetched. The processor does as much by itself, but not as early.
template <std::size_t kBytes>
GATEHOUSE_INLINE inline void Prefetch(const void* bytes) noexcept {
  constexpr std::size_t kAhead = 2048, kLine = 64;
  const std::uintptr_t from = reinterpret_cast<std::uintptr_t>(bytes) + kAhead;
  for (std::size_t byte = 0; byte < kBytes; byte += kLine)
    __builtin_prefetch(reinterpret_cast<const void*>(from + byte), 0, 3);
}

template <class T>
GATEHOUSE_INLINE inline void PrefetchWord(const T* column, std::size_t word) noexcept {
  Prefetch<kWordRows * sizeof(T)>(column + word * kWordRows);
}

template <class T, class Holds>
GATEHOUSE_INLINE inline Word OneWord(const T* column, Holds holds) noexcept {
  Word bits = 0;
  for (std::size_t row = 0; row < kWordRows; row++) bits |= holds(column[row]) ? kBit.of[row] : 0;
  return bits;
}

// A column's values put together, the first ones with `all`.
template <class T, class Put>
GATEHOUSE_INLINE inline T Together(const T* column, std::size_t rows, T all, Put put) noexcept {
  constexpr std::size_t kRows = 512;
  std::size_t row = 0;
  for (; row + kRows <= rows; row += kRows) {
    Prefetch<kRows * sizeof(T)>(column + row);
    for (std::size_t i = 0; i < kRows; i++) all = put(all, column[row + i]);
  }
  for (; row < rows; row++) all = put(all, column[row]);
  return all;
}

template <class T, class Holds>
GATEHOUSE_INLINE inline void EachWord(const T* column, std::size_t words, Word* bits, Holds holds) noexcept {
  for (std::size_t word = 0; word < words; word++) bits[word] = OneWord(column + word * kWordRows, holds);
}

GATEHOUSE_INLINE inline void Send(const Step& step, std::size_t word, Word holds) noexcept {
  const Word here = step.here[word];
  const Word unknown = step.unknown[word];
  step.when_true[word] |= here & (holds | unknown);
  step.when_false[word] |= here & (~holds | unknown);
}

// `bits(values, word)` of each word that has rows.
template <class Bits>
GATEHOUSE_INLINE inline void StepWords(Column column, Step step, Bits bits) noexcept {
  column.Ask([&](const auto* values) GATEHOUSE_INLINE {
    for (std::size_t word = 0; word < step.words; word++) {
      if (step.here[word] == 0) continue;
      PrefetchWord(values, word);
      Send(step, word, bits(values + word * kWordRows));
    }
  });
}

template <class Holds>
GATEHOUSE_INLINE inline void StepBy(Column column, Step step, Holds holds) noexcept {
  StepWords(column, step, [=](const auto* values) GATEHOUSE_INLINE { return OneWord(values, holds); });
}

// What is asked of a column, in as many bits as its values have.
template <class T, class Value>
struct AskedIn {
  const T* values;
  Value mask, low, span;
};

GATEHOUSE_INLINE inline AskedIn<Slot, Word> InWords(const Asked& asked) noexcept {
  return {asked.column.As<Slot>(), asked.mask, asked.range.low, asked.range.span};
}

// Of the range's values those that a half can have are one range of halves, round the end if need be; or none.
GATEHOUSE_INLINE inline AskedIn<Half, Half> InHalves(const Asked& asked) noexcept {
  constexpr Word kMost = ~Half{0};
  const auto [low, span] = asked.range;
  const bool goes_round = low + span < low;
  const auto last = static_cast<Half>(std::min(low + span, kMost));
  const Half* const values = asked.column.As<Half>();
  const auto mask = static_cast<Half>(asked.mask);
  if (low <= kMost) return {values, mask, static_cast<Half>(low), static_cast<Half>(last - low)};
  if (goes_round) return {values, mask, 0, last};
  return {values, 0, 1, 0};  // no half
}

template <class T, class Value>
GATEHOUSE_INLINE inline unsigned Holds(const AskedIn<T, Value>& asked, std::size_t row) noexcept {
  return static_cast<Value>((asked.values[row] & asked.mask) - asked.low) <= asked.span;
}

template <class In, std::size_t... kAsked>
GATEHOUSE_INLINE inline void StepTogether(const Asked* asked, In in, Step step, std::index_sequence<kAsked...>) noexcept {
  const std::array each{in(asked[kAsked])...};
  for (std::size_t word = 0; word < step.words; word++) {
    if (step.here[word] == 0) continue;
    (..., PrefetchWord(each[kAsked].values, word));
    Word bits = 0;
    for (std::size_t row = 0; row < kWordRows; row++) {
      const std::size_t at = word * kWordRows + row;
      const bool holds = (... & Holds(each[kAsked], at)) != 0;
      bits |= holds ? kBit.of[row] : 0;
    }
    Send(step, word, bits);
  }
}

template <class In>
GATEHOUSE_INLINE inline void StepTogether(std::span<const Asked> asked, In in, Step step) noexcept {
  if (asked.size() == 2) return StepTogether(asked.data(), in, step, std::make_index_sequence<2>());
  if (asked.size() == 3) return StepTogether(asked.data(), in, step, std::make_index_sequence<3>());
  static_assert(kMostAsked == 4);
  StepTogether(asked.data(), in, step, std::make_index_sequence<4>());
}

}  // namespace

GATEHOUSE_VECTORISED
void StepAll(std::span<const Asked> asked, Step step) noexcept {
  if (asked[0].column.is_narrow())
    return StepTogether(asked, [](const Asked& its) GATEHOUSE_INLINE { return InHalves(its); }, step);
  StepTogether(asked, [](const Asked& its) GATEHOUSE_INLINE { return InWords(its); }, step);
}

GATEHOUSE_VECTORISED
void StepEqual(Column column, Word value, Step step) noexcept {
  StepBy(column, step, [=](Word found) GATEHOUSE_INLINE { return found == value; });
}

GATEHOUSE_VECTORISED
void StepMasked(Column column, Word mask, Word value, Step step) noexcept {
  StepBy(column, step, [=](Word found) GATEHOUSE_INLINE { return (found & mask) == value; });
}

GATEHOUSE_VECTORISED
void StepAtMost(Column column, Word most, Step step) noexcept {
  StepBy(column, step, [=](Word found) GATEHOUSE_INLINE { return found <= most; });
}

GATEHOUSE_VECTORISED
void StepWithin(Column column, Range range, Step step) noexcept {
  StepBy(column, step, [=](Word found) GATEHOUSE_INLINE { return found - range.low <= range.span; });
}

GATEHOUSE_VECTORISED
void StepRanges(Column column, Word mask, std::span<const Range> ranges, Step step) noexcept {
  StepWords(column, step, [=](const auto* values) GATEHOUSE_INLINE {
    Word bits = 0;
    for (const Range range : ranges)
      bits |= OneWord(values, [=](Word found) GATEHOUSE_INLINE { return (found & mask) - range.low <= range.span; });
    return bits;
  });
}

GATEHOUSE_VECTORISED
void StepTable(Column column, const std::uint32_t* table, std::uint32_t last, Step step) noexcept {
  StepBy(column, step, [=](Word found) GATEHOUSE_INLINE {
    const std::uint32_t id = std::min(static_cast<std::uint32_t>(found), last);
    return ((table[id / 32] >> (id % 32)) & 1) != 0;
  });
}

// Look-ups do not vectorise; both bits of eight rows are put together in one number.
void LookUp(const std::uint16_t* events, std::span<const std::uint16_t, kEventIds> table, std::size_t words,
            Word* first, Word* second) noexcept {
  for (std::size_t word = 0; word < words; word++) {
    Word ones = 0, others = 0;
    for (std::size_t row = 0; row < kWordRows; row += 8, events += 8) {
      const std::uint32_t eight = table[events[0]] | table[events[1]] << 1 | table[events[2]] << 2 |
                                  table[events[3]] << 3 | table[events[4]] << 4 | table[events[5]] << 5 |
                                  table[events[6]] << 6 | table[events[7]] << 7;
      ones |= Word{eight & 0xff} << row;
      others |= Word{eight >> 8} << row;
    }
    first[word] = ones;
    second[word] = others;
  }
}

GATEHOUSE_VECTORISED
void ClearBits(const std::uint8_t* column, std::uint8_t flag, std::size_t words, Word* bits) noexcept {
  EachWord(column, words, bits, [=](std::uint8_t found) GATEHOUSE_INLINE { return (found & flag) == 0; });
}

GATEHOUSE_VECTORISED
void SameBits(const std::uint16_t* column, std::uint16_t value, std::size_t words, Word* bits) noexcept {
  EachWord(column, words, bits, [=](std::uint16_t found) GATEHOUSE_INLINE { return found == value; });
}

GATEHOUSE_VECTORISED
std::size_t Count(const Word* bits, std::size_t words) noexcept {
  std::size_t count = 0;
  for (std::size_t word = 0; word < words; word++) count += static_cast<std::size_t>(std::popcount(bits[word]));
  return count;
}

GATEHOUSE_VECTORISED
bool AllSame(const std::uint16_t* column, std::uint16_t value, std::size_t rows) noexcept {
  const auto put = [=](std::uint16_t all, std::uint16_t found) GATEHOUSE_INLINE -> std::uint16_t {
    return all | (found ^ value);
  };
  return Together(column, rows, std::uint16_t{0}, put) == 0;
}

GATEHOUSE_VECTORISED
std::uint8_t AndOf(const std::uint8_t* column, std::size_t rows) noexcept {
  const auto put = [](std::uint8_t all, std::uint8_t found) GATEHOUSE_INLINE -> std::uint8_t { return all & found; };
  return Together(column, rows, std::uint8_t{0xff}, put);
}

GATEHOUSE_VECTORISED
std::uint8_t OrOf(const std::uint8_t* column, std::size_t rows) noexcept {
  const auto put = [](std::uint8_t any, std::uint8_t found) GATEHOUSE_INLINE -> std::uint8_t { return any | found; };
  return Together(column, rows, std::uint8_t{0}, put);
}

}  // namespace gatehouse::bulk
