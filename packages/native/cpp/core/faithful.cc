#include "core/faithful.hh"

#include <algorithm>
#include <utility>

#include "core/rows.hh"
#include "core/tally.hh"

namespace gatehouse::faithful {

namespace {

using Kinds = Evaluator::Kinds;

template <std::size_t kKind>
std::optional<Kinds> ReadKind(Words& words) {
  using List = std::variant_alternative_t<kKind, Kinds>;
  const std::uint32_t count = words.Next(Evaluator::kMaxPrograms + 1);
  if (count == 0) return std::nullopt;
  List programs;
  programs.reserve(count);
  for (std::uint32_t i = 0; i < count; i++) {
    auto program = List::value_type::Read(words);
    if (!program) return std::nullopt;
    programs.push_back(std::move(*program));
  }
  return Kinds(std::in_place_index<kKind>, std::move(programs));
}

template <std::size_t... kKind>
std::optional<Kinds> ReadAny(std::uint32_t kind, Words& words, std::index_sequence<kKind...>) {
  std::optional<Kinds> read;
  ((kind == kKind ? void(read = ReadKind<kKind>(words)) : void()), ...);
  return read;
}

// Of the rows' own answers and, where they are asked for, their counts.
struct Writer {
  const Answers& answers;

  void Write(std::size_t row, Truth verdict) const noexcept {
    if (verdict == Truth::kUnknown) return;
    const std::uint32_t bit = std::uint32_t{1} << (row % 32);
    answers.known[row / 32] |= bit;
    if (verdict == Truth::kYes) answers.allow[row / 32] |= bit;
  }

  Tally Begin(std::size_t row) const noexcept {
    const std::size_t words = answers.visited_words;
    return words == 0 ? Tally(nullptr, 0) : Tally(&answers.visited[row * words], words);
  }

  void Write(std::size_t row, const Tally& tally) const noexcept {
    if (answers.counts.empty()) return;
    answers.counts[3 * row] = tally.predicates();
    answers.counts[3 * row + 1] = tally.steps();
    answers.counts[3 * row + 2] = tally.bytes();
  }
};

template <class Program>
void JudgeAll(const std::vector<Program>& programs, const Columns& columns, std::size_t rows,
              std::span<const std::uint32_t> which, Surroundings& around, const Answers& answers) noexcept {
  const Writer writer{answers};
  const bool counts = !answers.counts.empty() || answers.visited_words != 0;
  ForEachRow(answers.rows, rows, [&](std::size_t row) noexcept {
    std::size_t program = 0;
    if (programs.size() > 1) {
      const std::size_t task = columns.task[row];
      program = task < which.size() ? which[task] : programs.size();
      if (program >= programs.size()) return;
    }
    const Event event(columns, row);
    if (counts) {
      Tally tally = writer.Begin(row);
      writer.Write(row, programs[program].Judge(event, around, tally));
      writer.Write(row, tally);
    } else {
      NoTally tally;
      writer.Write(row, programs[program].Judge(event, around, tally));
    }
  });
}

}  // namespace

std::unique_ptr<Evaluator> Evaluator::Read(std::span<const std::uint32_t> flat) {
  constexpr std::size_t kCount = std::variant_size_v<Kinds>;
  Words words(flat);
  const std::uint32_t kind = words.Next(kCount);
  if (words.failed()) return nullptr;
  std::optional<Kinds> read = ReadAny(kind, words, std::make_index_sequence<kCount>());
  if (!read || words.failed() || !words.AtEnd()) return nullptr;
  return std::unique_ptr<Evaluator>(new Evaluator(std::move(*read)));
}

std::size_t Evaluator::bytes() const noexcept {
  return std::visit([](const auto& programs) { return programs[0].bytes(); }, programs_);
}

std::size_t Evaluator::depth() const noexcept {
  return std::visit([](const auto& programs) { return programs[0].depth(); }, programs_);
}

std::size_t Evaluator::AllBytes() const noexcept {
  return std::visit(
      [](const auto& programs) {
        std::size_t bytes = 0;
        for (const auto& program : programs) bytes += program.bytes();
        return bytes;
      },
      programs_);
}

Evaluator::Evaluator(Kinds programs) : programs_(std::move(programs)) {
  std::size_t tables = 0;
  std::visit(
      [&](const auto& all) {
        for (const auto& program : all) tables = std::max(tables, program.tables());
      },
      programs_);
  tables_.resize(tables);
}

bool Evaluator::HasTables() const noexcept {
  return std::ranges::none_of(tables_, [](const auto& table) { return table.empty(); });
}

void Evaluator::Judge(const Columns& columns, std::size_t rows, std::span<const std::uint32_t> which,
                      const Answers& answers) noexcept {
  around_.tables = tables_;
  std::visit(
      [&](const auto& programs) noexcept { JudgeAll(programs, columns, rows, which, around_, answers); },
      programs_);
}

}  // namespace gatehouse::faithful
