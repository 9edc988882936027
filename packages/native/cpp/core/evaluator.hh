// Lowered over chunks, in bulk: a block of rows at a time, one bit a row, so that a branch is a few word operations for
// 64 rows. Events are routed by id first, so that each program runs over its own events only.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/bits.hh"
#include "core/lowered.hh"

namespace gatehouse::bulk {

inline constexpr std::size_t kChunkRows = 65'536;
inline constexpr std::size_t kBlockRows = 2'048;
inline constexpr std::size_t kBlockWords = kBlockRows / kWordRows;
// A chunk that is of one event goes by more rows where its program leaves room: from memory each stop costs.
inline constexpr std::size_t kStretchRows = 8'192;
inline constexpr std::size_t kStretchWords = kStretchRows / kWordRows;

// The columns of a chunk, borrowed. Others may write to them meanwhile; answers are then arbitrary and no more.
struct Columns {
  const std::uint16_t* event;
  const std::uint8_t* abi;
  const std::uint8_t* known;
  const std::uint32_t* task;
  Column slots[kSlots];  // not there: holds zeroes
};

struct Chunk {
  std::size_t rows;  // at most kChunkRows
  Columns columns;
  std::span<const std::uint8_t> sets;  // per task; read where there is more than one set
};

// A bit a row, as Arrow has them.
struct Verdicts {
  std::span<const std::uint32_t> rows;  // which to judge
  std::span<std::uint32_t> allow;       // set where the answer is known, and it is allow
  std::span<std::uint32_t> known;       // not set where it hangs on a slot that is not known
};

class Evaluator {
 public:
  explicit Evaluator(std::unique_ptr<const Lowered> lowered);

  const Lowered& lowered() const { return *lowered_; }
  // Roughly what it holds.
  std::size_t bytes() const;

  // Which ids of the dictionary pass the test: bits 0 to `last`, of which the last stands for all ids from it on.
  // `words` holds that many.
  void SetTable(std::size_t table, std::uint32_t last, std::span<const std::uint32_t> words);

  // Sets bits, and clears none. Each of the bitmaps has a bit for every row, and no more than fill its last word.
  // False, with no bit set, where a row to be judged names a task that has no set.
  bool Evaluate(const Chunk& chunk, const Verdicts& verdicts) noexcept;

 private:
  struct Table {
    std::uint32_t last;
    std::vector<std::uint32_t> words;
  };
  // Rows of one program that are too few in their blocks to run it there are kept until so many are together.
  static constexpr std::size_t kListRows = 256;
  struct List {
    std::uint32_t rows;
    std::array<std::uint16_t, kListRows> row;
  };
  struct Block;

  bool Judge(const Chunk& chunk, Block& block) noexcept;
  bool HasEntries(const Columns& columns, std::size_t rows) const noexcept;
  bool IsOfOneEvent(const Columns& columns, std::size_t rows) const noexcept;
  void JudgeOneEvent(const Columns& columns, std::size_t words, const Word* rows, Word* allow, Word* known) noexcept;
  void Route(Block& block, bool entries) noexcept;
  bool RouteBySet(const Chunk& chunk, Block& block) noexcept;
  Code CodeOf(const Block& block, std::size_t row) const noexcept;
  void RunDense(Block& block) noexcept;
  void Keep(const Chunk& chunk, const Block& block) noexcept;
  void Flush(const Chunk& chunk, std::size_t program) noexcept;
  static bool IsKnown(const Program& program, const Columns& columns, std::size_t words) noexcept;
  void Follow(const Program& program, const Columns& columns, std::size_t words, bool all_known, const Word* rows,
              Word* allow, Word* known) noexcept;
  void Take(const Branch& branch, Column column, const Step& step) const noexcept;
  bool TakeTogether(const Branch& branch, const Columns& columns, const Step& step) const noexcept;

  std::unique_ptr<const Lowered> lowered_;
  std::vector<Table> tables_;
  bool judges_entry_;  // whether some set answers for other entry paths
  std::vector<std::uint16_t> routes_;  // per event id `Routed` bits: allowed, has a program; empty for several sets
  // What evaluating works in.
  std::vector<Word> reach_;  // per branch and end, the rows that come there
  std::vector<List> lists_;  // per program
  std::vector<std::array<Slot, kListRows>> gathered_;  // per slot
  std::vector<Word> allowed_, decided_;  // of a chunk's rows
};

}  // namespace gatehouse::bulk
