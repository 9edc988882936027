// What 2.6.38 holds of a filter: 32 pointers to predicates, all of them allocated however few are used, in postfix
// order. Connectives are predicates too. Every one is called for every record, with a stack of values: nothing is lazy.
//
//   a == 1 && b == 2 || c == 3          a  b  &&  c  ||

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/compare_2011.hh"
#include "core/comparison.hh"
#include "core/event.hh"

namespace gatehouse::faithful {

class PostfixArray {
 public:
  static constexpr std::size_t kMost = 32;

  // None where there are too many, or what this kernel does not have. It does not ask for one expression: of two side
  // by side the last counts, and a connective that lacks an operand fails.
  static std::optional<PostfixArray> Read(Words& words);

  std::size_t entries() const noexcept { return count_; }
  std::size_t bytes() const noexcept { return kMost * (sizeof predicates_[0] + sizeof(Predicate)); }
  std::uint8_t needs() const noexcept { return needs_; }

  // `kPartly`: a slot that is needed is not known.
  template <bool kPartly, class T>
  Truth Match(const std::byte* record, std::uint8_t known, T& tally) const noexcept;

 private:
  struct Predicate {
    Compare2011<Predicate, bool, bool> call = nullptr;
    std::uint64_t value = 0;
    Pattern2011 pattern{};
    const char* field_name = nullptr;
    std::int32_t offset = 0;
    std::int32_t inverted = 0;
    Operator op = Operator::kEqual;
    Connective connective = Connective::kAnd;
    std::uint8_t needs = 0;
    // How many values it takes from the stack: a connective two.
    std::int32_t takes = 0;
  };
  static_assert(sizeof(Predicate) == 312);

  static bool And(const Predicate&, const std::byte*, bool left, bool right) noexcept { return left && right; }
  static bool Or(const Predicate&, const std::byte*, bool left, bool right) noexcept { return left || right; }
  static void Set(Predicate& predicate, const Comparison& comparison) noexcept;
  static void Set(Predicate& predicate, Connective connective) noexcept;

  template <bool kPartly>
  static Truth Call(const Predicate& predicate, const std::byte* record, std::uint8_t known, Truth left,
                    Truth right) noexcept;

  std::array<std::unique_ptr<Predicate>, kMost> predicates_;
  std::size_t count_ = 0;
  std::uint8_t needs_ = 0;
};

template <bool kPartly, class T>
Truth PostfixArray::Match(const std::byte* record, std::uint8_t known, T& tally) const noexcept {
  Truth stack[kMost];
  std::size_t top = 0;
  for (std::size_t at = 0; at < count_; at++) {
    const Predicate& predicate = *predicates_[at];
    tally.Bytes(sizeof predicates_[0] + sizeof(Predicate));
    Truth left = Truth::kNo;
    Truth right = Truth::kNo;
    if (predicate.takes == 0) {
      tally.Predicate(at, 0);
    } else {
      if (top < 2) return Truth::kNo;
      tally.Step();
      right = stack[--top];
      left = stack[--top];
    }
    stack[top++] = Call<kPartly>(predicate, record, known, left, right);
  }
  return stack[top - 1];
}

template <bool kPartly>
Truth PostfixArray::Call(const Predicate& predicate, const std::byte* record, std::uint8_t known, Truth left,
                         Truth right) noexcept {
  if constexpr (kPartly) {
    if (predicate.takes != 0) return Join(predicate.connective, left, right);
    if ((predicate.needs & ~known) != 0) return Truth::kUnknown;
  }
  return TruthOf(predicate.call(predicate, record, left == Truth::kYes, right == Truth::kYes));
}

}  // namespace gatehouse::faithful
