// What was merged in 2012: seccomp programs in classic BPF, checked as the kernel checks them and run as it ran them
// then: a loop around a switch over two 32-bit registers and sixteen words.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace gatehouse::bpf {

// `struct sock_filter`.
struct Instruction {
  std::uint16_t code;
  std::uint8_t jt;
  std::uint8_t jf;
  std::uint32_t k;
};
static_assert(sizeof(Instruction) == 8);

// `struct seccomp_data` as its words.
struct Data {
  static constexpr std::size_t kWords = 16;
  static constexpr std::uint32_t kBytes = 4 * kWords;

  std::array<std::uint32_t, kWords> words{};

  void SetNumber(std::uint32_t number) noexcept { words[0] = number; }
  void SetArch(std::uint32_t arch) noexcept { words[1] = arch; }
  void SetIp(std::uint64_t ip) noexcept { Set(2, ip); }
  void SetArgument(std::size_t slot, std::uint64_t value) noexcept { Set(4 + 2 * slot, value); }

 private:
  void Set(std::size_t word, std::uint64_t value) noexcept {
    words[word] = static_cast<std::uint32_t>(value);
    words[word + 1] = static_cast<std::uint32_t>(value >> 32);
  }
};

struct Returned {
  std::uint32_t value;
  std::uint32_t executed;
};

// A program that the kernel would let a task carry. All its jumps lead forward, so it ends.
class Program {
 public:
  static constexpr std::size_t kMaxInstructions = 4096;

  // None for what the kernel refuses.
  static std::optional<Program> Verify(std::vector<Instruction> instructions);

  std::size_t size() const noexcept { return instructions_.size(); }

  Returned Run(const Data& data) const noexcept;

 private:
  explicit Program(std::vector<Instruction> instructions) : instructions_(std::move(instructions)) {}

  std::vector<Instruction> instructions_;
};

// Whether the call goes on: SECCOMP_RET_ALLOW or SECCOMP_RET_LOG.
bool Passes(std::uint32_t value) noexcept;

}  // namespace gatehouse::bpf
