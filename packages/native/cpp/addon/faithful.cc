// The faithful evaluators' door: a design's program goes in once as words, then columns of chunks, and answers come out
// as bitmaps, with counts where they are asked for.

#include "core/faithful.hh"

#include <vector>

#include "addon/arguments.hh"
#include "addon/exports.hh"

namespace gatehouse {

template <>
inline constexpr std::uint64_t kHandleKind<faithful::Evaluator> = 2;

namespace {

using faithful::Answers, faithful::Columns, faithful::Evaluator, faithful::kSlots;

constexpr std::uint32_t kChunkRows = 65536;
constexpr std::size_t kMaxWords = std::size_t{1} << 26;
constexpr std::uint32_t kMaxVisitedWords = 1024;

Napi::Value Load(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "loadFaithful(words)");
  const auto words = arguments.View<std::uint32_t>(0, "words", 1);
  if (!arguments.ok()) return info.Env().Undefined();
  std::unique_ptr<Evaluator> evaluator;
  // A copy, since another thread may write to what is being checked.
  if (words.size() <= kMaxWords) evaluator = Evaluator::Read(std::vector(words.begin(), words.end()));
  if (evaluator == nullptr) {
    arguments.Refuse("words", "the flat form of a design's program");
    return info.Env().Undefined();
  }
  const std::size_t bytes = evaluator->AllBytes();
  return NewHandle(info.Env(), std::move(evaluator), bytes);
}

Napi::Value Shape(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "shape(evaluator)");
  const auto* const evaluator = arguments.Handle<Evaluator>(0, "evaluator");
  if (!arguments.ok()) return info.Env().Undefined();
  const Napi::Object shape = Napi::Object::New(info.Env());
  shape.Set("bytes", static_cast<double>(evaluator->bytes()));
  shape.Set("depth", static_cast<double>(evaluator->depth()));
  return shape;
}

Napi::Value SetTable(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "setAnswers(evaluator, table, answers)");
  auto* const evaluator = arguments.Handle<Evaluator>(0, "evaluator");
  const std::size_t tables = evaluator == nullptr ? 0 : evaluator->tables();
  if (arguments.ok() && tables == 0) arguments.Refuse("evaluator", "one that asks tables");
  const std::uint32_t table = arguments.Uint32(1, "table", static_cast<std::uint32_t>(tables - 1));
  const auto answers = arguments.View<std::uint8_t>(2, "answers", 1);
  if (arguments.ok()) evaluator->SetTable(table, answers);
  return info.Env().Undefined();
}

// The slots come last, each an argument of its own: reading an array can run code, which could detach what was already
// looked at.
Napi::Value Judge(const Napi::CallbackInfo& info) {
  constexpr std::size_t kFirstSlot = 13;
  Arguments arguments(info,
                      "judge(evaluator, rows, event, abi, known, task, which, judged, allow, decided, counts, visited, "
                      "visitedWords, ...slots)");
  auto* const evaluator = arguments.Handle<Evaluator>(0, "evaluator");
  const std::uint32_t rows = arguments.Uint32(1, "rows", kChunkRows);
  const std::size_t words = (rows + 31) / 32;
  const std::size_t visited_words = arguments.Uint32(12, "visitedWords", kMaxVisitedWords);

  Columns columns;
  columns.event = arguments.View<std::uint16_t>(2, "event", rows);
  columns.abi = arguments.View<std::uint8_t>(3, "abi", rows);
  columns.known = arguments.View<std::uint8_t>(4, "known", rows);
  columns.task = arguments.View<std::uint32_t>(5, "task", rows);
  const auto which = arguments.View<std::uint32_t>(6, "which", 0);
  Answers answers;
  answers.rows = arguments.View<std::uint32_t>(7, "judged", words);
  answers.allow = arguments.View<std::uint32_t>(8, "allow", words);
  answers.known = arguments.View<std::uint32_t>(9, "decided", words);
  answers.counts = arguments.OptionalView<std::uint32_t>(10, "counts", std::size_t{3} * rows);
  answers.visited = arguments.OptionalView<std::uint32_t>(11, "visited", visited_words * rows);
  answers.visited_words = answers.visited.empty() ? 0 : visited_words;
  for (std::size_t slot = 0; slot < kSlots; slot++) {
    const auto column = arguments.OptionalView<std::uint32_t>(kFirstSlot + slot, "slots", std::size_t{2} * rows);
    columns.slots[slot] = column.empty() ? nullptr : column.data();
  }
  if (arguments.ok() && !evaluator->HasTables()) arguments.Refuse("evaluator", "one whose tables are set");
  if (!arguments.ok()) return info.Env().Undefined();
  evaluator->Judge(columns, rows, which, answers);
  return info.Env().Undefined();
}

}  // namespace

void ExportFaithful(Napi::Env env, Napi::Object exports) {
  const Napi::Object calls = Napi::Object::New(env);
  calls.Set("load", Napi::Function::New<Load>(env, "load"));
  calls.Set("shape", Napi::Function::New<Shape>(env, "shape"));
  calls.Set("setAnswers", Napi::Function::New<SetTable>(env, "setAnswers"));
  calls.Set("judge", Napi::Function::New<Judge>(env, "judge"));
  exports.Set("faithful", calls);
}

}  // namespace gatehouse
