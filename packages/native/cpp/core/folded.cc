#include "core/folded.hh"

namespace gatehouse::faithful {

std::optional<FoldedTree> FoldedTree::Read(Words& words) {
  const std::vector<PostfixStep> steps = ReadPostfix(words);
  if (words.failed() || steps.empty() || steps.size() >= kMaxFilterEntries) return std::nullopt;
  if (!words.Spend(steps.size() * sizeof(Predicate))) return std::nullopt;
  FoldedTree tree;
  tree.predicates_.reserve(steps.size());
  std::vector<Place> stack;
  for (const PostfixStep& step : steps) {
    const Place at = static_cast<Place>(tree.predicates_.size());
    tree.predicates_.push_back(std::visit([](const auto& made) { return Made(made); }, step));
    if (tree.IsLeaf(at) ? tree.predicates_[at].compare == nullptr : !tree.Link(stack, at)) return std::nullopt;
    tree.needs_ |= tree.predicates_[at].needs;
    stack.push_back(at);
  }
  if (stack.size() != 1) return std::nullopt;
  tree.Fold();
  return tree;
}

FoldedTree::Predicate FoldedTree::Made(const Comparison& comparison) noexcept {
  Predicate leaf;
  leaf.compare = Choose2011<Predicate>(comparison);
  leaf.value = comparison.values.empty() ? 0 : comparison.values[0];
  leaf.offset = comparison.offset;
  leaf.op = comparison.op;
  leaf.inverted = comparison.op == Operator::kNotEqual;
  leaf.needs = comparison.needs;
  return leaf;
}

FoldedTree::Predicate FoldedTree::Made(Connective connective) noexcept {
  Predicate made;
  made.is_connective = true;
  made.connective = connective;
  return made;
}

// A connective takes the two parts before it.
bool FoldedTree::Link(std::vector<Place>& stack, Place at) {
  if (stack.size() < 2) return false;
  const Place right = stack.back();
  stack.pop_back();
  const Place left = stack.back();
  stack.pop_back();
  predicates_[at].left = left;
  predicates_[at].right = right;
  predicates_[left].parent = at;
  predicates_[right].parent = at | kIsRight;
  return true;
}

void FoldedTree::Fold() {
  std::vector<bool> folds(predicates_.size());
  for (std::size_t at = 0; at < predicates_.size(); at++) {
    const Predicate& predicate = predicates_[at];
    const auto fits = [&](Place side) {
      return IsLeaf(side) || (predicates_[side].connective == predicate.connective && folds[side]);
    };
    folds[at] = predicate.is_connective && fits(predicate.left) && fits(predicate.right);
  }
  // A connective that folds is a loop of its own unless one above it takes it in.
  for (std::size_t at = 0; at < predicates_.size(); at++) {
    const Predicate& predicate = predicates_[at];
    const bool is_inside = predicate.parent != kNone && folds[predicate.parent & ~kIsRight];
    if (folds[at] && !is_inside) ListLeaves(static_cast<Place>(at));
  }
}

// From left to right.
void FoldedTree::ListLeaves(Place top) {
  const std::size_t first = folded_.size();
  std::vector<Place> waiting{top};
  while (!waiting.empty()) {
    const Place at = waiting.back();
    waiting.pop_back();
    if (IsLeaf(at)) {
      folded_.push_back(at);
    } else {
      waiting.push_back(predicates_[at].right);
      waiting.push_back(predicates_[at].left);
    }
  }
  predicates_[top].folded_first = static_cast<std::uint32_t>(first);
  predicates_[top].folded_count = static_cast<std::uint32_t>(folded_.size() - first);
}

}  // namespace gatehouse::faithful
