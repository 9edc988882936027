#include "core/evaluator.hh"

#include <algorithm>
#include <bit>

namespace gatehouse::bulk {

namespace {

// A program runs over a whole block where it has at least one row in so many of it; otherwise its rows are gathered.
constexpr std::size_t kDenseShare = 8;
// How often a block is searched for a program that has so many.
constexpr std::size_t kSearches = 6;
// In place of the code of a row whose task has no set.
constexpr Code kNoSet = 0xffff;
static_assert(kNoSet >= kFirstProgram + kMaxPrograms);

alignas(64) constexpr Slot kZeroes[kBlockRows] = {};

bool Any(const Word* bits, std::size_t words) {
  Word any = 0;
  for (std::size_t word = 0; word < words; word++) any |= bits[word];
  return any != 0;
}

std::size_t Count(const Word* bits, std::size_t words) {
  std::size_t count = 0;
  for (std::size_t word = 0; word < words; word++) count += static_cast<std::size_t>(std::popcount(bits[word]));
  return count;
}

// The bits of `rows` rows from the first on.
Word Below(std::size_t rows) { return rows < kWordRows ? (Word{1} << rows) - 1 : ~Word{0}; }

Word Load(std::span<const std::uint32_t> bits, std::size_t word) {
  const std::size_t half = 2 * word;
  return bits[half] | (half + 1 < bits.size() ? Word{bits[half + 1]} << 32 : 0);
}

void Add(std::span<std::uint32_t> bits, std::size_t word, Word more) {
  const std::size_t half = 2 * word;
  bits[half] |= static_cast<std::uint32_t>(more);
  if (half + 1 < bits.size()) bits[half + 1] |= static_cast<std::uint32_t>(more >> 32);
}

Columns From(const Columns& columns, std::size_t row) {
  Columns from{columns.event + row, columns.abi + row, columns.known + row,
               columns.task == nullptr ? nullptr : columns.task + row, {}};
  for (std::size_t slot = 0; slot < kSlots; slot++)
    from.slots[slot] = columns.slots[slot] == nullptr ? nullptr : columns.slots[slot] + row;
  return from;
}

// The last rows of a chunk, fewer than make a word, with more behind them that may be read.
struct Tail {
  Tail(const Columns& columns, std::size_t first, std::size_t rows) {
    const Columns from = From(columns, first);
    event.fill(rows > 0 ? from.event[0] : Code{0});  // so that a block of one event stays one
    known.fill(0xff);
    std::copy_n(from.event, rows, event.begin());
    std::copy_n(from.abi, rows, abi.begin());
    std::copy_n(from.known, rows, known.begin());
    if (from.task != nullptr) std::copy_n(from.task, rows, task.begin());
    for (std::size_t slot = 0; slot < kSlots; slot++)
      if (from.slots[slot] != nullptr) std::copy_n(from.slots[slot], rows, slots[slot].begin());
  }

  Columns columns() const {
    Columns columns{event.data(), abi.data(), known.data(), task.data(), {}};
    for (std::size_t slot = 0; slot < kSlots; slot++) columns.slots[slot] = slots[slot].data();
    return columns;
  }

  std::array<std::uint16_t, kWordRows> event;
  std::array<std::uint8_t, kWordRows> abi{};
  std::array<std::uint8_t, kWordRows> known;
  std::array<std::uint32_t, kWordRows> task{};
  std::array<std::array<Word, kWordRows>, kSlots> slots{};
};

}  // namespace

// Some rows of a chunk while they are judged.
struct Evaluator::Block {
  Columns columns;
  std::size_t first;  // row
  std::size_t words;
  std::array<Word, kBlockWords> rows;
  std::array<Word, kBlockWords> allow{};
  std::array<Word, kBlockWords> known{};
  std::array<Word, kBlockWords> left{};  // those that a program has still to judge
  std::array<Code, kBlockRows> codes;
};

Evaluator::Evaluator(std::unique_ptr<const Lowered> lowered)
    : lowered_(std::move(lowered)),
      tables_(lowered_->tables, Table{0, {0}}),
      judges_entry_(std::ranges::any_of(lowered_->other_entry, [](Code code) { return code != kNoCode; })),
      reach_((lowered_->longest + 2) * kBlockWords),
      lists_(lowered_->programs.size()),
      gathered_(kSlots) {}

std::size_t Evaluator::bytes() const {
  return lowered_->codes.size() * sizeof(Code) + lowered_->branches.size() * sizeof(Branch) +
         lowered_->values.size() * sizeof(Word) + reach_.size() * sizeof(Word) + lists_.size() * sizeof(List) +
         gathered_.size() * sizeof(gathered_[0]);
}

void Evaluator::SetTable(std::size_t table, std::uint32_t last, std::span<const std::uint32_t> words) {
  tables_[table].words.assign(words.begin(), words.end());
  tables_[table].last = last;
}

bool Evaluator::Evaluate(const Chunk& chunk, const Verdicts& verdicts) noexcept {
  for (List& list : lists_) list.rows = 0;
  for (std::size_t first = 0; first < chunk.rows; first += kBlockRows) {
    const std::size_t rows = std::min(kBlockRows, chunk.rows - first);
    const auto judge = [&](const Columns& columns, std::size_t start, std::size_t words, Word last) {
      Block block;
      block.columns = columns;
      block.first = start;
      block.words = words;
      for (std::size_t word = 0; word < words; word++)
        block.rows[word] = Load(verdicts.rows, start / kWordRows + word);
      block.rows[words - 1] &= last;
      if (!Any(block.rows.data(), words)) return true;
      if (!Judge(chunk, block)) return false;
      for (std::size_t word = 0; word < words; word++) {
        Add(verdicts.allow, start / kWordRows + word, block.allow[word]);
        Add(verdicts.known, start / kWordRows + word, block.known[word]);
      }
      if (Any(block.left.data(), words)) Keep(chunk, verdicts, block);
      return true;
    };
    const std::size_t whole = rows / kWordRows;
    if (whole > 0 && !judge(From(chunk.columns, first), first, whole, ~Word{0})) return false;
    const std::size_t rest = rows % kWordRows;
    if (rest == 0) continue;
    const std::size_t start = first + whole * kWordRows;
    const Tail tail(chunk.columns, start, rest);
    if (!judge(tail.columns(), start, 1, Below(rest))) return false;
  }
  for (std::size_t program = 0; program < lists_.size(); program++) Flush(chunk, verdicts, program);
  return true;
}

// Fills in `allow` and `known` but for the rows that it leaves in `left`.
bool Evaluator::Judge(const Chunk& chunk, Block& block) noexcept {
  const std::size_t words = block.words;
  const bool entries = judges_entry_ && OrOf(block.columns.abi, words * kWordRows) != 0;
  if (lowered_->sets == 1 && !entries) {
    const std::uint16_t event = block.columns.event[0];
    if (AllSame(block.columns.event, event, kWordRows) && AllSame(block.columns.event, event, words * kWordRows)) {
      const Code code = lowered_->codes[std::min<std::size_t>(event, lowered_->events - 1)];
      if (code >= kFirstProgram) {
        Follow(lowered_->programs[code - kFirstProgram], block.columns, words, block.rows.data(),
               block.allow.data(), block.known.data());
        return true;
      }
      if (code == kAllow) block.allow = block.rows;
      block.known = block.rows;
      return true;
    }
  }
  if (lowered_->sets == 1) {
    LookUp(block.columns.event, lowered_->codes.data(), static_cast<std::uint16_t>(lowered_->events - 1), words,
           block.codes.data());
  } else {
    RouteBySet(chunk, block);
  }
  if (entries) OtherEntries(chunk, block);
  return Route(block);
}

void Evaluator::RouteBySet(const Chunk& chunk, Block& block) noexcept {
  const std::size_t last = lowered_->events - 1;
  for (std::size_t row = 0; row < block.words * kWordRows; row++) {
    const std::size_t set = SetOf(chunk, block.columns.task[row]);
    const std::size_t event = std::min<std::size_t>(block.columns.event[row], last);
    block.codes[row] = set < lowered_->sets ? lowered_->codes[set * lowered_->events + event] : kNoSet;
  }
}

void Evaluator::OtherEntries(const Chunk& chunk, Block& block) noexcept {
  for (std::size_t row = 0; row < block.words * kWordRows; row++) {
    if (block.columns.abi[row] == 0) continue;
    const std::size_t set = lowered_->sets == 1 ? 0 : SetOf(chunk, block.columns.task[row]);
    if (set < lowered_->sets && lowered_->other_entry[set] != kNoCode)
      block.codes[row] = lowered_->other_entry[set];
  }
}

std::size_t Evaluator::SetOf(const Chunk& chunk, std::size_t task) const noexcept {
  return task < chunk.sets.size() ? chunk.sets[task] : kMaxSets;
}

bool Evaluator::Route(Block& block) noexcept {
  const std::size_t words = block.words;
  SameBits(block.codes.data(), kAllow, words, block.allow.data());
  if (lowered_->programs.empty() && lowered_->sets == 1) {
    block.known = block.rows;
    for (std::size_t word = 0; word < words; word++) block.allow[word] &= block.rows[word];
    return true;
  }
  AboveBits(block.codes.data(), kAllow, words, block.left.data());
  for (std::size_t word = 0; word < words; word++) {
    block.allow[word] &= block.rows[word];
    block.left[word] &= block.rows[word];
    block.known[word] = block.rows[word] & ~block.left[word];
  }
  if (!Any(block.left.data(), words)) return true;
  if (lowered_->sets > 1) {
    std::array<Word, kBlockWords> lost;
    SameBits(block.codes.data(), kNoSet, words, lost.data());
    for (std::size_t word = 0; word < words; word++) lost[word] &= block.rows[word];
    if (Any(lost.data(), words)) return false;
  }
  RunDense(block);
  return true;
}

// Takes the programs that have many rows in this block out of `left`. Each search looks at the program of one row,
// further on each time, so that what is dense is found with few.
void Evaluator::RunDense(Block& block) noexcept {
  const std::size_t words = block.words;
  for (std::size_t search = 0; search < kSearches; search++) {
    std::size_t word = search * words / kSearches;
    while (word < words && block.left[word] == 0) word++;
    if (word == words) {
      if (!Any(block.left.data(), words)) return;
      continue;
    }
    const Code code = block.codes[word * kWordRows + static_cast<std::size_t>(std::countr_zero(block.left[word]))];
    std::array<Word, kBlockWords> its;
    SameBits(block.codes.data(), code, words, its.data());
    for (std::size_t i = 0; i < words; i++) its[i] &= block.left[i];
    if (Count(its.data(), words) * kDenseShare < words * kWordRows) continue;
    for (std::size_t i = 0; i < words; i++) block.left[i] &= ~its[i];
    Follow(lowered_->programs[code - kFirstProgram], block.columns, words, its.data(), block.allow.data(),
           block.known.data());
  }
}

void Evaluator::Keep(const Chunk& chunk, const Verdicts& verdicts, const Block& block) noexcept {
  for (std::size_t word = 0; word < block.words; word++) {
    for (Word left = block.left[word]; left != 0; left &= left - 1) {
      const std::size_t row = word * kWordRows + static_cast<std::size_t>(std::countr_zero(left));
      const std::size_t program = block.codes[row] - kFirstProgram;
      List& list = lists_[program];
      list.row[list.rows++] = static_cast<std::uint16_t>(block.first + row);
      if (list.rows == kListRows) Flush(chunk, verdicts, program);
    }
  }
}

// Judges the rows that were kept for a program.
void Evaluator::Flush(const Chunk& chunk, const Verdicts& verdicts, std::size_t number) noexcept {
  List& list = lists_[number];
  if (list.rows == 0) return;
  const Program& program = lowered_->programs[number];
  std::array<std::uint8_t, kListRows> known;
  known.fill(0xff);
  Columns columns{nullptr, nullptr, known.data(), nullptr, {}};
  for (std::size_t i = 0; i < list.rows; i++) known[i] = chunk.columns.known[list.row[i]];
  for (std::size_t slot = 0; slot < kSlots; slot++) {
    const Slot* const from = chunk.columns.slots[slot];
    if (from == nullptr || ((program.slots >> slot) & 1) == 0) continue;
    for (std::size_t i = 0; i < list.rows; i++) gathered_[slot][i] = from[list.row[i]];
    columns.slots[slot] = gathered_[slot].data();
  }

  constexpr std::size_t kWords = kListRows / kWordRows;
  std::array<Word, kWords> rows{}, allowed{}, decided{};
  const std::size_t words = (list.rows + kWordRows - 1) / kWordRows;
  for (std::size_t word = 0; word < words; word++) rows[word] = Below(list.rows - word * kWordRows);
  Follow(program, columns, words, rows.data(), allowed.data(), decided.data());
  for (std::size_t i = 0; i < list.rows; i++) {
    const std::size_t row = list.row[i];
    const auto bit = [&](const std::array<Word, kWords>& bits) {
      return static_cast<std::uint32_t>((bits[i / kWordRows] >> (i % kWordRows)) & 1) << (row % 32);
    };
    verdicts.allow[row / 32] |= bit(allowed);
    verdicts.known[row / 32] |= bit(decided);
  }
  list.rows = 0;
}

// All ways through the program at once: each branch passes its rows on to where its test sends them, and where the slot
// is not known to both. A row that came to both ends is not decided.
void Evaluator::Follow(const Program& program, const Columns& columns, std::size_t words, const Word* rows,
                       Word* allow, Word* known) noexcept {
  std::fill_n(reach_.begin(), (program.branches + 2) * words, 0);
  std::copy_n(rows, words, reach_.begin());
  const bool all_known = (AndOf(columns.known, words * kWordRows) & program.slots) == program.slots;
  std::array<Word, kBlockWords> holds, unknown{};
  for (std::size_t i = 0; i < program.branches; i++) {
    const Word* const here = &reach_[i * words];
    if (!Any(here, words)) continue;
    const Branch& branch = lowered_->branches[program.first_branch + i];
    const Slot* const column = columns.slots[branch.slot];
    Holds(branch, column == nullptr ? kZeroes : column, words, holds.data());
    if (!all_known) ClearBits(columns.known, static_cast<std::uint8_t>(1u << branch.slot), words, unknown.data());
    Word* const when_true = &reach_[branch.when_true * words];
    Word* const when_false = &reach_[branch.when_false * words];
    for (std::size_t word = 0; word < words; word++) {
      when_true[word] |= here[word] & (holds[word] | unknown[word]);
      when_false[word] |= here[word] & (~holds[word] | unknown[word]);
    }
  }
  const Word* const denied = &reach_[program.branches * words];
  const Word* const allowed = denied + words;
  for (std::size_t word = 0; word < words; word++) {
    allow[word] |= allowed[word] & ~denied[word];
    known[word] |= allowed[word] ^ denied[word];
  }
}

void Evaluator::Holds(const Branch& branch, const Slot* column, std::size_t words, Word* bits) const noexcept {
  const Word* const values = lowered_->values.data() + branch.first_value;
  switch (branch.test) {
    case Test::kBelow:
      return BelowBits(column, branch.mask, static_cast<std::int64_t>(*values), words, bits);
    case Test::kTable: {
      const Table& table = tables_[branch.first_value];
      return TableBits(column, table.words.data(), table.last, words, bits);
    }
    default:
      EitherBits(column, branch.mask, values[0], values[branch.values > 1 ? 1 : 0], words, bits);
      for (std::size_t i = 2; i < branch.values; i += 2) {
        std::array<Word, kBlockWords> more;
        EitherBits(column, branch.mask, values[i], values[std::min<std::size_t>(i + 1, branch.values - 1)], words,
                   more.data());
        for (std::size_t word = 0; word < words; word++) bits[word] |= more[word];
      }
  }
}

}  // namespace gatehouse::bulk
