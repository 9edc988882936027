// Columns to bits: 64 rows become one word, low bit first. Each function is a plain loop over one column that the
// compiler vectorises, in versions that are chosen when the addon is loaded.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gatehouse::bulk {

// One bit a row.
using Word = std::uint64_t;
inline constexpr std::size_t kWordRows = 64;

// A slot's value. JavaScript holds them in a Uint32Array, so they are aligned as that is, and the low half is first.
// A type of its own: of another name for a Word templates would drop the attributes.
struct __attribute__((packed, aligned(4), may_alias)) Slot {
  Word value;
  operator Word() const noexcept { return value; }
};
static_assert(sizeof(Slot) == sizeof(Word) && alignof(Slot) == alignof(std::uint32_t));
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

// Of a narrow slot the low halves alone: the high ones are 0.
using Half = std::uint32_t;

// A slot's values, borrowed.
class Column {
 public:
  constexpr Column() = default;
  constexpr explicit Column(const Slot* values) : rows_(values), is_narrow_(false) {}
  constexpr explicit Column(const Half* values) : rows_(values), is_narrow_(true) {}

  bool is_there() const noexcept { return rows_ != nullptr; }
  bool is_narrow() const noexcept { return is_narrow_; }

  template <class T>
  const T* As() const noexcept {
    return static_cast<const T*>(rows_);
  }
  // `take(values)` with what it points to.
  template <class Take>
  __attribute__((always_inline)) auto Ask(Take take) const noexcept {
    return is_narrow_ ? take(As<Half>()) : take(As<Slot>());
  }

  Word operator[](std::size_t row) const noexcept {
    return Ask([row](const auto* values) -> Word { return values[row]; });
  }
  Column From(std::size_t row) const noexcept {
    return Ask([row](const auto* values) { return values == nullptr ? Column() : Column(values + row); });
  }

 private:
  const void* rows_ = nullptr;
  bool is_narrow_ = false;
};

// The values from `low` on, `span` more than one, round the end if need be: `value - low <= span`.
struct Range {
  Word low;
  Word span;
};

// One branch for many rows: those that came `here` go on where their test sends them, and both ways where the slot is
// not known. Words without rows are passed over.
struct Step {
  std::size_t words;
  const Word* here;
  const Word* unknown;
  Word* when_true;
  Word* when_false;
};

// The tests. Each could be said as the last of them; these need fewer instructions.
void StepEqual(Column column, Word value, Step step) noexcept;
void StepMasked(Column column, Word mask, Word value, Step step) noexcept;
void StepAtMost(Column column, Word most, Step step) noexcept;
void StepWithin(Column column, Range range, Step step) noexcept;
// Whether what the mask leaves is in one of the ranges.
void StepRanges(Column column, Word mask, std::span<const Range> ranges, Step step) noexcept;

// What is asked of a column where several are asked at once: whether what the mask leaves is in the range. Every test of
// one range can be said so, and so can its opposite.
struct Asked {
  Column column;
  Word mask;
  Range range;
};
// At most so many: the compiler keeps what it needs of these in registers.
inline constexpr std::size_t kMostAsked = 4;

// Whether all hold, of 2 to `kMostAsked` columns, narrow ones or none. One pass over several takes little longer than over
// one.
void StepAll(std::span<const Asked> asked, Step step) noexcept;

// Whether the bit of the value's low half is set in `table`; `last` stands for all from it on.
void StepTable(Column column, const std::uint32_t* table, std::uint32_t last, Step step) noexcept;

// Bits of two kinds for each event, looked up at once.
struct Routed {
  static constexpr std::uint16_t kFirst = 0x1;
  static constexpr std::uint16_t kSecond = 0x100;
};
inline constexpr std::size_t kEventIds = 65'536;
void LookUp(const std::uint16_t* events, std::span<const std::uint16_t, kEventIds> table, std::size_t words,
            Word* first, Word* second) noexcept;

// Whether `flag` is clear.
void ClearBits(const std::uint8_t* column, std::uint8_t flag, std::size_t words, Word* bits) noexcept;
void SameBits(const std::uint16_t* column, std::uint16_t value, std::size_t words, Word* bits) noexcept;

// How many are set.
std::size_t Count(const Word* bits, std::size_t words) noexcept;

// Whether all rows hold `value`.
bool AllSame(const std::uint16_t* column, std::uint16_t value, std::size_t rows) noexcept;

// All bytes combined.
std::uint8_t AndOf(const std::uint8_t* column, std::size_t rows) noexcept;
std::uint8_t OrOf(const std::uint8_t* column, std::size_t rows) noexcept;

}  // namespace gatehouse::bulk
