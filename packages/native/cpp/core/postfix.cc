#include "core/postfix.hh"

namespace gatehouse::faithful {

std::optional<PostfixArray> PostfixArray::Read(Words& words) {
  const std::vector<PostfixStep> steps = ReadPostfix(words);
  // One that begins with a connective would end without a value.
  if (words.failed() || steps.empty() || steps.size() > kMost || steps[0].index() != 0) return std::nullopt;
  if (!words.Spend(kMost * sizeof(Predicate))) return std::nullopt;
  PostfixArray array;
  array.count_ = steps.size();
  for (std::unique_ptr<Predicate>& predicate : array.predicates_) predicate = std::make_unique<Predicate>();
  for (std::size_t at = 0; at < steps.size(); at++) {
    Predicate& predicate = *array.predicates_[at];
    std::visit([&](const auto& step) { Set(predicate, step); }, steps[at]);
    if (predicate.call == nullptr) return std::nullopt;
    array.needs_ |= predicate.needs;
  }
  return array;
}

void PostfixArray::Set(Predicate& predicate, const Comparison& comparison) noexcept {
  predicate.call = Choose2011<Predicate, bool, bool>(comparison);
  predicate.value = comparison.values.empty() ? 0 : comparison.values[0];
  predicate.offset = comparison.offset;
  predicate.op = comparison.op;
  predicate.inverted = comparison.op == Operator::kNotEqual;
  predicate.needs = comparison.needs;
}

void PostfixArray::Set(Predicate& predicate, Connective connective) noexcept {
  predicate.call = connective == Connective::kAnd ? And : Or;
  predicate.connective = connective;
  predicate.takes = 2;
}

}  // namespace gatehouse::faithful
