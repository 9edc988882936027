#include "core/shipped.hh"

#include <algorithm>
#include <tuple>

namespace gatehouse::faithful {

std::optional<IndexTable> IndexTable::Read(Words& words) {
  std::optional<CallFilters<FoldedTree>> read = ReadCallFilters<FoldedTree>(words);
  if (!read) return std::nullopt;
  if (!words.Spend(read->calls * sizeof(std::uint16_t))) return std::nullopt;
  IndexTable table;
  table.filters_ = std::move(*read);
  table.index_.resize(table.filters_.calls);
  std::uint16_t next = 1;
  for (const ShippedFilter& filter : table.filters_.filters) table.index_[filter.number] = next++;
  return table;
}

std::optional<BTree> BTree::Read(Words& words) {
  std::optional<CallFilters<FoldedTree>> read = ReadCallFilters<FoldedTree>(words);
  if (!read) return std::nullopt;
  if (!words.Spend(read->filters.size() * sizeof(Node))) return std::nullopt;
  BTree tree;
  tree.filters_ = std::move(*read);
  std::vector<Pair> level;
  for (const ShippedFilter& filter : tree.filters_.filters) level.emplace_back(filter.number, &filter);
  std::reverse(level.begin(), level.end());
  // Each level has an eighth of the nodes of the one below, rounded up.
  tree.nodes_.reserve(level.size() / (kPairs - 1) + kPairs);
  for (; !level.empty() && (tree.height_ == 0 || level.size() > 1); tree.height_++) level = tree.BuildLevel(level);
  return tree;
}

// Puts pairs into nodes, and gives a pair for each node.
std::vector<BTree::Pair> BTree::BuildLevel(const std::vector<Pair>& below) {
  std::vector<Pair> level;
  for (std::size_t first = 0; first < below.size(); first += kPairs) {
    Node& node = nodes_.emplace_back();
    const std::size_t count = std::min(kPairs, below.size() - first);
    for (std::size_t i = 0; i < count; i++) std::tie(node.keys[i], node.values[i]) = below[first + i];
    level.emplace_back(node.keys[count - 1], &node);
  }
  return level;
}

std::optional<FilterChain> FilterChain::Read(Words& words) {
  constexpr std::uint32_t kMost = 1024;
  FilterChain chain;
  const std::uint32_t count = words.Next(kMost + 1);
  if (count == 0) return std::nullopt;
  chain.sets_.reserve(count);
  for (std::uint32_t i = 0; i < count; i++) {
    const bool is_enabled = words.Next(2) == 1;
    std::optional<BTree> filters = BTree::Read(words);
    if (!filters) return std::nullopt;
    chain.sets_.push_back({i == 0 ? nullptr : &chain.sets_.back(), is_enabled, std::move(*filters)});
  }
  return chain;
}

std::size_t FilterChain::bytes() const noexcept {
  std::size_t bytes = 0;
  for (const Set& set : sets_) bytes += sizeof set.parent + set.filters.bytes();
  return bytes;
}

}  // namespace gatehouse::faithful
