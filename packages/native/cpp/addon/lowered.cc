// The bulk tier's door: rules go in once as words, then columns of chunks, and answers come out as bitmaps.

#include "core/lowered.hh"

#include <algorithm>
#include <string>
#include <vector>

#include "addon/arguments.hh"
#include "addon/exports.hh"
#include "core/evaluator.hh"
#include "core/pages.hh"

namespace gatehouse {

template <>
inline constexpr std::uint64_t kHandleKind<bulk::Evaluator> = 1;

namespace {

using bulk::Chunk, bulk::Column, bulk::Columns, bulk::Evaluator, bulk::Half, bulk::Lowered, bulk::Slot, bulk::Verdicts;
using bulk::kChunkRows, bulk::kMaxWords, bulk::kSlots;

// A dictionary has at most so many strings that a test can be asked about: its table has then 32 MB.
constexpr std::uint32_t kMaxDictionary = 1u << 28;

// Far more than all columns of one chunk take.
constexpr std::uint32_t kMostBytes = 1u << 30;

Napi::Value LoadRules(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "loadRules(words)");
  const auto words = arguments.View<std::uint32_t>(0, "words", 0);
  if (!arguments.ok()) return info.Env().Undefined();
  const char* problem = "too long";
  std::unique_ptr<Lowered> lowered;
  // A copy, since another thread may write to what is being checked.
  if (words.size() <= kMaxWords) lowered = Lowered::Load(std::vector(words.begin(), words.end()), &problem);
  if (lowered == nullptr) {
    arguments.Refuse("words", (std::string("rules, and is ") + problem).c_str());
    return info.Env().Undefined();
  }
  auto evaluator = std::make_unique<Evaluator>(std::move(lowered));
  const std::size_t bytes = evaluator->bytes();
  return NewHandle(info.Env(), std::move(evaluator), bytes);
}

Napi::Value SetTable(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "setTable(rules, table, last, words)");
  auto* const evaluator = arguments.Handle<Evaluator>(0, "rules");
  const std::size_t tables = evaluator == nullptr ? 0 : evaluator->lowered().tables;
  if (arguments.ok() && tables == 0) arguments.Refuse("rules", "rules with tables");
  const std::uint32_t table = arguments.Uint32(1, "table", static_cast<std::uint32_t>(tables - 1));
  const std::uint32_t last = arguments.Uint32(2, "last", kMaxDictionary);
  const auto words = arguments.View<std::uint32_t>(3, "words", last / 32 + 1);
  if (arguments.ok()) evaluator->SetTable(table, last, words.first(last / 32 + 1));
  return info.Env().Undefined();
}

// What both ways of handing over columns end with.
struct Answer {
  Answer(Arguments& arguments, std::size_t first, std::uint32_t rows)
      : judged(arguments.View<std::uint32_t>(first, "judged", Words(rows))),
        allow(arguments.View<std::uint32_t>(first + 1, "allow", Words(rows))),
        decided(arguments.View<std::uint32_t>(first + 2, "decided", Words(rows))) {}

  static std::size_t Words(std::uint32_t rows) { return (rows + 31) / 32; }

  std::span<const std::uint32_t> judged;
  std::span<std::uint32_t> allow, decided;
};

void Judge(Arguments& arguments, Evaluator* evaluator, const Chunk& chunk, const Answer& answer) {
  if (!arguments.ok()) return;
  const std::size_t words = Answer::Words(static_cast<std::uint32_t>(chunk.rows));
  const Verdicts verdicts{answer.judged.first(words), answer.allow.first(words), answer.decided.first(words)};
  if (!evaluator->Evaluate(chunk, verdicts)) arguments.Refuse("sets", "a set of these rules for each task of a row");
}

// Which slots are narrow, a bit each.
std::uint32_t Narrow(Arguments& arguments, std::size_t index) {
  return arguments.Uint32(index, "narrow", (1u << kSlots) - 1);
}

bool BySet(const Evaluator* evaluator) { return evaluator != nullptr && evaluator->lowered().sets > 1; }

// The slots come last, each an argument of its own: reading an array can run code, which could detach what was already
// looked at.
Napi::Value Evaluate(const Napi::CallbackInfo& info) {
  constexpr std::size_t kFirstSlot = 11;
  Arguments arguments(
      info, "evaluate(rules, rows, event, abi, known, task, sets, narrow, judged, allow, decided, ...slots)");
  auto* const evaluator = arguments.Handle<Evaluator>(0, "rules");
  const std::uint32_t rows = arguments.Uint32(1, "rows", kChunkRows);

  Chunk chunk{rows, {}, {}};
  chunk.columns.event = arguments.View<std::uint16_t>(2, "event", rows).data();
  chunk.columns.abi = arguments.View<std::uint8_t>(3, "abi", rows).data();
  chunk.columns.known = arguments.View<std::uint8_t>(4, "known", rows).data();
  if (BySet(evaluator)) {
    chunk.columns.task = arguments.View<std::uint32_t>(5, "task", rows).data();
    chunk.sets = arguments.View<std::uint8_t>(6, "sets", 0);
  }
  const std::uint32_t narrow = Narrow(arguments, 7);
  const Answer answer(arguments, 8, rows);
  for (std::size_t slot = 0; slot < kSlots; slot++) {
    const bool is_narrow = ((narrow >> slot) & 1) != 0;
    const auto column =
        arguments.OptionalView<std::uint32_t>(kFirstSlot + slot, "slots", is_narrow ? rows : 2 * rows);
    if (column.empty()) continue;
    chunk.columns.slots[slot] =
        is_narrow ? Column(column.data()) : Column(reinterpret_cast<const Slot*>(column.data()));
  }
  Judge(arguments, evaluator, chunk, answer);
  return info.Env().Undefined();
}

// Columns that lie in one piece of memory, by the bytes that they start at. Two views stand for all of them.
class Places {
 public:
  Places(Arguments& arguments, std::size_t memory, std::uint32_t rows)
      : arguments_(arguments),
        memory_(arguments.View<std::uint8_t>(memory, "memory", 0)),
        places_(arguments.View<std::uint32_t>(memory + 1, "places", kHeads)),
        rows_(rows) {}

  std::size_t slots() const { return places_.size() < kHeads ? 0 : std::min(places_.size() - kHeads, kSlots); }

  Columns Find(std::uint32_t narrow) {
    Columns columns{At<std::uint16_t>(0), At<std::uint8_t>(1), At<std::uint8_t>(2), At<std::uint32_t>(3), {}};
    for (std::size_t slot = 0; slot < slots(); slot++) {
      const std::size_t column = kHeads + slot;
      const bool is_narrow = ((narrow >> slot) & 1) != 0;
      columns.slots[slot] = is_narrow ? Column(At<Half>(column)) : Column(At<Slot>(column));
    }
    return columns;
  }

 private:
  static constexpr std::size_t kHeads = 4;  // event, abi, known, task

  template <class T>
  const T* At(std::size_t column) {
    if (!arguments_.ok()) return nullptr;
    const std::size_t at = places_[column];
    const bool is_in = at <= memory_.size() && memory_.size() - at >= rows_ * sizeof(T);
    if (!is_in || reinterpret_cast<std::uintptr_t>(memory_.data() + at) % alignof(T) != 0) {
      arguments_.Refuse("places", "where columns of that many rows lie in `memory`");
      return nullptr;
    }
    return reinterpret_cast<const T*>(memory_.data() + at);
  }

  Arguments& arguments_;
  std::span<const std::uint8_t> memory_;
  std::span<const std::uint32_t> places_;
  std::size_t rows_;
};

Napi::Value EvaluateInPlace(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "evaluateInPlace(rules, rows, memory, places, sets, narrow, judged, allow, decided)");
  auto* const evaluator = arguments.Handle<Evaluator>(0, "rules");
  const std::uint32_t rows = arguments.Uint32(1, "rows", kChunkRows);
  Chunk chunk{rows, Places(arguments, 2, rows).Find(Narrow(arguments, 5)), {}};
  if (BySet(evaluator)) chunk.sets = arguments.View<std::uint8_t>(4, "sets", 0);
  Judge(arguments, evaluator, chunk, Answer(arguments, 6, rows));
  return info.Env().Undefined();
}

// How many bytes of memory `settle` has to be given.
Napi::Value Room(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "room(bytes)");
  const std::uint32_t bytes = arguments.Uint32(0, "bytes", kMostBytes);
  return Napi::Number::New(info.Env(), static_cast<double>(bulk::Room(bytes)));
}

// The byte that columns begin at. The memory holds zeroes: what stood in it is lost.
Napi::Value Settle(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "settle(memory, bytes)");
  const std::uint32_t bytes = arguments.Uint32(1, "bytes", kMostBytes);
  const auto memory = arguments.View<std::uint8_t>(0, "memory", bulk::Room(bytes));
  if (!arguments.ok()) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), static_cast<double>(bulk::Settle(std::as_writable_bytes(memory), bytes)));
}

}  // namespace

void ExportLowered(Napi::Env env, Napi::Object exports) {
  const Napi::Object calls = Napi::Object::New(env);
  calls.Set("loadRules", Napi::Function::New<LoadRules>(env, "loadRules"));
  calls.Set("setTable", Napi::Function::New<SetTable>(env, "setTable"));
  calls.Set("evaluate", Napi::Function::New<Evaluate>(env, "evaluate"));
  calls.Set("evaluateInPlace", Napi::Function::New<EvaluateInPlace>(env, "evaluateInPlace"));
  calls.Set("room", Napi::Function::New<Room>(env, "room"));
  calls.Set("settle", Napi::Function::New<Settle>(env, "settle"));
  exports.Set("bulk", calls);
  exports.Set("version", Napi::Number::New(env, bulk::kLoweredVersion));
}

}  // namespace gatehouse
