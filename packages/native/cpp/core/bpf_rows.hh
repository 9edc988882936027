// Seccomp programs over the rows of a chunk. As a task carries them: all are run, the newest first, and the most
// restrictive answer counts.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/bpf.hh"
#include "core/event.hh"

namespace gatehouse::bpf {

constexpr std::size_t kArguments = 6;

// How a row becomes a call, and which rows do.
struct Calls {
  // What `arch` says for the native entry path and for `int 0x80`.
  std::uint32_t native_arch = 0;
  std::uint32_t other_arch = 0;
  // Per number a bit for each slot that is looked at, and the highest bit for a call that a program says nothing of.
  std::span<const std::uint8_t, faithful::kFirstOtherEvent> asked;
  // Whether slots are also looked at where the call entered by another path.
  bool asks_on_every_path = false;
  // Empty, or the instruction pointers, two words a row.
  std::span<const std::uint32_t> ip;
};

struct Answers {
  std::span<const std::uint32_t> rows;
  std::span<std::uint32_t> allow;
  std::span<std::uint32_t> known;
  // Rows that are no calls, and those of which too little is known: they are not answered.
  std::span<std::uint32_t> left;
  // Empty, or two numbers a row: the value that counts, and the instructions that were executed.
  std::span<std::uint32_t> returned;
};

class Filters {
 public:
  // The oldest first; at least one.
  explicit Filters(std::vector<Program> programs) : programs_(std::move(programs)) {}

  std::size_t bytes() const noexcept;
  Returned Run(const Data& data) const noexcept;
  void Judge(const faithful::Columns& columns, std::size_t rows, const Calls& calls,
             const Answers& answers) const noexcept;

 private:
  std::vector<Program> programs_;
};

}  // namespace gatehouse::bpf
