// What 6.18 holds of a filter: an entry of 16 bytes for each predicate, with a pointer to its 64, and jumps that only
// lead forward. The comparison is chosen by a switch, not by a call through a pointer.
//
//   a && b || c          a false → c    b true → TRUE    c false → FALSE

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/comparison.hh"
#include "core/event.hh"

namespace gatehouse::faithful {

// What predicates of strings and labels answer, a byte for each id of the trace's dictionary; the last byte is for an
// id that the dictionary has not. Never empty.
using Tables = std::span<const std::vector<std::uint8_t>>;

class BranchProgram {
 public:
  static std::optional<BranchProgram> Read(Words& words);

  // Entries point at predicates, so it moves and is not copied.
  BranchProgram(BranchProgram&&) = default;
  BranchProgram& operator=(BranchProgram&&) = default;

  std::size_t entries() const noexcept { return predicates_.size(); }
  std::size_t bytes() const noexcept {
    return (entries() + 2) * sizeof(Entry) + entries() * sizeof(Predicate) + values_.size() * sizeof values_[0];
  }
  std::uint8_t needs() const noexcept { return needs_; }
  // How many tables it asks.
  std::size_t tables() const noexcept { return tables_; }

  // `kPartly`: a slot that is needed is not known.
  template <bool kPartly, class T>
  Truth Match(const std::byte* record, std::uint8_t known, Tables tables, T& tally) const noexcept {
    return kPartly ? FollowAll(record, known, tables, tally) : Follow(record, tables, tally);
  }

 private:
  BranchProgram() = default;

  // Equality by width, order and any bit also by sign; the last three no kernel has.
  enum class Compare : std::uint8_t {
    kEqual8,
    kEqual16,
    kEqual32,
    kEqual64,
    kUnsigned8,
    kUnsigned16,
    kUnsigned32,
    kUnsigned64,
    kSigned8,
    kSigned16,
    kSigned32,
    kSigned64,
    kMasked,
    kOneOf,
    kTable,
  };

  struct Predicate {
    std::uint64_t value = 0;
    std::uint64_t mask = 0;
    // Of several values: where they are, in `values_`.
    std::size_t first = 0;
    std::size_t count = 0;
    std::int32_t offset = 0;
    std::int32_t inverted = 0;
    Compare compare = Compare::kEqual64;
    Operator op = Operator::kEqual;
    std::uint8_t size = 0;
    bool is_signed = false;
    std::uint8_t needs = 0;
    std::uint64_t unused[2] = {};
  };
  static_assert(sizeof(Predicate) == 64);

  struct Entry {
    std::uint32_t target;
    std::int32_t when;
    const Predicate* predicate;
  };
  static_assert(sizeof(Entry) == 16);

  template <class T>
  Truth Follow(const std::byte* record, Tables tables, T& tally) const noexcept;
  template <class T>
  Truth FollowAll(const std::byte* record, std::uint8_t known, Tables tables, T& tally) const noexcept;
  static Compare Choose(const Comparison& comparison) noexcept;
  Predicate Made(const Comparison& comparison);
  bool Holds(const Predicate& predicate, const std::byte* record, Tables tables) const noexcept;
  bool IsOneOf(const Predicate& predicate, std::uint64_t field) const noexcept;

  std::vector<Predicate> predicates_;
  std::vector<Entry> entries_;
  std::vector<std::uint64_t> values_;
  // Which entries can be reached: for programs whose predicates are not all known.
  mutable std::vector<std::uint8_t> reached_;
  std::uint8_t needs_ = 0;
  std::size_t tables_ = 0;
};

template <class T>
Truth BranchProgram::Follow(const std::byte* record, Tables tables, T& tally) const noexcept {
  std::size_t at = 0;
  while (const Predicate* predicate = entries_[at].predicate) {
    tally.Predicate(at, sizeof(Entry) + sizeof(Predicate));
    at = Holds(*predicate, record, tables) == (entries_[at].when != 0) ? entries_[at].target : at + 1;
  }
  return TruthOf(entries_[at].target != 0);
}

// One pass sees all ways, since they only lead forward.
template <class T>
Truth BranchProgram::FollowAll(const std::byte* record, std::uint8_t known, Tables tables, T& tally) const noexcept {
  for (std::uint8_t& reached : reached_) reached = 0;
  reached_[0] = 1;
  const std::size_t end = entries();
  for (std::size_t at = 0; at < end; at++) {
    if (reached_[at] == 0) continue;
    const Predicate& predicate = *entries_[at].predicate;
    tally.Predicate(at, sizeof(Entry) + sizeof(Predicate));
    const bool both = (predicate.needs & ~known) != 0;
    const bool jumps = both || Holds(predicate, record, tables) == (entries_[at].when != 0);
    if (jumps) reached_[entries_[at].target] = 1;
    if (both || !jumps) reached_[at + 1] = 1;
  }
  if (reached_[end] != 0 && reached_[end + 1] != 0) return Truth::kUnknown;
  return TruthOf(reached_[end] != 0);
}

}  // namespace gatehouse::faithful
