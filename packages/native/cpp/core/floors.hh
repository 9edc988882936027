// Floors: what the plainest fast code costs for a job. Each is written by hand for one job, over the same columns and
// into the same bitmap as a back-end, so that a back-end's time can be given as a multiple of it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gatehouse::floors {

// Which rows to judge, and one bit a row for the answer: cleared for rows that are not judged.
struct Answer {
  std::span<const std::uint32_t> rows;
  std::span<std::uint32_t> allow;
};

// A bit for each event id, 32 in a word.
constexpr std::size_t kEventIds = 65536;
void BitTest(std::span<const std::uint16_t> event, std::span<const std::uint32_t, kEventIds / 32> allowed,
             Answer answer) noexcept;

// The same with a byte for each, which is more than a task would hold, and faster.
void LookUp(std::span<const std::uint16_t> event, std::span<const std::uint8_t, kEventIds> allowed,
            Answer answer) noexcept;

// (fd == 1 || fd == 2) && (flags & 0x40) != 0 && mode < 0777, of rows that are all of one kind.
struct Opening {
  std::span<const std::uint64_t> fd;
  std::span<const std::uint64_t> flags;
  std::span<const std::uint64_t> mode;
};
void FourPredicates(const Opening& columns, Answer answer) noexcept;

// Docker's default profile for x86-64, as it is for the capabilities that a container has by default.
struct Call {
  std::span<const std::uint16_t> event;
  std::span<const std::uint8_t> abi;
  std::span<const std::uint64_t> first_argument;
};
void DockerDefault(const Call& columns, Answer answer) noexcept;

// Reads memory and combines it, as little as can be done with it. Bytes after the last whole word are left out.
std::uint64_t Read(std::span<const std::byte> bytes) noexcept;

// By which compiler, and which of the versions that it made runs on this processor: "GCC 12.2.0, x86-64-v4".
const char* Build() noexcept;

}  // namespace gatehouse::floors
