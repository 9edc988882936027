#include "core/comparison.hh"

namespace gatehouse::faithful {

namespace {

bool TakesValues(Operator op, std::size_t count) noexcept {
  if (op == Operator::kOneOf || op == Operator::kNoneOf) return true;
  return count == (op == Operator::kMasked || op == Operator::kNotMasked ? 2 : 1);
}

std::uint8_t ReadSize(Words& words) noexcept {
  const std::uint32_t size = words.Next(9);
  if (size != 1 && size != 2 && size != 4 && size != 8) words.Fail();
  return static_cast<std::uint8_t>(size);
}

Comparison ReadComparison(Words& words) {
  Comparison comparison;
  comparison.op = static_cast<Operator>(words.Next(kOperators));
  comparison.offset = static_cast<std::uint8_t>(words.Next(kRecordBytes - 7));
  comparison.size = ReadSize(words);
  comparison.is_signed = words.Next(2) == 1;
  comparison.needs = static_cast<std::uint8_t>(words.Next(256));
  const std::size_t count = words.Next(words.left() / 2 + 1);
  if (!TakesValues(comparison.op, count)) words.Fail();
  if (words.failed()) return comparison;
  comparison.values.reserve(count);
  for (std::size_t i = 0; i < count; i++) comparison.values.push_back(words.Value());
  if (comparison.op == Operator::kTable && comparison.values[0] >= kMaxTables) words.Fail();
  return comparison;
}

}  // namespace

std::vector<PostfixStep> ReadPostfix(Words& words) {
  std::vector<PostfixStep> steps;
  const std::uint32_t count = words.Next(kMaxFilterEntries + 1);
  for (std::uint32_t i = 0; i < count && !words.failed(); i++) {
    const std::uint32_t kind = words.Next(3);
    if (kind == 0) {
      steps.emplace_back(ReadComparison(words));
    } else {
      steps.emplace_back(kind == 1 ? Connective::kAnd : Connective::kOr);
    }
  }
  return steps;
}

std::vector<BranchStep> ReadBranches(Words& words) {
  std::vector<BranchStep> steps;
  const std::uint32_t count = words.Next(kMaxFilterEntries + 1);
  for (std::uint32_t i = 0; i < count && !words.failed(); i++) {
    BranchStep step;
    step.when = words.Next(2) == 1;
    // Only forward, and no further than TRUE and FALSE behind the last entry.
    step.target = words.Next(count + 2);
    if (step.target <= i) words.Fail();
    step.comparison = ReadComparison(words);
    steps.push_back(std::move(step));
  }
  return steps;
}

RecordLayout ReadLayout(Words& words) noexcept {
  RecordLayout layout;
  layout.number_offset = static_cast<std::uint8_t>(words.Next(kRecordBytes - 3));
  layout.end = static_cast<std::uint8_t>(words.Next(kRecordBytes + 1));
  layout.count = static_cast<std::uint8_t>(words.Next(kSlots + 1));
  for (std::size_t i = 0; i < layout.count; i++) {
    layout.fields[i].slot = static_cast<std::uint8_t>(words.Next(kSlots));
    layout.fields[i].offset = static_cast<std::uint8_t>(words.Next(kRecordBytes - 7));
  }
  return layout;
}

}  // namespace gatehouse::faithful
