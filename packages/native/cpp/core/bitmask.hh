// Two ways to keep a set of system calls: mode 1's table, which is walked, and the bitmap of 2009.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/comparison.hh"
#include "core/event.hh"
#include "core/record.hh"

namespace gatehouse::faithful {

// Every decision reads the event's number and its entry path.
constexpr std::size_t kEventBytes = 2 + 1;

// Numbers of calls with a 0 behind the last. The first may be 0 itself: `read` is call 0.
class CallList {
 public:
  static std::optional<CallList> Read(Words& words);

  std::size_t bytes() const noexcept { return calls_.size() * sizeof calls_[0]; }
  static constexpr std::size_t tables() noexcept { return 0; }
  std::size_t depth() const noexcept { return calls_.size() - 1; }

  template <class T>
  Truth Judge(const Event& event, Surroundings&, T& tally) const noexcept {
    tally.Bytes(kEventBytes);
    if (event.IsNativeEntry() && !event.IsCall()) return Truth::kYes;
    tally.Step();
    if (!event.IsNativeEntry()) return Truth::kNo;
    const std::int32_t number = event.id();
    const std::int32_t* call = calls_.data();
    do {
      tally.Bytes(sizeof *call);
      if (*call == number) return Truth::kYes;
    } while (*++call != 0);
    tally.Bytes(sizeof *call);
    return Truth::kNo;
  }

 private:
  std::vector<std::int32_t> calls_;
};

// One bit per call up to the end of the table: a bounds test, a load and a bit test.
class Bitmap {
 public:
  static std::optional<Bitmap> Read(Words& words);

  // As the kernel would copy it in: whole bytes.
  std::size_t bytes() const noexcept { return (length_ + 7) / 8; }
  static constexpr std::size_t tables() noexcept { return 0; }
  static constexpr std::size_t depth() noexcept { return 1; }

  template <class T>
  Truth Judge(const Event& event, Surroundings&, T& tally) const noexcept {
    tally.Bytes(kEventBytes + sizeof words_[0]);
    if (event.IsNativeEntry() && !event.IsCall()) return Truth::kYes;
    tally.Step();
    const std::uint32_t number = event.id();
    return TruthOf(event.IsNativeEntry() && number < length_ && (words_[number / 32] >> (number % 32) & 1) != 0);
  }

 private:
  std::uint32_t length_ = 0;
  std::vector<std::uint32_t> words_;
};

}  // namespace gatehouse::faithful
