// The event filters of 2011: for each tracepoint of the kernel the perf events that hang on it, each with its filter. A
// call is allowed if one of them matches; so is another event, which also passes where nothing hangs on it. A call that is
// exempt is allowed before tracing sees it.
//
// As perf of 2.6.39 did: where anything hangs on a tracepoint the record is built before any filter is asked, also where
// none has one; the walk goes over the whole list, past the first that matches, since perf also counts; and events of
// others on the same tracepoint are walked over, match and count, and decide nothing.

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
  enum class Kind : std::uint8_t { kEverything, kFilter, kNothing, kForeign };

  // As large as the kernel's, which is taken from memory that is cut into such pieces: what a decision touches of each is
  // in one line, and these lines compete for the same few places of a cache.
  struct alignas(1024) PerfEvent {
    PerfEvent* next = nullptr;
    Kind kind = Kind::kEverything;
    std::unique_ptr<const Program> filter;
    // How often it matched: that is what a perf event is for.
    mutable std::uint64_t count = 0;
  };

  struct Tracepoint {
    PerfEvent* first = nullptr;
    RecordLayout layout;
    bool is_exempt = false;
  };

  // Where one event's tracepoint stands. Calls stand by number, and the others behind them.
  std::size_t PlaceOf(std::uint16_t id) const noexcept {
    return id < kFirstOtherEvent ? id : calls_ + (id - kFirstOtherEvent);
  }
  bool ReadExempt(Words& words);
  bool ReadTracepoint(Words& words, std::uint32_t others);

  template <class T>
  static Truth Matches(const PerfEvent& event, const Event& happened, Surroundings& around, T& tally) noexcept;

  std::size_t calls_ = 0;
  std::vector<Tracepoint> tracepoints_;
  // One after the other, and the next one's address is read all the same.
  std::vector<std::unique_ptr<PerfEvent[]>> lists_;
  std::size_t events_ = 0;
};

template <class Program>
std::optional<EventList<Program>> EventList<Program>::Read(Words& words) {
  EventList list;
  list.calls_ = words.Next(kFirstOtherEvent + 1);
  const std::uint32_t others = words.Next(65536 - kFirstOtherEvent + 1);
  if (!words.Spend((list.calls_ + others) * sizeof(Tracepoint))) return std::nullopt;
  list.tracepoints_.resize(list.calls_ + others);
  for (std::uint32_t left = words.Next(list.calls_ + 1); left > 0; left--)
    if (!list.ReadExempt(words)) return std::nullopt;
  for (std::uint32_t left = words.Next(list.tracepoints_.size() + 1); left > 0; left--)
    if (!list.ReadTracepoint(words, others)) return std::nullopt;
  return words.failed() ? std::nullopt : std::optional(std::move(list));
}

template <class Program>
bool EventList<Program>::ReadExempt(Words& words) {
  const std::uint32_t id = words.Next(kFirstOtherEvent);
  if (words.failed() || id >= calls_) return false;
  tracepoints_[id].is_exempt = true;
  return true;
}

// Its id, the layout of its record, and its events in the order in which they are walked.
template <class Program>
bool EventList<Program>::ReadTracepoint(Words& words, std::uint32_t others) {
  constexpr std::uint32_t kMostEvents = 65536;
  const std::uint32_t id = words.Next(65536);
  if (id < kFirstOtherEvent ? id >= calls_ : id - kFirstOtherEvent >= others) return false;
  Tracepoint& tracepoint = tracepoints_[PlaceOf(static_cast<std::uint16_t>(id))];
  tracepoint.layout = ReadLayout(words);
  const std::uint32_t count = words.Next(std::min<std::uint64_t>(kMostEvents, words.left()) + 1);
  if (count == 0 || tracepoint.first != nullptr || !words.Spend(count * sizeof(PerfEvent))) return false;
  PerfEvent* const events = lists_.emplace_back(std::make_unique<PerfEvent[]>(count)).get();
  for (std::uint32_t i = 0; i < count; i++) {
    events[i].next = i + 1 < count ? &events[i + 1] : nullptr;
    events[i].kind = static_cast<Kind>(words.Next(4));
    if (events[i].kind != Kind::kFilter) continue;
    std::optional<Program> program = Program::Read(words);
    if (!program) return false;
    events[i].filter = std::make_unique<const Program>(std::move(*program));
  }
  tracepoint.first = events;
  events_ += count;
  return !words.failed();
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
  const bool is_there = event.IsCall() ? place < calls_ : place < tracepoints_.size();
  if (is_there && tracepoints_[place].is_exempt) {
    tally.Step();
    return Truth::kYes;
  }
  const PerfEvent* guard = is_there ? tracepoints_[place].first : nullptr;
  if (guard == nullptr) {
    if (event.IsCall()) tally.Step();
    return TruthOf(!event.IsCall());
  }
  const RecordLayout& layout = tracepoints_[place].layout;
  FillRecord(layout, event, around.record);
  tally.Bytes(8 * layout.count);
  Truth verdict = Truth::kNo;
  for (; guard != nullptr; guard = guard->next)
    verdict = Join(Connective::kOr, verdict, Matches(*guard, event, around, tally));
  return verdict;
}

template <class Program>
template <class T>
Truth EventList<Program>::Matches(const PerfEvent& event, const Event& happened, Surroundings& around,
                                  T& tally) noexcept {
  tally.Bytes(sizeof event.next);
  if (event.kind == Kind::kForeign) {
    event.count++;
    return Truth::kNo;
  }
  Truth match = TruthOf(event.kind == Kind::kEverything);
  if (event.kind == Kind::kFilter) {
    match = RunFilter(*event.filter, happened.known(), around, tally);
    tally.NextProgram(event.filter->entries());
  } else {
    tally.Step();
  }
  if (match == Truth::kYes) event.count++;
  return match;
}

template <class Program>
std::size_t EventList<Program>::bytes() const noexcept {
  std::size_t bytes = tracepoints_.size() * sizeof tracepoints_[0].first + events_ * sizeof(PerfEvent);
  for (const Tracepoint& tracepoint : tracepoints_)
    for (const PerfEvent* event = tracepoint.first; event != nullptr; event = event->next)
      bytes += event->filter == nullptr ? 0 : event->filter->bytes();
  return bytes;
}

template <class Program>
std::size_t EventList<Program>::tables() const noexcept {
  std::size_t tables = 0;
  for (const Tracepoint& tracepoint : tracepoints_)
    for (const PerfEvent* event = tracepoint.first; event != nullptr; event = event->next)
      if (event->filter != nullptr) tables = std::max(tables, TablesOf(*event->filter));
  return tables;
}

template <class Program>
std::size_t EventList<Program>::depth() const noexcept {
  std::size_t longest = 0;
  for (const Tracepoint& tracepoint : tracepoints_) {
    std::size_t length = 0;
    for (const PerfEvent* event = tracepoint.first; event != nullptr; event = event->next) length++;
    longest = std::max(longest, length);
  }
  return longest;
}

}  // namespace gatehouse::faithful
