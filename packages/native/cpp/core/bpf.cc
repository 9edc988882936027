#include "core/bpf.hh"

#include <algorithm>

namespace gatehouse::bpf {

namespace {

// Opcodes that seccomp takes; classic BPF has more.
enum Opcode : std::uint16_t {
  kLdAbs = 0x20,
  kLdLen = 0x80,
  kLdImm = 0x00,
  kLdMem = 0x60,
  kLdxLen = 0x81,
  kLdxImm = 0x01,
  kLdxMem = 0x61,
  kSt = 0x02,
  kStx = 0x03,
  kAddK = 0x04,
  kSubK = 0x14,
  kMulK = 0x24,
  kDivK = 0x34,
  kOrK = 0x44,
  kAndK = 0x54,
  kLshK = 0x64,
  kRshK = 0x74,
  kXorK = 0xa4,
  kAddX = 0x0c,
  kSubX = 0x1c,
  kMulX = 0x2c,
  kDivX = 0x3c,
  kOrX = 0x4c,
  kAndX = 0x5c,
  kLshX = 0x6c,
  kRshX = 0x7c,
  kXorX = 0xac,
  kNeg = 0x84,
  kJa = 0x05,
  kJeqK = 0x15,
  kJgtK = 0x25,
  kJgeK = 0x35,
  kJsetK = 0x45,
  kJeqX = 0x1d,
  kJgtX = 0x2d,
  kJgeX = 0x3d,
  kJsetX = 0x4d,
  kRetK = 0x06,
  kRetA = 0x16,
  kTax = 0x07,
  kTxa = 0x87,
};

constexpr std::size_t kMemoryWords = 16;
constexpr std::uint16_t kAllWritten = 0xffff;

bool Branches(std::uint16_t code) noexcept {
  switch (code) {
    case kJeqK:
    case kJgtK:
    case kJgeK:
    case kJsetK:
    case kJeqX:
    case kJgtX:
    case kJgeX:
    case kJsetX:
      return true;
    default:
      return false;
  }
}

bool IsTaken(const Instruction& instruction, std::size_t rest) noexcept {
  const std::uint32_t k = instruction.k;
  if (Branches(instruction.code)) return std::max(instruction.jt, instruction.jf) < rest;
  switch (instruction.code) {
    case kLdAbs:
      return k < Data::kBytes && k % 4 == 0;
    case kLdMem:
    case kLdxMem:
    case kSt:
    case kStx:
      return k < kMemoryWords;
    case kDivK:
      return k != 0;
    case kLshK:
    case kRshK:
      return k < 32;
    case kJa:
      return k < rest;
    case kLdLen:
    case kLdImm:
    case kLdxLen:
    case kLdxImm:
    case kAddK:
    case kSubK:
    case kMulK:
    case kOrK:
    case kAndK:
    case kXorK:
    case kAddX:
    case kSubX:
    case kMulX:
    case kDivX:
    case kOrX:
    case kAndX:
    case kLshX:
    case kRshX:
    case kXorX:
    case kNeg:
    case kRetK:
    case kRetA:
    case kTax:
    case kTxa:
      return true;
    default:
      return false;
  }
}

// Whether every word that is read has been written on every way there. As in the kernel what is written flows down the
// text, also behind a RET, and jumps carry it to their targets; behind a jump nothing flows down.
bool ReadsOnlyWritten(const std::vector<Instruction>& program) {
  std::vector<std::uint16_t> incoming(program.size(), kAllWritten);
  std::uint16_t written = 0;
  for (std::size_t at = 0; at < program.size(); at++) {
    const auto& [code, jt, jf, k] = program[at];
    written &= incoming[at];
    if (code == kSt || code == kStx) {
      written |= static_cast<std::uint16_t>(1u << k);
    } else if (code == kLdMem || code == kLdxMem) {
      if ((written >> k & 1) == 0) return false;
    } else if (code == kJa) {
      incoming[at + 1 + k] &= written;
      written = kAllWritten;
    } else if (Branches(code)) {
      incoming[at + 1 + jt] &= written;
      incoming[at + 1 + jf] &= written;
      written = kAllWritten;
    }
  }
  return true;
}

}  // namespace

std::optional<Program> Program::Verify(std::vector<Instruction> instructions) {
  const std::size_t size = instructions.size();
  if (size == 0 || size > kMaxInstructions) return std::nullopt;
  for (std::size_t at = 0; at < size; at++)
    if (!IsTaken(instructions[at], size - at - 1)) return std::nullopt;
  const std::uint16_t last = instructions.back().code;
  if ((last != kRetK && last != kRetA) || !ReadsOnlyWritten(instructions)) return std::nullopt;
  return Program(std::move(instructions));
}

Returned Program::Run(const Data& data) const noexcept {
  std::uint32_t a = 0;
  std::uint32_t x = 0;
  std::uint32_t executed = 0;
  // Zeroed for the compiler's sake: what is read has been written.
  std::uint32_t memory[kMemoryWords] = {};
  for (const Instruction* at = instructions_.data();; at++) {
    const std::uint32_t k = at->k;
    executed++;
    bool holds;
    switch (at->code) {
      case kLdAbs:
        a = data.words[k / 4];
        continue;
      case kLdLen:
        a = Data::kBytes;
        continue;
      case kLdImm:
        a = k;
        continue;
      case kLdMem:
        a = memory[k];
        continue;
      case kLdxLen:
        x = Data::kBytes;
        continue;
      case kLdxImm:
        x = k;
        continue;
      case kLdxMem:
        x = memory[k];
        continue;
      case kSt:
        memory[k] = a;
        continue;
      case kStx:
        memory[k] = x;
        continue;
      case kAddK:
        a += k;
        continue;
      case kSubK:
        a -= k;
        continue;
      case kMulK:
        a *= k;
        continue;
      case kDivK:
        a /= k;
        continue;
      case kOrK:
        a |= k;
        continue;
      case kAndK:
        a &= k;
        continue;
      case kLshK:
        a <<= k;
        continue;
      case kRshK:
        a >>= k;
        continue;
      case kXorK:
        a ^= k;
        continue;
      case kAddX:
        a += x;
        continue;
      case kSubX:
        a -= x;
        continue;
      case kMulX:
        a *= x;
        continue;
      case kDivX:
        if (x == 0) return {0, executed};
        a /= x;
        continue;
      case kOrX:
        a |= x;
        continue;
      case kAndX:
        a &= x;
        continue;
      case kLshX:
        a <<= x % 32;
        continue;
      case kRshX:
        a >>= x % 32;
        continue;
      case kXorX:
        a ^= x;
        continue;
      case kNeg:
        a = 0 - a;
        continue;
      case kTax:
        x = a;
        continue;
      case kTxa:
        a = x;
        continue;
      case kJa:
        at += k;
        continue;
      case kJeqK:
        holds = a == k;
        break;
      case kJgtK:
        holds = a > k;
        break;
      case kJgeK:
        holds = a >= k;
        break;
      case kJsetK:
        holds = (a & k) != 0;
        break;
      case kJeqX:
        holds = a == x;
        break;
      case kJgtX:
        holds = a > x;
        break;
      case kJgeX:
        holds = a >= x;
        break;
      case kJsetX:
        holds = (a & x) != 0;
        break;
      case kRetA:
        return {a, executed};
      default:  // kRetK: the verifier has passed nothing else
        return {k, executed};
    }
    at += holds ? at->jt : at->jf;
  }
}

bool Passes(std::uint32_t value) noexcept {
  constexpr std::uint32_t kLog = 0x7ffc'0000;
  constexpr std::uint32_t kAllow = 0x7fff'0000;
  const std::uint32_t action = value & 0xffff'0000;
  return action == kAllow || action == kLog;
}

}  // namespace gatehouse::bpf
