#include "core/bits.hh"

#include <algorithm>
#include <array>

// The dynamic loader picks the version, for which it needs a C library that lets it ask the processor. Clang 14 does
// not know these names.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define GATEHOUSE_VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GATEHOUSE_VECTORISED
#endif

namespace gatehouse::bulk {

namespace {

// `holds ? kBit[row] : 0` and not `holds << row`: the compiler makes a select and an or of eight rows at a time of it,
// where of the shift it makes scalar code that takes fifteen times as long.
constexpr std::array<Word, kWordRows> kBit = [] {
  std::array<Word, kWordRows> bit{};
  for (std::size_t row = 0; row < kWordRows; row++) bit[row] = Word{1} << row;
  return bit;
}();

}  // namespace

GATEHOUSE_VECTORISED
void EitherBits(const Slot* column, Word mask, Word one, Word other, std::size_t words, Word* bits) noexcept {
  for (std::size_t word = 0; word < words; word++, column += kWordRows) {
    Word found = 0;
    for (std::size_t row = 0; row < kWordRows; row++) {
      const Word value = column[row] & mask;
      found |= ((value == one) | (value == other)) ? kBit[row] : 0;
    }
    bits[word] = found;
  }
}

GATEHOUSE_VECTORISED
void BelowBits(const Slot* column, Word flip, std::int64_t bound, std::size_t words, Word* bits) noexcept {
  for (std::size_t word = 0; word < words; word++, column += kWordRows) {
    Word found = 0;
    for (std::size_t row = 0; row < kWordRows; row++)
      found |= static_cast<std::int64_t>(column[row] ^ flip) < bound ? kBit[row] : 0;
    bits[word] = found;
  }
}

GATEHOUSE_VECTORISED
void TableBits(const Slot* column, const std::uint32_t* table, std::uint32_t last, std::size_t words,
               Word* bits) noexcept {
  for (std::size_t word = 0; word < words; word++, column += kWordRows) {
    Word found = 0;
    for (std::size_t row = 0; row < kWordRows; row++) {
      const std::uint32_t id = std::min(static_cast<std::uint32_t>(column[row]), last);
      found |= ((table[id / 32] >> (id % 32)) & 1) != 0 ? kBit[row] : 0;
    }
    bits[word] = found;
  }
}

GATEHOUSE_VECTORISED
void ClearBits(const std::uint8_t* column, std::uint8_t flag, std::size_t words, Word* bits) noexcept {
  for (std::size_t word = 0; word < words; word++, column += kWordRows) {
    Word found = 0;
    for (std::size_t row = 0; row < kWordRows; row++) found |= (column[row] & flag) == 0 ? kBit[row] : 0;
    bits[word] = found;
  }
}

GATEHOUSE_VECTORISED
void SameBits(const std::uint16_t* column, std::uint16_t value, std::size_t words, Word* bits) noexcept {
  for (std::size_t word = 0; word < words; word++, column += kWordRows) {
    Word found = 0;
    for (std::size_t row = 0; row < kWordRows; row++) found |= column[row] == value ? kBit[row] : 0;
    bits[word] = found;
  }
}

GATEHOUSE_VECTORISED
void AboveBits(const std::uint16_t* column, std::uint16_t value, std::size_t words, Word* bits) noexcept {
  for (std::size_t word = 0; word < words; word++, column += kWordRows) {
    Word found = 0;
    for (std::size_t row = 0; row < kWordRows; row++) found |= column[row] > value ? kBit[row] : 0;
    bits[word] = found;
  }
}

GATEHOUSE_VECTORISED
void LookUp(const std::uint16_t* keys, const std::uint16_t* table, std::uint16_t last, std::size_t words,
            std::uint16_t* found) noexcept {
  for (std::size_t word = 0; word < words; word++, keys += kWordRows, found += kWordRows) {
    // First the smaller ones, many at a time, then each look-up: keys are then also read but once, whoever else
    // writes to them.
    std::array<std::uint16_t, kWordRows> index;
    for (std::size_t row = 0; row < kWordRows; row++) index[row] = std::min(keys[row], last);
    for (std::size_t row = 0; row < kWordRows; row++) found[row] = table[index[row]];
  }
}

GATEHOUSE_VECTORISED
bool AllSame(const std::uint16_t* column, std::uint16_t value, std::size_t rows) noexcept {
  std::uint16_t difference = 0;
  for (std::size_t row = 0; row < rows; row++) difference |= column[row] ^ value;
  return difference == 0;
}

GATEHOUSE_VECTORISED
std::uint8_t AndOf(const std::uint8_t* column, std::size_t rows) noexcept {
  std::uint8_t all = 0xff;
  for (std::size_t row = 0; row < rows; row++) all &= column[row];
  return all;
}

GATEHOUSE_VECTORISED
std::uint8_t OrOf(const std::uint8_t* column, std::size_t rows) noexcept {
  std::uint8_t any = 0;
  for (std::size_t row = 0; row < rows; row++) any |= column[row];
  return any;
}

}  // namespace gatehouse::bulk
