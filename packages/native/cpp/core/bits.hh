// Tests of whole columns: 64 rows become the bits of one word, low bit first. Each is a plain loop over one column that
// the compiler vectorises, in versions that are chosen when the addon is loaded.

#pragma once

#include <cstddef>
#include <cstdint>

namespace gatehouse::bulk {

// One bit a row.
using Word = std::uint64_t;
inline constexpr std::size_t kWordRows = 64;

// A slot's values. JavaScript holds them in a Uint32Array, so they are aligned as that is, and the low half is first.
using Slot = std::uint64_t __attribute__((aligned(4), may_alias));
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

// `(value & mask) == one`, or `== other`. Two at a time, since most lists of values are short and reading costs more
// than comparing; with one value both are it.
void EitherBits(const Slot* column, Word mask, Word one, Word other, std::size_t words, Word* bits) noexcept;

// `(value ^ flip) < bound` as signed numbers: with the top bit flipped on both sides it compares unsigned ones.
void BelowBits(const Slot* column, Word flip, std::int64_t bound, std::size_t words, Word* bits) noexcept;

// Whether the bit of the value's low half is set in `table`; `last` stands for all from it on.
void TableBits(const Slot* column, const std::uint32_t* table, std::uint32_t last, std::size_t words,
               Word* bits) noexcept;

// Whether `flag` is clear.
void ClearBits(const std::uint8_t* column, std::uint8_t flag, std::size_t words, Word* bits) noexcept;

void SameBits(const std::uint16_t* column, std::uint16_t value, std::size_t words, Word* bits) noexcept;

void AboveBits(const std::uint16_t* column, std::uint16_t value, std::size_t words, Word* bits) noexcept;

// `table[min(key, last)]` for `words` times 64 keys.
void LookUp(const std::uint16_t* keys, const std::uint16_t* table, std::uint16_t last, std::size_t words,
            std::uint16_t* found) noexcept;

// Whether all rows hold `value`.
bool AllSame(const std::uint16_t* column, std::uint16_t value, std::size_t rows) noexcept;

// All bytes combined.
std::uint8_t AndOf(const std::uint8_t* column, std::size_t rows) noexcept;
std::uint8_t OrOf(const std::uint8_t* column, std::size_t rows) noexcept;

}  // namespace gatehouse::bulk
