// Takes bytes for a seccomp program and, where it is taken, runs it on calls: once as it is and once by a reading of
// the instructions' own fields, which asks of every step what the verifier has promised. The two must agree.
//
//   bytes   0-63    what calls are made of: struct seccomp_data
//           64-     sock_filters

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "core/bpf.hh"

namespace {

using namespace gatehouse::bpf;

constexpr std::size_t kHeaderBytes = Data::kBytes;
constexpr std::size_t kCalls = 8;

void Differ(const char* what, std::size_t at) {
  std::fprintf(stderr, "instruction %zu: %s\n", at, what);
  std::abort();
}

// What a field of an opcode says: class, then size and mode, or operation and source.
class Plain {
 public:
  Plain(const std::vector<Instruction>& program, const Data& data) : program_(program), data_(data) {}

  Returned Run() {
    for (std::uint32_t executed = 1;; executed++) {
      if (at_ >= program_.size()) Differ("runs out of the program", at_);
      const Instruction instruction = program_[at_++];
      if (const std::optional<std::uint32_t> value = Step(instruction)) return {*value, executed};
    }
  }

 private:
  std::optional<std::uint32_t> Step(const Instruction& instruction) {
    const std::uint32_t operand = (instruction.code & 0x08) != 0 ? x_ : instruction.k;
    switch (instruction.code & 0x07) {
      case 0:
        a_ = Load(instruction);
        return std::nullopt;
      case 1:
        x_ = Load(instruction);
        return std::nullopt;
      case 2:
        Store(instruction.k, a_);
        return std::nullopt;
      case 3:
        Store(instruction.k, x_);
        return std::nullopt;
      case 4:
        return Compute(instruction.code & 0xf0, operand);
      case 5:
        Jump(instruction, operand);
        return std::nullopt;
      case 6:
        return (instruction.code & 0x10) != 0 ? a_ : instruction.k;
      default:
        ((instruction.code & 0x80) != 0 ? a_ : x_) = (instruction.code & 0x80) != 0 ? x_ : a_;
        return std::nullopt;
    }
  }

  std::uint32_t Load(const Instruction& instruction) {
    switch (instruction.code & 0xe0) {
      case 0x00:
        return instruction.k;
      case 0x20:
        if (instruction.k % 4 != 0 || instruction.k >= Data::kBytes) Differ("reads outside the call", at_ - 1);
        return data_.words[instruction.k / 4];
      case 0x60:
        if (instruction.k >= memory_.size() || !memory_[instruction.k]) Differ("reads what was not written", at_ - 1);
        return *memory_[instruction.k];
      default:
        return Data::kBytes;
    }
  }

  void Store(std::uint32_t word, std::uint32_t value) {
    if (word >= memory_.size()) Differ("writes outside its memory", at_ - 1);
    memory_[word] = value;
  }

  std::optional<std::uint32_t> Compute(int operation, std::uint32_t operand) {
    switch (operation) {
      case 0x00:
        a_ += operand;
        break;
      case 0x10:
        a_ -= operand;
        break;
      case 0x20:
        a_ *= operand;
        break;
      case 0x30:
        if (operand == 0) return 0;
        a_ /= operand;
        break;
      case 0x40:
        a_ |= operand;
        break;
      case 0x50:
        a_ &= operand;
        break;
      case 0x60:
        a_ <<= operand & 31;
        break;
      case 0x70:
        a_ >>= operand & 31;
        break;
      case 0x80:
        a_ = ~a_ + 1;
        break;
      case 0xa0:
        a_ ^= operand;
        break;
      default:
        Differ("is no operation of seccomp's", at_ - 1);
    }
    return std::nullopt;
  }

  void Jump(const Instruction& instruction, std::uint32_t operand) {
    const int operation = instruction.code & 0xf0;
    const bool holds = operation == 0x10   ? a_ == operand
                       : operation == 0x20 ? a_ > operand
                       : operation == 0x30 ? a_ >= operand
                                           : (a_ & operand) != 0;
    at_ += operation == 0 ? instruction.k : holds ? instruction.jt : instruction.jf;
  }

  const std::vector<Instruction>& program_;
  const Data& data_;
  std::size_t at_ = 0;
  std::uint32_t a_ = 0;
  std::uint32_t x_ = 0;
  std::array<std::optional<std::uint32_t>, 16> memory_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < kHeaderBytes) return 0;
  Data data;
  std::memcpy(data.words.data(), bytes, kHeaderBytes);
  std::vector<Instruction> program((size - kHeaderBytes) / sizeof(Instruction));
  if (!program.empty()) std::memcpy(program.data(), bytes + kHeaderBytes, program.size() * sizeof(Instruction));
  const std::optional<Program> verified = Program::Verify(program);
  if (!verified) return 0;
  for (std::size_t call = 0; call < kCalls; call++) {
    const Returned found = verified->Run(data);
    const Returned expected = Plain(program, data).Run();
    if (found.value != expected.value) Differ("returns another value", found.executed);
    if (found.executed != expected.executed) Differ("takes another number of instructions", found.executed);
    for (std::uint32_t& word : data.words) word = word * 1664525 + 1013904223;
  }
  return 0;
}
