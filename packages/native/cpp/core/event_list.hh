// The event filters of 2011: perf events in a list for each event of the kernel, each with its filter. A call is
// allowed if one of its list matches; so is another event, which also passes where nothing hangs on it. A walk ends at
// the first that matches, as the reference's does; perf's went on, since it also counts.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/bitmask.hh"
#include "core/event.hh"
#include "core/record.hh"

namespace gatehouse::faithful {

template <class Program>
class EventList {
 public:
  static std::optional<EventList> Read(Words& words);

  std::size_t bytes() const noexcept;
  std::size_t tables() const noexcept;
  // The longest list.
  std::size_t depth() const noexcept;

  template <class T>
  Truth Judge(const Event& event, Surroundings& around, T& tally) const noexcept;

 private:
  enum class Kind : std::uint8_t { kEverything, kFilter, kNothing };

  // The kernel's has a kilobyte; what a decision touches of it is in a line of its own here as well.
  struct alignas(64) PerfEvent {
    PerfEvent* next = nullptr;
    Kind kind = Kind::kEverything;
    std::unique_ptr<HeldFilter<Program>> filter;
    // How often it matched: that is what a perf event is for.
    mutable std::uint64_t count = 0;
  };

  // The list of one event. Calls stand by number, and the others behind them.
  std::size_t PlaceOf(std::uint16_t id) const noexcept {
    return id < kFirstOtherEvent ? id : calls_ + (id - kFirstOtherEvent);
  }
  void Hang(const std::vector<std::uint16_t>& ids) noexcept;

  template <class T>
  static Truth Matches(const PerfEvent& event, const Event& happened, Surroundings& around, T& tally) noexcept;

  std::size_t calls_ = 0;
  std::vector<PerfEvent*> heads_;
  std::vector<PerfEvent> events_;
};

template <class Program>
std::optional<EventList<Program>> EventList<Program>::Read(Words& words) {
  constexpr std::uint32_t kMostEvents = 65536;
  EventList list;
  list.calls_ = words.Next(kFirstOtherEvent + 1);
  const std::uint32_t others = words.Next(65536 - kFirstOtherEvent + 1);
  if (!words.Spend((list.calls_ + others) * sizeof(PerfEvent*))) return std::nullopt;
  list.heads_.resize(list.calls_ + others);
  const std::uint32_t count = words.Next(std::min<std::uint64_t>(kMostEvents, words.left()) + 1);
  if (!words.Spend(count * sizeof(PerfEvent))) return std::nullopt;
  list.events_.reserve(count);
  std::vector<std::uint16_t> ids;
  for (std::uint32_t i = 0; i < count; i++) {
    PerfEvent& event = list.events_.emplace_back();
    const std::uint32_t id = words.Next(65536);
    if (id < kFirstOtherEvent ? id >= list.calls_ : id - kFirstOtherEvent >= others) return std::nullopt;
    event.kind = static_cast<Kind>(words.Next(3));
    if (event.kind == Kind::kFilter) {
      std::optional<HeldFilter<Program>> held = HeldFilter<Program>::Read(words);
      if (!held) return std::nullopt;
      event.filter = std::make_unique<HeldFilter<Program>>(std::move(*held));
    }
    ids.push_back(static_cast<std::uint16_t>(id));
  }
  if (words.failed()) return std::nullopt;
  list.Hang(ids);
  return list;
}

// In the program's order, since the first that matches ends a walk: so the last goes in first.
template <class Program>
void EventList<Program>::Hang(const std::vector<std::uint16_t>& ids) noexcept {
  for (std::size_t i = events_.size(); i-- > 0;) {
    PerfEvent*& head = heads_[PlaceOf(ids[i])];
    events_[i].next = head;
    head = &events_[i];
  }
}

template <class Program>
template <class T>
Truth EventList<Program>::Judge(const Event& event, Surroundings& around, T& tally) const noexcept {
  tally.Bytes(kEventBytes);
  if (!event.IsNativeEntry()) {
    tally.Step();
    return Truth::kNo;
  }
  const std::size_t place = PlaceOf(event.id());
  const bool is_there = event.IsCall() ? place < calls_ : place < heads_.size();
  const PerfEvent* guard = is_there ? heads_[place] : nullptr;
  if (guard == nullptr) {
    if (event.IsCall()) tally.Step();
    return TruthOf(!event.IsCall());
  }
  Truth verdict = Truth::kNo;
  for (; guard != nullptr; guard = guard->next) {
    const Truth match = Matches(*guard, event, around, tally);
    if (match == Truth::kYes) {
      guard->count++;
      return match;
    }
    if (match == Truth::kUnknown) verdict = match;
  }
  return verdict;
}

template <class Program>
template <class T>
Truth EventList<Program>::Matches(const PerfEvent& event, const Event& happened, Surroundings& around,
                                  T& tally) noexcept {
  tally.Bytes(sizeof event.next);
  if (event.kind != Kind::kFilter) {
    tally.Step();
    return TruthOf(event.kind == Kind::kEverything);
  }
  const Truth match = event.filter->Match(happened, around, tally);
  tally.NextProgram(event.filter->entries());
  return match;
}

template <class Program>
std::size_t EventList<Program>::bytes() const noexcept {
  std::size_t bytes = heads_.size() * sizeof heads_[0] + events_.size() * sizeof(PerfEvent);
  for (const PerfEvent& event : events_) bytes += event.filter == nullptr ? 0 : event.filter->bytes();
  return bytes;
}

template <class Program>
std::size_t EventList<Program>::tables() const noexcept {
  std::size_t tables = 0;
  for (const PerfEvent& event : events_)
    if (event.filter != nullptr) tables = std::max(tables, event.filter->tables());
  return tables;
}

template <class Program>
std::size_t EventList<Program>::depth() const noexcept {
  std::size_t longest = 0;
  for (const PerfEvent* event : heads_) {
    std::size_t length = 0;
    for (; event != nullptr; event = event->next) length++;
    longest = std::max(longest, length);
  }
  return longest;
}

}  // namespace gatehouse::faithful
