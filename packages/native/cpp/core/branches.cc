#include "core/branches.hh"

#include <algorithm>
#include <bit>

#include "core/compare_2011.hh"

namespace gatehouse::faithful {

namespace {

template <class T>
bool IsEqual(std::uint64_t value, const std::byte* field) noexcept {
  return ReadAs<T>(field, 0) == static_cast<T>(value);
}

template <class T>
bool IsOrdered(Operator op, std::uint64_t value, const std::byte* field) noexcept {
  const T its = ReadAs<T>(field, 0);
  const T constant = static_cast<T>(value);
  switch (op) {
    case Operator::kBelow:
      return its < constant;
    case Operator::kNotAbove:
      return its <= constant;
    case Operator::kAbove:
      return its > constant;
    case Operator::kNotBelow:
      return its >= constant;
    default:
      return (its & constant) != 0;
  }
}

// As a slot holds it: extended to 64 bits by its sign.
std::uint64_t Extended(const std::byte* field, std::size_t size, bool is_signed) noexcept {
  const unsigned unused = static_cast<unsigned>(64 - 8 * size);
  const std::uint64_t top = ReadAs<std::uint64_t>(field, 0) << unused;
  return is_signed ? static_cast<std::uint64_t>(static_cast<std::int64_t>(top) >> unused) : top >> unused;
}

}  // namespace

std::optional<BranchProgram> BranchProgram::Read(Words& words) {
  const std::vector<BranchStep> steps = ReadBranches(words);
  const std::size_t bytes = steps.size() * (sizeof(Predicate) + sizeof(Entry));
  if (words.failed() || !words.Spend(bytes)) return std::nullopt;
  BranchProgram program;
  program.predicates_.reserve(steps.size());
  for (const BranchStep& step : steps) {
    program.predicates_.push_back(program.Made(step.comparison));
    program.entries_.push_back({step.target, step.when ? 1 : 0, &program.predicates_.back()});
    program.needs_ |= step.comparison.needs;
  }
  program.entries_.push_back({1, 0, nullptr});
  program.entries_.push_back({0, 0, nullptr});
  program.reached_.resize(program.entries_.size());
  return program;
}

BranchProgram::Predicate BranchProgram::Made(const Comparison& comparison) {
  Predicate made;
  made.compare = Choose(comparison);
  made.op = comparison.op;
  made.offset = comparison.offset;
  made.size = comparison.size;
  made.is_signed = comparison.is_signed;
  made.needs = comparison.needs;
  made.inverted = comparison.op == Operator::kNotEqual || comparison.op == Operator::kNotMasked ||
                  comparison.op == Operator::kNoneOf;
  const std::vector<std::uint64_t>& values = comparison.values;
  if (made.compare == Compare::kOneOf) {
    made.first = values_.size();
    made.count = values.size();
    values_.insert(values_.end(), values.begin(), values.end());
  } else {
    made.value = values.back();
    made.mask = values.front();
  }
  if (made.compare == Compare::kTable) tables_ = std::max(tables_, static_cast<std::size_t>(made.value) + 1);
  return made;
}

BranchProgram::Compare BranchProgram::Choose(const Comparison& comparison) noexcept {
  // 0 to 3 for 8 to 64 bits, as each family of comparisons counts them.
  const int width = std::countr_zero(comparison.size);
  const auto of = [&](Compare first) { return static_cast<Compare>(static_cast<int>(first) + width); };
  switch (comparison.op) {
    case Operator::kEqual:
    case Operator::kNotEqual:
      return of(Compare::kEqual8);
    case Operator::kMasked:
    case Operator::kNotMasked:
      return Compare::kMasked;
    case Operator::kOneOf:
    case Operator::kNoneOf:
      return Compare::kOneOf;
    case Operator::kTable:
      return Compare::kTable;
    default:
      return of(comparison.is_signed ? Compare::kSigned8 : Compare::kUnsigned8);
  }
}

bool BranchProgram::Holds(const Predicate& predicate, const std::byte* record, Tables tables) const noexcept {
  const std::byte* field = record + predicate.offset;
  const bool inverted = predicate.inverted != 0;
  switch (predicate.compare) {
    case Compare::kEqual8:
      return IsEqual<std::uint8_t>(predicate.value, field) != inverted;
    case Compare::kEqual16:
      return IsEqual<std::uint16_t>(predicate.value, field) != inverted;
    case Compare::kEqual32:
      return IsEqual<std::uint32_t>(predicate.value, field) != inverted;
    case Compare::kEqual64:
      return IsEqual<std::uint64_t>(predicate.value, field) != inverted;
    case Compare::kUnsigned8:
      return IsOrdered<std::uint8_t>(predicate.op, predicate.value, field);
    case Compare::kUnsigned16:
      return IsOrdered<std::uint16_t>(predicate.op, predicate.value, field);
    case Compare::kUnsigned32:
      return IsOrdered<std::uint32_t>(predicate.op, predicate.value, field);
    case Compare::kUnsigned64:
      return IsOrdered<std::uint64_t>(predicate.op, predicate.value, field);
    case Compare::kSigned8:
      return IsOrdered<std::int8_t>(predicate.op, predicate.value, field);
    case Compare::kSigned16:
      return IsOrdered<std::int16_t>(predicate.op, predicate.value, field);
    case Compare::kSigned32:
      return IsOrdered<std::int32_t>(predicate.op, predicate.value, field);
    case Compare::kSigned64:
      return IsOrdered<std::int64_t>(predicate.op, predicate.value, field);
    case Compare::kMasked: {
      const std::uint64_t its = Extended(field, predicate.size, predicate.is_signed);
      return ((its & predicate.mask) == predicate.value) != inverted;
    }
    case Compare::kOneOf:
      return IsOneOf(predicate, Extended(field, predicate.size, predicate.is_signed)) != inverted;
    case Compare::kTable: {
      const std::vector<std::uint8_t>& table = tables[predicate.value];
      const std::size_t id = ReadAs<std::uint32_t>(field, 0);
      return table[std::min(id, table.size() - 1)] != 0;
    }
  }
  return false;
}

bool BranchProgram::IsOneOf(const Predicate& predicate, std::uint64_t field) const noexcept {
  const auto* first = values_.data() + predicate.first;
  return std::find(first, first + predicate.count, field) != first + predicate.count;
}

}  // namespace gatehouse::faithful
