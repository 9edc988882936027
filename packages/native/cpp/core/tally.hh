// What an evaluation looked at. Evaluators are given one of two: a Tally counts, NoTally is empty, and what is timed is
// made with that.

#pragma once

#include <cstddef>
#include <cstdint>

namespace gatehouse::faithful {

struct NoTally {
  void Bytes(std::size_t) noexcept {}
  void Step() noexcept {}
  void Predicate(std::size_t, std::size_t) noexcept {}
  void NextProgram(std::size_t) noexcept {}
};

// Of one event.
class Tally {
 public:
  // `visited`: one bit for each entry of the programs that are run, in their order; as many as there is room for.
  Tally(std::uint32_t* visited, std::size_t words) noexcept : visited_(visited), bits_(32 * words) {}

  void Bytes(std::size_t bytes) noexcept { bytes_ += static_cast<std::uint32_t>(bytes); }
  void Step() noexcept { steps_++; }
  void Predicate(std::size_t entry, std::size_t bytes) noexcept {
    predicates_++;
    Step();
    Bytes(bytes);
    const std::size_t bit = first_ + entry;
    if (bit < bits_) visited_[bit / 32] |= std::uint32_t{1} << (bit % 32);
  }
  // Entries of the program that comes next are numbered on from those of the one before.
  void NextProgram(std::size_t entries) noexcept { first_ += entries; }

  std::uint32_t predicates() const noexcept { return predicates_; }
  std::uint32_t steps() const noexcept { return steps_; }
  std::uint32_t bytes() const noexcept { return bytes_; }

 private:
  std::uint32_t predicates_ = 0;
  std::uint32_t steps_ = 0;
  std::uint32_t bytes_ = 0;
  std::size_t first_ = 0;
  std::uint32_t* visited_;
  std::size_t bits_;
};

}  // namespace gatehouse::faithful
