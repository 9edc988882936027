// Comparisons as JavaScript hands them over, before a kernel's form is made of them, and the programs made of such.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "core/event.hh"

namespace gatehouse::faithful {

// The room for a record: eight fields of eight bytes behind the head, each written as eight bytes.
constexpr std::size_t kRecordBytes = 80;
// The kernel's own limit for one filter, and ours for all that is read from one flat form: a few words of it may ask
// for much.
constexpr std::size_t kMaxFilterEntries = 16384;
constexpr std::size_t kMaxHeldBytes = std::size_t{256} << 20;
constexpr std::uint64_t kMaxTables = 65536;

enum class Operator : std::uint8_t {
  kEqual,
  kNotEqual,
  kBelow,
  kNotAbove,
  kAbove,
  kNotBelow,
  kAnyBit,
  // What follows no kernel has: it is of the `extended` dialect alone.
  kMasked,     // values: mask, value
  kNotMasked,  // as kMasked
  kOneOf,      // any number of values
  kNoneOf,
  kTable,  // value: the number of a table that has the answer for each id
};
constexpr std::uint32_t kOperators = 12;

struct Comparison {
  Operator op = Operator::kEqual;
  // Where its field is in the record; eight bytes can be read there. `size`: 1, 2, 4 or 8.
  std::uint8_t offset = 0;
  std::uint8_t size = 0;
  bool is_signed = false;
  // The bit of its slot; none for the number of the call, which every row shows.
  std::uint8_t needs = 0;
  std::vector<std::uint64_t> values;
};

struct Field {
  std::uint8_t slot;
  std::uint8_t offset;
};

// How a record is built: the number, and each slot at its place.
struct RecordLayout {
  std::uint8_t number_offset = 0;
  std::uint8_t end = 0;
  std::uint8_t count = 0;
  std::array<Field, kSlots> fields{};
};

// Words of the flat form, one after the other. Past the end, and after a word that is out of range, it has failed and
// gives zeros, so that a reader asks once.
class Words {
 public:
  explicit Words(std::span<const std::uint32_t> words) noexcept : words_(words) {}

  // Less than `limit`.
  std::uint32_t Next(std::uint64_t limit) noexcept {
    if (at_ == words_.size()) return Fail();
    const std::uint32_t word = words_[at_++];
    return word < limit ? word : Fail();
  }
  std::uint32_t Any() noexcept { return Next(std::uint64_t{1} << 32); }
  std::uint64_t Value() noexcept {
    const std::uint64_t low = Any();
    return low | std::uint64_t{Any()} << 32;
  }
  std::uint32_t Fail() noexcept {
    failed_ = true;
    at_ = words_.size();
    return 0;
  }
  // Before that much is allocated. False: it would be too much.
  bool Spend(std::size_t bytes) noexcept {
    if (bytes > budget_) Fail();
    else budget_ -= bytes;
    return !failed_;
  }
  bool failed() const noexcept { return failed_; }
  bool AtEnd() const noexcept { return at_ == words_.size(); }
  std::size_t left() const noexcept { return words_.size() - at_; }

 private:
  std::span<const std::uint32_t> words_;
  std::size_t at_ = 0;
  std::size_t budget_ = kMaxHeldBytes;
  bool failed_ = false;
};

// One step of a program in postfix order: a comparison or a connective of the two before it.
using PostfixStep = std::variant<Comparison, Connective>;

// Where the comparison gives `when` the program goes on at `target`, else at the next entry.
struct BranchStep {
  Comparison comparison;
  bool when = false;
  std::uint32_t target = 0;
};

std::vector<PostfixStep> ReadPostfix(Words& words);
std::vector<BranchStep> ReadBranches(Words& words);
RecordLayout ReadLayout(Words& words) noexcept;

}  // namespace gatehouse::faithful
