// What the faithful evaluators are asked about: one row of a chunk, read where it lies, and what they answer.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace gatehouse::faithful {

constexpr std::size_t kSlots = 8;
constexpr std::uint8_t kNativeEntry = 0;
// From here on ids are those of events that are no system calls.
constexpr std::uint16_t kFirstOtherEvent = 4096;

// A predicate of a slot that the trace does not show may go either way.
enum class Truth : std::uint8_t { kNo, kYes, kUnknown };

constexpr Truth TruthOf(bool value) noexcept { return value ? Truth::kYes : Truth::kNo; }

enum class Connective : std::uint8_t { kAnd, kOr };

// Whether the other side cannot change what a connective comes to.
constexpr bool Decides(Connective connective, Truth value) noexcept {
  return value == TruthOf(connective == Connective::kOr);
}

constexpr Truth Join(Connective connective, Truth left, Truth right) noexcept {
  if (Decides(connective, left) || Decides(connective, right)) return TruthOf(connective == Connective::kOr);
  return left == Truth::kUnknown ? left : right;
}

// Columns of one chunk; a slot has two words a row, the low one first. A chunk may have fewer
// slots: what is not there is not known either.
struct Columns {
  std::span<const std::uint32_t> task;
  std::span<const std::uint16_t> event;
  std::span<const std::uint8_t> abi;
  std::span<const std::uint8_t> known;
  std::array<const std::uint32_t*, kSlots> slots{};
};

class Event {
 public:
  // The id is read once: it is an index, and another thread may write to a shared buffer.
  Event(const Columns& columns, std::size_t row) noexcept
      : columns_(columns), row_(row), id_(columns.event[row]) {}

  std::uint16_t id() const noexcept { return id_; }
  bool IsCall() const noexcept { return id_ < kFirstOtherEvent; }
  bool IsNativeEntry() const noexcept { return columns_.abi[row_] == kNativeEntry; }
  // Bit k: slot k holds what the trace shows.
  std::uint8_t known() const noexcept { return columns_.known[row_]; }
  std::uint64_t Slot(std::size_t slot) const noexcept {
    std::uint64_t value = 0;
    if (columns_.slots[slot] != nullptr) std::memcpy(&value, columns_.slots[slot] + 2 * row_, sizeof value);
    return value;
  }

 private:
  const Columns& columns_;
  std::size_t row_;
  std::uint16_t id_;
};

}  // namespace gatehouse::faithful
