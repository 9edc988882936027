// The bulk tier's door: rules go in once as words, then columns of chunks, and answers come out as bitmaps.

#include "core/lowered.hh"

#include <vector>

#include "addon/arguments.hh"
#include "addon/exports.hh"
#include "core/evaluator.hh"

namespace gatehouse {

template <>
inline constexpr std::uint64_t kHandleKind<bulk::Evaluator> = 1;

namespace {

using bulk::Chunk, bulk::Evaluator, bulk::Lowered, bulk::Slot, bulk::Verdicts;
using bulk::kChunkRows, bulk::kMaxWords, bulk::kSlots;

// A dictionary has at most so many strings that a test can be asked about: its table has then 32 MB.
constexpr std::uint32_t kMaxDictionary = 1u << 28;

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

// The slots come last, each an argument of its own: reading an array can run code, which could detach what was already
// looked at.
Napi::Value Evaluate(const Napi::CallbackInfo& info) {
  constexpr std::size_t kFirstSlot = 10;
  Arguments arguments(info, "evaluate(rules, rows, event, abi, known, task, sets, judged, allow, decided, ...slots)");
  auto* const evaluator = arguments.Handle<Evaluator>(0, "rules");
  const std::uint32_t rows = arguments.Uint32(1, "rows", kChunkRows);
  const std::size_t words = (rows + 31) / 32;
  const bool by_set = evaluator != nullptr && evaluator->lowered().sets > 1;

  Chunk chunk{rows, {}, {}};
  chunk.columns.event = arguments.View<std::uint16_t>(2, "event", rows).data();
  chunk.columns.abi = arguments.View<std::uint8_t>(3, "abi", rows).data();
  chunk.columns.known = arguments.View<std::uint8_t>(4, "known", rows).data();
  if (by_set) {
    chunk.columns.task = arguments.View<std::uint32_t>(5, "task", rows).data();
    chunk.sets = arguments.View<std::uint8_t>(6, "sets", 0);
  }
  const Verdicts verdicts{
      arguments.View<std::uint32_t>(7, "judged", words).first(arguments.ok() ? words : 0),
      arguments.View<std::uint32_t>(8, "allow", words).first(arguments.ok() ? words : 0),
      arguments.View<std::uint32_t>(9, "decided", words).first(arguments.ok() ? words : 0),
  };
  for (std::size_t slot = 0; slot < kSlots; slot++) {
    const auto column = arguments.OptionalView<std::uint32_t>(kFirstSlot + slot, "slots", 2 * rows);
    chunk.columns.slots[slot] = column.empty() ? nullptr : reinterpret_cast<const Slot*>(column.data());
  }
  if (!arguments.ok()) return info.Env().Undefined();
  if (!evaluator->Evaluate(chunk, verdicts)) arguments.Refuse("sets", "a set of these rules for each task of a row");
  return info.Env().Undefined();
}

}  // namespace

void ExportLowered(Napi::Env env, Napi::Object exports) {
  const Napi::Object calls = Napi::Object::New(env);
  calls.Set("loadRules", Napi::Function::New<LoadRules>(env, "loadRules"));
  calls.Set("setTable", Napi::Function::New<SetTable>(env, "setTable"));
  calls.Set("evaluate", Napi::Function::New<Evaluate>(env, "evaluate"));
  exports.Set("bulk", calls);
  exports.Set("version", Napi::Number::New(env, bulk::kLoweredVersion));
}

}  // namespace gatehouse
