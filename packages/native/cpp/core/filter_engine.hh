// The filter engine: how each of its generations finds a call's filter, and what it does then. A call without a filter
// is refused, the wildcard is done, and a filter runs over a record of the registers.
//
//   v2        16 buckets by a multiplicative hash of the number, each a chain in the order that copying leaves
//   shipped   an index for each call of the table; then a b-tree; then a chain of b-trees, one for each task in descent
//             that has set filters, all of which must match

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/bitmask.hh"
#include "core/event.hh"
#include "core/record.hh"
#include "core/tally.hh"

namespace gatehouse::faithful {

template <class Program>
struct CallFilter {
  CallFilter* next = nullptr;
  std::uint32_t number = 0;
  // Null: the wildcard.
  std::unique_ptr<HeldFilter<Program>> filter;
};

template <class Program>
struct CallFilters {
  std::uint32_t calls = 0;
  std::vector<CallFilter<Program>> filters;

  std::size_t bytes() const noexcept;
  std::size_t tables() const noexcept;
};

enum class Order { kByNumber, kAsInstalled };

// Numbers are below `calls`, and each is there once, which whoever takes them as they were installed sees to.
template <class Program>
std::optional<CallFilters<Program>> ReadCallFilters(Words& words, Order order = Order::kByNumber) {
  CallFilters<Program> read;
  read.calls = words.Next(kFirstOtherEvent + 1);
  const std::uint32_t count = words.Next(std::uint64_t{read.calls} + 1);
  if (!words.Spend(count * sizeof(CallFilter<Program>))) return std::nullopt;
  read.filters.reserve(count);
  for (std::uint32_t i = 0; i < count; i++) {
    CallFilter<Program>& filter = read.filters.emplace_back();
    filter.number = words.Next(read.calls);
    const bool is_first = order == Order::kAsInstalled || i == 0;
    if (!is_first && filter.number <= read.filters[i - 1].number) return std::nullopt;
    if (words.Next(2) == 0) continue;
    std::optional<HeldFilter<Program>> held = HeldFilter<Program>::Read(words);
    if (!held) return std::nullopt;
    filter.filter = std::make_unique<HeldFilter<Program>>(std::move(*held));
  }
  return words.failed() ? std::nullopt : std::optional(std::move(read));
}

template <class Program>
std::size_t CallFilters<Program>::bytes() const noexcept {
  std::size_t bytes = 0;
  for (const auto& [next, number, filter] : filters) bytes += filter == nullptr ? 0 : filter->bytes();
  return bytes;
}

template <class Program>
std::size_t CallFilters<Program>::tables() const noexcept {
  std::size_t tables = 0;
  for (const auto& [next, number, filter] : filters)
    if (filter != nullptr) tables = std::max(tables, filter->tables());
  return tables;
}

// The buffer for a call's record in every form that was posted or shipped. Six arguments need more.
constexpr std::size_t kPostedRecord = 64;

// `room`: the largest record that there is room for; a larger one is BUG_ON, which nobody survives.
template <class Program, class T>
Truth JudgeFilter(const CallFilter<Program>* found, const Event& event, std::size_t room, Surroundings& around,
                  T& tally) noexcept {
  constexpr std::size_t kCleared = 64;
  if (found == nullptr || found->filter == nullptr) {
    tally.Step();
    return TruthOf(found != nullptr);
  }
  if (found->filter->RecordBytes() > room) {
    tally.Step();
    return Truth::kNo;
  }
  std::memset(around.record, 0, kCleared);
  return found->filter->Match(event, around, tally);
}

// What comes before any look-up. True: `verdict` is the answer.
template <class T>
bool IsDecidedAtEntry(const Event& event, Truth& verdict, T& tally) noexcept {
  tally.Bytes(kEventBytes);
  if (event.IsNativeEntry() && event.IsCall()) return false;
  if (!event.IsNativeEntry()) tally.Step();
  verdict = TruthOf(event.IsNativeEntry());
  return true;
}

// `kRoom`: the buffer for a call's record.
template <class Program, std::size_t kRoom>
class FilterHash {
 public:
  static constexpr std::uint32_t kBuckets = 16;
  static constexpr std::uint32_t BucketOf(std::uint32_t number) noexcept { return number * 0x9e37'0001u >> 28; }

  static std::optional<FilterHash> Read(Words& words);

  std::size_t bytes() const noexcept {
    return sizeof heads_ + filters_.filters.size() * sizeof(CallFilter<Program>) + filters_.bytes();
  }
  std::size_t tables() const noexcept { return filters_.tables(); }
  // The longest chain.
  std::size_t depth() const noexcept;

  template <class T>
  Truth Judge(const Event& event, Surroundings& around, T& tally) const noexcept {
    Truth verdict;
    if (IsDecidedAtEntry(event, verdict, tally)) return verdict;
    return JudgeFilter(Find(event.id(), tally), event, kRoom, around, tally);
  }

 private:
  template <class T>
  const CallFilter<Program>* Find(std::uint32_t number, T& tally) const noexcept;
  void TurnRound() noexcept;

  std::array<CallFilter<Program>*, kBuckets> heads_{};
  CallFilters<Program> filters_;
};

template <class Program, std::size_t kRoom>
std::optional<FilterHash<Program, kRoom>> FilterHash<Program, kRoom>::Read(Words& words) {
  std::optional<CallFilters<Program>> read = ReadCallFilters<Program>(words, Order::kAsInstalled);
  if (!read) return std::nullopt;
  FilterHash hash;
  hash.filters_ = std::move(*read);
  // Each was a change, which copied what was there before, and so did enforcing.
  NoTally tally;
  for (CallFilter<Program>& filter : hash.filters_.filters) {
    if (hash.Find(filter.number, tally) != nullptr) return std::nullopt;
    hash.TurnRound();
    CallFilter<Program>*& head = hash.heads_[BucketOf(filter.number)];
    filter.next = head;
    head = &filter;
  }
  hash.TurnRound();
  return hash;
}

// A copy walks each chain from its front and puts what it finds in front of the new one.
template <class Program, std::size_t kRoom>
void FilterHash<Program, kRoom>::TurnRound() noexcept {
  for (CallFilter<Program>*& head : heads_) {
    CallFilter<Program>* turned = nullptr;
    while (head != nullptr) {
      CallFilter<Program>* const next = head->next;
      head->next = turned;
      turned = head;
      head = next;
    }
    head = turned;
  }
}

template <class Program, std::size_t kRoom>
std::size_t FilterHash<Program, kRoom>::depth() const noexcept {
  std::size_t longest = 0;
  for (const CallFilter<Program>* filter : heads_) {
    std::size_t length = 0;
    for (; filter != nullptr; filter = filter->next) length++;
    longest = std::max(longest, length);
  }
  return longest;
}

template <class Program, std::size_t kRoom>
template <class T>
const CallFilter<Program>* FilterHash<Program, kRoom>::Find(std::uint32_t number, T& tally) const noexcept {
  tally.Bytes(sizeof heads_[0]);
  for (const CallFilter<Program>* filter = heads_[BucketOf(number)]; filter != nullptr; filter = filter->next) {
    tally.Bytes(sizeof *filter);
    if (filter->number == number) return filter;
  }
  return nullptr;
}

}  // namespace gatehouse::faithful
