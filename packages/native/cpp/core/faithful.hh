// The faithful evaluators: what each patch's kernel code kept and how it looked at it. One is read from a flat form,
// owns what it holds, and judges the rows of a chunk; it allocates nothing then.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/bitmask.hh"
#include "core/branches.hh"
#include "core/event_list.hh"
#include "core/filter_engine.hh"
#include "core/folded.hh"
#include "core/postfix.hh"
#include "core/shipped.hh"

namespace gatehouse::faithful {

// One bit a row, low bit first; bits of rows that are not asked about are left alone.
struct Answers {
  std::span<const std::uint32_t> rows;
  std::span<std::uint32_t> allow;
  std::span<std::uint32_t> known;
  // Empty, or three numbers a row: predicates, steps, bytes.
  std::span<std::uint32_t> counts;
  // Empty, or as many words a row: a bit for each entry of the programs that were run.
  std::span<std::uint32_t> visited;
  std::size_t visited_words = 0;
};

class Evaluator {
 public:
  // The kinds, by number, as the flat form's first word names them. Each holds one program for each set of a policy's
  // task sections.
  template <class Program>
  using Programs = std::vector<Program>;
  using Kinds = std::variant<Programs<CallList>,                                 // 0  mode 1's table
                             Programs<Bitmap>,                                   // 1  2009
                             Programs<FilterHash<PostfixArray, kPostedRecord>>,  // 2  v2 on 2.6.38
                             Programs<FilterHash<FoldedTree, kPostedRecord>>,    // 3  v2 on 2.6.39
                             Programs<FilterHash<BranchProgram, SIZE_MAX>>,      // 4  v2's hash and 6.18's filters
                             Programs<IndexTable>,                               // 5  shipped, third generation
                             Programs<BTree>,                                    // 6  fourth
                             Programs<FilterChain>,                              // 7  fifth
                             Programs<EventList<FoldedTree>>,                    // 8  2011, the proof of concept
                             Programs<EventList<BranchProgram>>>;                // 9  2011, the vision

  static constexpr std::size_t kMaxPrograms = 4096;

  // Null for words that are no such form.
  static std::unique_ptr<Evaluator> Read(std::span<const std::uint32_t> words);

  // Of the first program: what a kernel would hold for it, and how deep its look-up is.
  std::size_t bytes() const noexcept;
  std::size_t depth() const noexcept;
  std::size_t AllBytes() const noexcept;

  // How many tables of strings and labels it asks. Each must have been set before rows are judged, and is never empty.
  std::size_t tables() const noexcept { return tables_.size(); }
  void SetTable(std::size_t table, std::span<const std::uint8_t> answers) {
    tables_[table].assign(answers.begin(), answers.end());
  }
  bool HasTables() const noexcept;

  // `which`: the program of each task that the chunk names. A row of another task stays unknown.
  void Judge(const Columns& columns, std::size_t rows, std::span<const std::uint32_t> which,
             const Answers& answers) noexcept;

 private:
  explicit Evaluator(Kinds programs);

  Kinds programs_;
  std::vector<std::vector<std::uint8_t>> tables_;
  Surroundings around_;
};

}  // namespace gatehouse::faithful
