#include "core/evaluator.hh"

#include <algorithm>
#include <bit>
#include <cstring>

namespace gatehouse::bulk {

namespace {

// Running a program over a whole block costs about so much for each of its tests and words, where gathering its rows
// costs about so much for each row.
constexpr std::size_t kWordCost = 4;
constexpr std::size_t kRowCost = 5;
// How many of a block's programs may turn out to have too few rows before the rest is taken to have too few as well.
constexpr std::size_t kMisses = 4;
// In place of the code of a row whose task has no set.
constexpr Code kNoSet = 0xffff;
static_assert(kNoSet >= kFirstProgram + kMaxPrograms);

constexpr std::size_t kChunkWords = kChunkRows / kWordRows;

constexpr std::size_t kHalfRows = kWordRows / 2;

// At least so many words to follow a program in, that a short one takes many rows at a time.
constexpr std::size_t kReachWords = 16 * kStretchWords;

constexpr Word kNone[kStretchWords] = {};
alignas(64) constexpr Slot kZeroRows[kStretchRows] = {};
constexpr Column kZeroes(kZeroRows);

bool Any(const Word* bits, std::size_t words) {
  return std::any_of(bits, bits + words, [](Word word) { return word != 0; });
}

// The bits of `rows` rows from the first on.
Word Below(std::size_t rows) { return rows < kWordRows ? (Word{1} << rows) - 1 : ~Word{0}; }

// Bitmaps come as halves of words. The last one may be a half alone.
void Load(std::span<const std::uint32_t> bits, std::size_t words, Word* to) {
  to[words - 1] = 0;
  std::memcpy(to, bits.data(), std::min(bits.size_bytes(), words * sizeof(Word)));
}

void Add(std::span<std::uint32_t> bits, const Word* more) {
  Slot* const whole = reinterpret_cast<Slot*>(bits.data());
  for (std::size_t word = 0; word < bits.size() / 2; word++) whole[word].value |= more[word];
  if (bits.size() % 2 != 0) bits.back() |= static_cast<std::uint32_t>(more[bits.size() / 2]);
}

Columns From(const Columns& columns, std::size_t row) {
  Columns from{columns.event + row, columns.abi + row, columns.known + row,
               columns.task == nullptr ? nullptr : columns.task + row, {}};
  for (std::size_t slot = 0; slot < kSlots; slot++) from.slots[slot] = columns.slots[slot].From(row);
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
      for (std::size_t i = 0; i < rows && from.slots[slot].is_there(); i++) slots[slot][i].value = from.slots[slot][i];
  }

  Columns columns() const {
    Columns columns{event.data(), abi.data(), known.data(), task.data(), {}};
    for (std::size_t slot = 0; slot < kSlots; slot++) columns.slots[slot] = Column(slots[slot].data());
    return columns;
  }

  std::array<std::uint16_t, kWordRows> event;
  std::array<std::uint8_t, kWordRows> abi{};
  std::array<std::uint8_t, kWordRows> known;
  std::array<std::uint32_t, kWordRows> task{};
  std::array<std::array<Slot, kWordRows>, kSlots> slots{};
};

}  // namespace

// Some rows of a chunk while they are judged.
struct Evaluator::Block {
  Columns columns;
  std::size_t first;  // row
  std::size_t words;
  // What says which rows are of one program: the event column, or the codes where sets have different ones.
  const std::uint16_t* keys;
  Word rows[kBlockWords];
  Word left[kBlockWords];  // those that a program has still to judge
  Word* allow;
  Word* known;
  Code codes[kBlockRows];
};

Evaluator::Evaluator(std::unique_ptr<const Lowered> lowered)
    : lowered_(std::move(lowered)),
      tables_(lowered_->tables, Table{0, {0}}),
      judges_entry_(std::ranges::any_of(lowered_->other_entry, [](Code code) { return code != kNoCode; })),
      reach_(std::max((lowered_->longest + 2) * kBlockWords, kReachWords)),
      lists_(lowered_->programs.size()),
      gathered_(kSlots),
      allowed_(kChunkWords),
      decided_(kChunkWords) {
  if (lowered_->sets > 1) return;
  routes_.resize(kEventIds);
  for (std::size_t event = 0; event < kEventIds; event++) {
    const Code code = lowered_->codes[std::min(event, lowered_->events - 1)];
    routes_[event] = code == kAllow ? Routed::kFirst : code >= kFirstProgram ? Routed::kSecond : 0;
  }
}

std::size_t Evaluator::bytes() const {
  const auto size = [](const auto& vector) { return vector.size() * sizeof(vector[0]); };
  return size(lowered_->codes) + size(lowered_->branches) + size(lowered_->ranges) + size(lowered_->joint) +
         size(routes_) + size(reach_) + size(lists_) + size(gathered_) + size(allowed_) + size(decided_);
}

void Evaluator::SetTable(std::size_t table, std::uint32_t last, std::span<const std::uint32_t> words) {
  tables_[table].words.assign(words.begin(), words.end());
  tables_[table].last = last;
}

bool Evaluator::Evaluate(const Chunk& chunk, const Verdicts& verdicts) noexcept {
  for (List& list : lists_) list.rows = 0;
  const std::size_t rest = chunk.rows % kWordRows;
  const std::size_t whole = chunk.rows - rest;
  std::fill_n(allowed_.begin(), (chunk.rows + kWordRows - 1) / kWordRows, 0);
  std::fill_n(decided_.begin(), (chunk.rows + kWordRows - 1) / kWordRows, 0);
  const auto judge = [&](const Columns& columns, std::size_t first, std::size_t rows) {
    Block block;
    block.columns = columns;
    block.first = first;
    block.words = (rows + kWordRows - 1) / kWordRows;
    block.allow = &allowed_[first / kWordRows];
    block.known = &decided_[first / kWordRows];
    Load(verdicts.rows.subspan(first / kHalfRows), block.words, block.rows);
    block.rows[block.words - 1] &= Below(rows - (block.words - 1) * kWordRows);
    return Judge(chunk, block);
  };
  if (whole > kBlockRows && IsOfOneEvent(chunk.columns, whole)) {
    Word rows[kChunkWords];
    Load(verdicts.rows, whole / kWordRows, rows);
    JudgeOneEvent(chunk.columns, whole / kWordRows, rows, allowed_.data(), decided_.data());
  } else {
    for (std::size_t first = 0; first < whole; first += kBlockRows)
      if (!judge(From(chunk.columns, first), first, std::min(kBlockRows, whole - first))) return false;
  }
  if (rest > 0 && !judge(Tail(chunk.columns, whole, rest).columns(), whole, rest)) return false;

  for (std::size_t program = 0; program < lists_.size(); program++) Flush(chunk, program);
  Add(verdicts.allow, allowed_.data());
  Add(verdicts.known, decided_.data());
  return true;
}

bool Evaluator::Judge(const Chunk& chunk, Block& block) noexcept {
  const std::size_t rows = block.words * kWordRows;
  if (!Any(block.rows, block.words)) return true;
  if (lowered_->sets > 1) {
    if (!RouteBySet(chunk, block)) return false;
  } else if (IsOfOneEvent(block.columns, rows)) {
    JudgeOneEvent(block.columns, block.words, block.rows, block.allow, block.known);
    return true;
  } else {
    Route(block, HasEntries(block.columns, rows));
  }
  if (Any(block.left, block.words)) {
    RunDense(block);
    Keep(chunk, block);
  }
  return true;
}

// Whether rows came in by another path, where that makes a difference.
bool Evaluator::HasEntries(const Columns& columns, std::size_t rows) const noexcept {
  return judges_entry_ && OrOf(columns.abi, rows) != 0;
}

// And all by the native path, for a single set of rules. Most rows are of many events, which three of them show.
bool Evaluator::IsOfOneEvent(const Columns& columns, std::size_t rows) const noexcept {
  const std::uint16_t* const event = columns.event;
  return lowered_->sets == 1 && event[0] == event[rows / 2] && event[0] == event[rows - 1] &&
         AllSame(event, event[0], rows) && !HasEntries(columns, rows);
}

void Evaluator::JudgeOneEvent(const Columns& columns, std::size_t words, const Word* rows, Word* allow,
                              Word* known) noexcept {
  const Code code = lowered_->codes[std::min<std::size_t>(columns.event[0], lowered_->events - 1)];
  if (code < kFirstProgram) {
    std::copy_n(rows, words, known);
    if (code == kAllow) std::copy_n(rows, words, allow);
    return;
  }
  const Program& program = lowered_->programs[code - kFirstProgram];
  const std::size_t at_a_time = std::min(kStretchWords, reach_.size() / (program.branches + 2));
  const bool all_known = IsKnown(program, columns, words);
  for (std::size_t word = 0; word < words; word += at_a_time) {
    const std::size_t some = std::min(at_a_time, words - word);
    const Columns its = From(columns, word * kWordRows);
    Follow(program, its, some, all_known || IsKnown(program, its, some), rows + word, allow + word, known + word);
  }
}

// Fills in `allow` and `known`, but for the rows that it leaves in `left`.
void Evaluator::Route(Block& block, bool entries) noexcept {
  const std::size_t words = block.words;
  block.keys = block.columns.event;
  LookUp(block.keys, std::span<const std::uint16_t, kEventIds>(routes_), words, block.allow, block.left);
  if (entries) {
    Word native[kBlockWords];
    ClearBits(block.columns.abi, 0xff, words, native);
    const Word answer = lowered_->other_entry[0] == kAllow ? ~Word{0} : 0;
    for (std::size_t word = 0; word < words; word++) {
      block.allow[word] = (block.allow[word] & native[word]) | (answer & ~native[word]);
      block.left[word] &= native[word];
    }
  }
  for (std::size_t word = 0; word < words; word++) {
    block.allow[word] &= block.rows[word];
    block.left[word] &= block.rows[word];
    block.known[word] = block.rows[word] & ~block.left[word];
  }
}

// The same where each row's task has a set of its own. False where a row has none.
bool Evaluator::RouteBySet(const Chunk& chunk, Block& block) noexcept {
  block.keys = block.codes;
  for (std::size_t word = 0; word < block.words; word++) {
    block.left[word] = 0;
    for (Word rows = block.rows[word]; rows != 0; rows &= rows - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(rows));
      const std::size_t row = word * kWordRows + bit;
      const std::size_t task = block.columns.task[row];
      const std::size_t set = task < chunk.sets.size() ? chunk.sets[task] : kMaxSets;
      if (set >= lowered_->sets) return false;
      const std::size_t event = std::min<std::size_t>(block.columns.event[row], lowered_->events - 1);
      const Code other = lowered_->other_entry[set];
      const Code code = other != kNoCode && block.columns.abi[row] != 0
                            ? other
                            : lowered_->codes[set * lowered_->events + event];
      block.codes[row] = code;
      block.allow[word] |= Word{code == kAllow} << bit;
      block.left[word] |= Word{code >= kFirstProgram} << bit;
    }
    block.known[word] = block.rows[word] & ~block.left[word];
  }
  return true;
}

// Of a row that is left. Where another thread has changed its event meanwhile, it may be no program's.
Code Evaluator::CodeOf(const Block& block, std::size_t row) const noexcept {
  if (block.keys == block.codes) return block.codes[row];
  return lowered_->codes[std::min<std::size_t>(block.keys[row], lowered_->events - 1)];
}

// Takes the programs that have many rows in this block out of `left`. After one that has few the search goes on further
// behind, so that what is dense is found soon.
void Evaluator::RunDense(Block& block) noexcept {
  const std::size_t words = block.words;
  std::size_t word = 0;
  for (std::size_t misses = 0; misses < kMisses;) {
    while (word < words && block.left[word] == 0) word++;
    if (word == words) return;
    const std::size_t row = word * kWordRows + static_cast<std::size_t>(std::countr_zero(block.left[word]));
    const Code code = CodeOf(block, row);
    if (code < kFirstProgram) return;
    const Program& program = lowered_->programs[code - kFirstProgram];
    Word its[kBlockWords];
    SameBits(block.keys, block.keys[row], words, its);
    for (std::size_t i = 0; i < words; i++) its[i] &= block.left[i];
    if (Count(its, words) * kRowCost < words * program.tests * kWordCost) {
      word = ++misses * words / kMisses;
      continue;
    }
    for (std::size_t i = 0; i < words; i++) block.left[i] &= ~its[i];
    Follow(program, block.columns, words, IsKnown(program, block.columns, words), its, block.allow, block.known);
  }
}

void Evaluator::Keep(const Chunk& chunk, const Block& block) noexcept {
  for (std::size_t word = 0; word < block.words; word++) {
    for (Word left = block.left[word]; left != 0; left &= left - 1) {
      const std::size_t row = word * kWordRows + static_cast<std::size_t>(std::countr_zero(left));
      const Code code = CodeOf(block, row);
      if (code < kFirstProgram) continue;
      List& list = lists_[code - kFirstProgram];
      list.row[list.rows++] = static_cast<std::uint16_t>(block.first + row);
      if (list.rows == kListRows) Flush(chunk, code - kFirstProgram);
    }
  }
}

// Judges the rows that were kept for a program.
void Evaluator::Flush(const Chunk& chunk, std::size_t number) noexcept {
  List& list = lists_[number];
  if (list.rows == 0) return;
  const Program& program = lowered_->programs[number];
  std::uint8_t known[kListRows];
  std::fill_n(known, kListRows, 0xff);
  Columns columns{nullptr, nullptr, known, nullptr, {}};
  for (std::size_t i = 0; i < list.rows; i++) known[i] = chunk.columns.known[list.row[i]];
  for (std::size_t slot = 0; slot < kSlots; slot++) {
    const Column from = chunk.columns.slots[slot];
    if (!from.is_there() || ((program.slots >> slot) & 1) == 0) continue;
    for (std::size_t i = 0; i < list.rows; i++) gathered_[slot][i].value = from[list.row[i]];
    columns.slots[slot] = Column(gathered_[slot].data());
  }

  constexpr std::size_t kWords = kListRows / kWordRows;
  Word rows[kWords], allow[kWords] = {}, decided[kWords] = {};
  const std::size_t words = (list.rows + kWordRows - 1) / kWordRows;
  for (std::size_t word = 0; word < words; word++) rows[word] = Below(list.rows - word * kWordRows);
  Follow(program, columns, words, IsKnown(program, columns, words), rows, allow, decided);
  for (std::size_t i = 0; i < list.rows; i++) {
    const std::size_t row = list.row[i];
    const auto bit = [&](const Word* bits) { return ((bits[i / kWordRows] >> (i % kWordRows)) & 1) << (row % kWordRows); };
    allowed_[row / kWordRows] |= bit(allow);
    decided_[row / kWordRows] |= bit(decided);
  }
  list.rows = 0;
}

bool Evaluator::IsKnown(const Program& program, const Columns& columns, std::size_t words) noexcept {
  return (AndOf(columns.known, words * kWordRows) & program.slots) == program.slots;
}

// All ways through the program at once: each branch passes its rows on to where its test sends them, and where the slot
// is not known to both. A row that came to both ends is not decided.
void Evaluator::Follow(const Program& program, const Columns& columns, std::size_t words, bool all_known,
                       const Word* rows, Word* allow, Word* known) noexcept {
  std::fill_n(reach_.begin(), (program.branches + 2) * words, 0);
  std::copy_n(rows, words, reach_.begin());
  Word unknown[kStretchWords];
  for (std::size_t i = 0; i < program.branches; i++) {
    const Word* const here = &reach_[i * words];
    if (!Any(here, words)) continue;
    const Branch& branch = lowered_->branches[program.first_branch + i];
    if (all_known && branch.together > 1 &&
        TakeTogether(branch, columns,
                     {words, here, kNone, &reach_[branch.when_all * words], &reach_[branch.when_not_all * words]})) {
      i += branch.together - 1;  // nothing else comes to these
      continue;
    }
    if (!all_known) ClearBits(columns.known, static_cast<std::uint8_t>(1u << branch.slot), words, unknown);
    const Column column = columns.slots[branch.slot];
    Take(branch, column.is_there() ? column : kZeroes,
         {words, here, all_known ? kNone : unknown, &reach_[branch.when_true * words],
          &reach_[branch.when_false * words]});
  }
  const Word* const denied = &reach_[program.branches * words];
  const Word* const allowed = denied + words;
  for (std::size_t word = 0; word < words; word++) {
    allow[word] |= allowed[word] & ~denied[word];
    known[word] |= allowed[word] ^ denied[word];
  }
}

// False, with nothing done, where some of the columns are narrow and some not.
bool Evaluator::TakeTogether(const Branch& branch, const Columns& columns, const Step& step) const noexcept {
  std::array<Asked, kMostAsked> asked;
  std::size_t narrow = 0;
  for (std::size_t i = 0; i < branch.together; i++) {
    const auto& [slot, mask, range] = lowered_->joint[branch.first_joint + i];
    const Column column = columns.slots[slot];
    asked[i] = {column.is_there() ? column : kZeroes, mask, range};
    narrow += asked[i].column.is_narrow() ? 1 : 0;
  }
  if (narrow != 0 && narrow != branch.together) return false;
  StepAll(std::span(asked).first(branch.together), step);
  return true;
}

void Evaluator::Take(const Branch& branch, Column column, const Step& step) const noexcept {
  switch (branch.kind) {
    case Branch::Kind::kEqual:
      return StepEqual(column, lowered_->ranges[branch.first].low, step);
    case Branch::Kind::kMasked:
      return StepMasked(column, branch.mask, lowered_->ranges[branch.first].low, step);
    case Branch::Kind::kAtMost:
      return StepAtMost(column, lowered_->ranges[branch.first].span, step);
    case Branch::Kind::kWithin:
      return StepWithin(column, lowered_->ranges[branch.first], step);
    case Branch::Kind::kRanges:
      return StepRanges(column, branch.mask, std::span(lowered_->ranges).subspan(branch.first, branch.ranges), step);
    case Branch::Kind::kTable: {
      const Table& table = tables_[branch.first];
      return StepTable(column, table.words.data(), table.last, step);
    }
  }
}

}  // namespace gatehouse::bulk
