// How 2.6.38 and 2.6.39 compare a field with a constant: a function for each width and sign, chosen when the filter is
// made, that is called through a pointer. Equality asks for the width alone, order also switches on its operator.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "core/comparison.hh"

namespace gatehouse::faithful {

template <class T>
T ReadAs(const std::byte* record, std::size_t offset) noexcept {
  T value;
  std::memcpy(&value, record + offset, sizeof value);
  return value;
}

// `P`: a predicate with `offset`, `value`, `inverted` and `op`. `Rest`: what 2.6.38 also passes, for its connectives.
template <class P, class... Rest>
using Compare2011 = bool (*)(const P&, const std::byte*, Rest...) noexcept;

template <class P, class T, class... Rest>
bool IsEqual(const P& predicate, const std::byte* record, Rest...) noexcept {
  return (ReadAs<T>(record, predicate.offset) == static_cast<T>(predicate.value)) != (predicate.inverted != 0);
}

template <class P, class T, class... Rest>
bool IsOrdered(const P& predicate, const std::byte* record, Rest...) noexcept {
  const T field = ReadAs<T>(record, predicate.offset);
  const T constant = static_cast<T>(predicate.value);
  switch (predicate.op) {
    case Operator::kBelow:
      return field < constant;
    case Operator::kNotAbove:
      return field <= constant;
    case Operator::kAbove:
      return field > constant;
    case Operator::kNotBelow:
      return field >= constant;
    default:
      return false;
  }
}

template <class P, class U, class... Rest>
Compare2011<P, Rest...> ChooseOfWidth(const Comparison& comparison) noexcept {
  using S = std::make_signed_t<U>;
  if (comparison.op == Operator::kEqual || comparison.op == Operator::kNotEqual) return IsEqual<P, U, Rest...>;
  return comparison.is_signed ? IsOrdered<P, S, Rest...> : IsOrdered<P, U, Rest...>;
}

// Null for an operator that they do not have.
template <class P, class... Rest>
Compare2011<P, Rest...> Choose2011(const Comparison& comparison) noexcept {
  if (comparison.op > Operator::kNotBelow) return nullptr;
  switch (comparison.size) {
    case 1:
      return ChooseOfWidth<P, std::uint8_t, Rest...>(comparison);
    case 2:
      return ChooseOfWidth<P, std::uint16_t, Rest...>(comparison);
    case 4:
      return ChooseOfWidth<P, std::uint32_t, Rest...>(comparison);
    default:
      return ChooseOfWidth<P, std::uint64_t, Rest...>(comparison);
  }
}

// Where a number needs none, there is room for a pattern all the same.
struct Pattern2011 {
  char text[256];
  std::int32_t length;
  std::int32_t field_length;
  void* match;
};

}  // namespace gatehouse::faithful
