// The filter engine as distributions carried it: three ways to find a call's filter. A record has 64 bytes there, and
// one that is larger is a BUG_ON. Every decision takes a mutex.

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/filter_engine.hh"
#include "core/folded.hh"

namespace gatehouse::faithful {

// As far as one that nobody else holds goes: a locked instruction to take it and one to give it back.
class Mutex {
 public:
  void Lock() noexcept { std::atomic_ref(count_).fetch_sub(1, std::memory_order_acquire); }
  void Unlock() noexcept { std::atomic_ref(count_).fetch_add(1, std::memory_order_release); }

 private:
  int count_ = 1;
};

class Locked {
 public:
  explicit Locked(Mutex& mutex) noexcept : mutex_(mutex) { mutex_.Lock(); }
  ~Locked() { mutex_.Unlock(); }
  Locked(const Locked&) = delete;

 private:
  Mutex& mutex_;
};

using ShippedFilter = CallFilter<FoldedTree>;

// The third generation: two bytes for each call of the table.
class IndexTable {
 public:
  static std::optional<IndexTable> Read(Words& words);

  std::size_t table_bytes() const noexcept { return index_.size() * sizeof index_[0]; }
  std::size_t bytes() const noexcept {
    return table_bytes() + filters_.filters.size() * sizeof(void*) + filters_.bytes();
  }
  static constexpr std::size_t tables() noexcept { return 0; }
  static constexpr std::size_t depth() noexcept { return 1; }

  template <class T>
  Truth Judge(const Event& event, Surroundings& around, T& tally) const noexcept {
    Truth verdict;
    if (IsDecidedAtEntry(event, verdict, tally)) return verdict;
    const Locked locked(mutex_);
    return JudgeFilter(Find(event.id(), tally), event, kPostedRecord, around, tally);
  }

 private:
  template <class T>
  const ShippedFilter* Find(std::uint32_t number, T& tally) const noexcept;

  // One more than the filter's place; 0 for none.
  std::vector<std::uint16_t> index_;
  CallFilters<FoldedTree> filters_;
  mutable Mutex mutex_;
};

template <class T>
const ShippedFilter* IndexTable::Find(std::uint32_t number, T& tally) const noexcept {
  if (number >= index_.size()) return nullptr;
  tally.Bytes(sizeof index_[0]);
  const std::size_t index = index_[number];
  if (index == 0) return nullptr;
  tally.Bytes(sizeof(void*));
  return &filters_.filters[index - 1];
}

// The fourth generation. A node has 128 bytes: eight keys, falling, and what belongs to each. In an inner node a key is
// the lowest of those below. The tree is as low as it can be for its count; the kernel's, which splits a full node in
// halves, may be higher.
class BTree {
 public:
  static constexpr std::size_t kPairs = 8;

  static std::optional<BTree> Read(Words& words);

  std::size_t bytes() const noexcept { return nodes_.size() * sizeof(Node) + filters_.bytes(); }
  static constexpr std::size_t tables() noexcept { return 0; }
  // How many nodes lie on every way.
  std::size_t depth() const noexcept { return height_; }

  template <class T>
  Truth Judge(const Event& event, Surroundings& around, T& tally) const noexcept {
    Truth verdict;
    if (IsDecidedAtEntry(event, verdict, tally)) return verdict;
    return JudgeLocked(event, around, tally);
  }

  // Of a call that entered by the native path.
  template <class T>
  Truth JudgeLocked(const Event& event, Surroundings& around, T& tally) const noexcept {
    const Locked locked(mutex_);
    return JudgeFilter(Find(event.id(), tally), event, kPostedRecord, around, tally);
  }

 private:
  struct Node {
    std::array<std::uint64_t, kPairs> keys;
    // A Node, in the lowest ones a ShippedFilter; null behind the last.
    std::array<const void*, kPairs> values;
  };
  static_assert(sizeof(Node) == 128);

  using Pair = std::pair<std::uint64_t, const void*>;
  std::vector<Pair> BuildLevel(const std::vector<Pair>& below);

  template <class T>
  const ShippedFilter* Find(std::uint64_t number, T& tally) const noexcept;

  // Its size is known before it is filled: nodes point at one another.
  std::vector<Node> nodes_;
  std::size_t height_ = 0;
  CallFilters<FoldedTree> filters_;
  mutable Mutex mutex_;
};

template <class T>
const ShippedFilter* BTree::Find(std::uint64_t number, T& tally) const noexcept {
  if (height_ == 0) return nullptr;
  const void* below = &nodes_.back();
  for (std::size_t level = height_; level > 0; level--) {
    const Node& node = *static_cast<const Node*>(below);
    std::size_t i = 0;
    while (i < kPairs && node.values[i] != nullptr && node.keys[i] > number) i++;
    tally.Bytes((i < kPairs ? i + 1 : i) * sizeof(Pair));
    if (i == kPairs || node.values[i] == nullptr) return nullptr;
    if (level == 1 && node.keys[i] != number) return nullptr;
    below = node.values[i];
  }
  return static_cast<const ShippedFilter*>(below);
}

// The fifth generation: each set of filters has the one that it was inherited with behind it. The task's own comes
// first, and the first that refuses decides.
class FilterChain {
 public:
  static std::optional<FilterChain> Read(Words& words);

  std::size_t bytes() const noexcept;
  static constexpr std::size_t tables() noexcept { return 0; }
  std::size_t depth() const noexcept { return sets_.size(); }

  template <class T>
  Truth Judge(const Event& event, Surroundings& around, T& tally) const noexcept;

 private:
  struct Set {
    const Set* parent;
    bool is_enabled;
    BTree filters;
  };

  // The oldest first, so that each can point at the one before.
  std::vector<Set> sets_;
};

template <class T>
Truth FilterChain::Judge(const Event& event, Surroundings& around, T& tally) const noexcept {
  Truth verdict;
  if (IsDecidedAtEntry(event, verdict, tally)) return verdict;
  verdict = Truth::kYes;
  for (const Set* set = &sets_.back(); set != nullptr; set = set->parent) {
    tally.Bytes(sizeof set->parent);
    if (!set->is_enabled) continue;
    const Truth one = set->filters.JudgeLocked(event, around, tally);
    if (one == Truth::kNo) return one;
    if (one == Truth::kUnknown) verdict = one;
  }
  return verdict;
}

}  // namespace gatehouse::faithful
