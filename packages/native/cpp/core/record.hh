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

// `Program`: a PostfixArray, FoldedTree or BranchProgram.
template <class Program>
class HeldFilter {
 public:
  static std::optional<HeldFilter> Read(Words& words);

  std::size_t entries() const noexcept { return program_.entries(); }
  std::size_t bytes() const noexcept { return program_.bytes(); }
  std::size_t tables() const noexcept;

  // What the record takes, with the 32-bit length before it rounded up to 8 bytes: 68 for six arguments.
  std::size_t RecordBytes() const noexcept { return (layout_.end + 4 + 7) / 8 * 8 - 4; }

  template <class T>
  Truth Match(const Event& event, Surroundings& around, T& tally) const noexcept {
    Fill(event, around.record);
    tally.Bytes(8 * layout_.count);
    const std::uint8_t known = event.known();
    return (program_.needs() & ~known) == 0 ? Run<false>(around, known, tally) : Run<true>(around, known, tally);
  }

 private:
  HeldFilter(RecordLayout layout, Program program) : layout_(layout), program_(std::move(program)) {}

  void Fill(const Event& event, std::byte* record) const noexcept;

  template <bool kPartly, class T>
  Truth Run(const Surroundings& around, std::uint8_t known, T& tally) const noexcept {
    if constexpr (std::is_same_v<Program, BranchProgram>) {
      return program_.template Match<kPartly>(around.record, known, around.tables, tally);
    } else {
      return program_.template Match<kPartly>(around.record, known, tally);
    }
  }

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

template <class Program>
std::size_t HeldFilter<Program>::tables() const noexcept {
  if constexpr (std::is_same_v<Program, BranchProgram>) {
    return program_.tables();
  } else {
    return 0;
  }
}

// Fields go in by their places: each is written as eight bytes, and the next one covers what was too much.
template <class Program>
void HeldFilter<Program>::Fill(const Event& event, std::byte* record) const noexcept {
  const std::uint32_t number = event.id();
  std::memcpy(record + layout_.number_offset, &number, sizeof number);
  for (std::size_t i = 0; i < layout_.count; i++) {
    const std::uint64_t value = event.Slot(layout_.fields[i].slot);
    std::memcpy(record + layout_.fields[i].offset, &value, sizeof value);
  }
}

}  // namespace gatehouse::faithful
