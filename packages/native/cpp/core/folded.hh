// What 2.6.39 holds of a filter: its predicates in one array, in postfix order, linked to a tree that is walked without
// recursion: down, up from the left, up from the right. Where both sides of a connective are comparisons, or folded by
// the same connective, it folds: its comparisons are then one loop.
//
//   a && b && c || d && e
//
//   0 a   1 b   2 &&   3 c   4 && folded 0 1 3   5 d   6 e   7 && folded 5 6   8 ||(4,7)
//
// A predicate has 320 bytes, 256 of them the pattern that a number does not need: that is what a walk goes past.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/compare_2011.hh"
#include "core/comparison.hh"
#include "core/event.hh"

namespace gatehouse::faithful {

class FoldedTree {
 public:
  // None where the steps are no expression, or ask for what this kernel does not have.
  static std::optional<FoldedTree> Read(Words& words);

  std::size_t entries() const noexcept { return predicates_.size(); }
  std::size_t bytes() const noexcept { return entries() * sizeof(Predicate) + folded_.size() * sizeof folded_[0]; }
  std::uint8_t needs() const noexcept { return needs_; }

  // `kPartly`: a slot that is needed is not known.
  template <bool kPartly, class T>
  Truth Match(const std::byte* record, std::uint8_t known, T& tally) const noexcept;

 private:
  // Parts of a tree are named by their place in the array, 14 bits of it. In a parent the highest bit says that this is
  // its right side.
  using Place = std::uint16_t;
  static constexpr Place kNone = 0x7fff;
  static constexpr Place kIsRight = 0x8000;
  struct Predicate {
    Compare2011<Predicate> compare = nullptr;
    std::uint64_t value = 0;
    Pattern2011 pattern{};
    // Of a folded connective: where its comparisons are listed, in `folded_`, and how many.
    std::uint32_t folded_first = 0;
    std::uint32_t folded_count = 0;
    std::int32_t offset = 0;
    std::int32_t inverted = 0;
    Operator op = Operator::kEqual;
    bool is_connective = false;
    Connective connective = Connective::kAnd;
    std::uint8_t needs = 0;
    // What the left side came to, for a walk that does not know all.
    mutable Truth left_value = Truth::kNo;
    Place parent = kNone;
    Place left = kNone;
    Place right = kNone;
  };
  static_assert(sizeof(Predicate) == 320);

  static Predicate Made(const Comparison& comparison) noexcept;
  static Predicate Made(Connective connective) noexcept;
  bool IsLeaf(Place at) const noexcept { return !predicates_[at].is_connective; }
  bool Link(std::vector<Place>& stack, Place at);
  void Fold();
  void ListLeaves(Place top);

  template <bool kPartly, class T>
  Truth Compare(Place at, const std::byte* record, std::uint8_t known, T& tally) const noexcept;
  template <bool kPartly, class T>
  Truth MatchFolded(const Predicate& connective, const std::byte* record, std::uint8_t known, T& tally) const noexcept;

  std::vector<Predicate> predicates_;
  std::vector<Place> folded_;
  std::uint8_t needs_ = 0;
};

template <bool kPartly, class T>
Truth FoldedTree::Match(const std::byte* record, std::uint8_t known, T& tally) const noexcept {
  Place at = static_cast<Place>(predicates_.size() - 1);
  for (;;) {
    const Predicate* predicate = &predicates_[at];
    Truth match;
    if (!predicate->is_connective) {
      match = Compare<kPartly>(at, record, known, tally);
    } else {
      tally.Bytes(sizeof(Predicate));
      if (predicate->folded_count == 0) {
        at = predicate->left;
        continue;
      }
      match = MatchFolded<kPartly>(*predicate, record, known, tally);
    }
    for (;;) {
      if (predicate->parent == kNone) return match;
      const bool from_right = (predicate->parent & kIsRight) != 0;
      predicate = &predicates_[predicate->parent & ~kIsRight];
      if (from_right) {
        if constexpr (kPartly) match = Join(predicate->connective, predicate->left_value, match);
      } else if (!Decides(predicate->connective, match)) {
        if constexpr (kPartly) predicate->left_value = match;
        at = predicate->right;
        break;
      }
    }
  }
}

template <bool kPartly, class T>
Truth FoldedTree::Compare(Place at, const std::byte* record, std::uint8_t known, T& tally) const noexcept {
  const Predicate& predicate = predicates_[at];
  tally.Predicate(at, sizeof(Predicate));
  if constexpr (kPartly) {
    if ((predicate.needs & ~known) != 0) return Truth::kUnknown;
  }
  return TruthOf(predicate.compare(predicate, record));
}

template <bool kPartly, class T>
Truth FoldedTree::MatchFolded(const Predicate& connective, const std::byte* record, std::uint8_t known,
                              T& tally) const noexcept {
  Truth match = TruthOf(connective.connective == Connective::kAnd);
  for (std::uint32_t i = 0; i < connective.folded_count; i++) {
    tally.Bytes(sizeof folded_[0]);
    const Truth one = Compare<kPartly>(folded_[connective.folded_first + i], record, known, tally);
    if (Decides(connective.connective, one)) return one;
    if (kPartly && one == Truth::kUnknown) match = one;
  }
  return match;
}

}  // namespace gatehouse::faithful
