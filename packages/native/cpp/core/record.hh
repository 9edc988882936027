// A filter as an engine has it: how the record is built that it looks at, and its program in the form of one kernel.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/branches.hh"
#include "core/comparison.hh"
#include "core/event.hh"

namespace gatehouse::faithful {

// A buffer for records, and what a record goes by that stands outside it.
struct Surroundings {
  alignas(64) std::byte record[kRecordBytes] = {};
  Tables tables;
};

// Fields go in by their places: each is written as eight bytes, and the next one covers what was too much.
inline void FillRecord(const RecordLayout& layout, const Event& event, std::byte* record) noexcept {
  const std::uint32_t number = event.id();
  std::memcpy(record + layout.number_offset, &number, sizeof number);
  for (std::size_t i = 0; i < layout.count; i++) {
    const std::uint64_t value = event.Slot(layout.fields[i].slot);
    std::memcpy(record + layout.fields[i].offset, &value, sizeof value);
  }
}

// A program over a record that is there. `Program`: a PostfixArray, FoldedTree or BranchProgram.
template <bool kPartly, class Program, class T>
Truth RunProgram(const Program& program, std::uint8_t known, const Surroundings& around, T& tally) noexcept {
  if constexpr (std::is_same_v<Program, BranchProgram>) {
    return program.template Match<kPartly>(around.record, known, around.tables, tally);
  } else {
    return program.template Match<kPartly>(around.record, known, tally);
  }
}

template <class Program, class T>
Truth RunFilter(const Program& program, std::uint8_t known, const Surroundings& around, T& tally) noexcept {
  return (program.needs() & ~known) == 0 ? RunProgram<false>(program, known, around, tally)
                                         : RunProgram<true>(program, known, around, tally);
}

template <class Program>
std::size_t TablesOf(const Program& program) noexcept {
  if constexpr (std::is_same_v<Program, BranchProgram>) {
    return program.tables();
  } else {
    return 0;
  }
}

// A filter that builds its own record, as the engines' do.
template <class Program>
class HeldFilter {
 public:
  static std::optional<HeldFilter> Read(Words& words);

  std::size_t entries() const noexcept { return program_.entries(); }
  std::size_t bytes() const noexcept { return program_.bytes(); }
  std::size_t tables() const noexcept { return TablesOf(program_); }

  // What the record takes, with the 32-bit length before it rounded up to 8 bytes: 68 for six arguments.
  std::size_t RecordBytes() const noexcept { return (layout_.end + 4 + 7) / 8 * 8 - 4; }

  template <class T>
  Truth Match(const Event& event, Surroundings& around, T& tally) const noexcept {
    FillRecord(layout_, event, around.record);
    tally.Bytes(8 * layout_.count);
    return RunFilter(program_, event.known(), around, tally);
  }

 private:
  HeldFilter(RecordLayout layout, Program program) : layout_(layout), program_(std::move(program)) {}

  RecordLayout layout_;
  Program program_;
};

template <class Program>
std::optional<HeldFilter<Program>> HeldFilter<Program>::Read(Words& words) {
  const RecordLayout layout = ReadLayout(words);
  std::optional<Program> program = Program::Read(words);
  if (!program || words.failed()) return std::nullopt;
  return HeldFilter(layout, std::move(*program));
}

}  // namespace gatehouse::faithful
