// The door to classic BPF: programs as the bytes of their sock_filters, checked as the kernel checks them, then rows
// of chunks.

#include <cstring>
#include <vector>

#include "addon/arguments.hh"
#include "addon/exports.hh"
#include "core/bpf_rows.hh"

namespace gatehouse {

template <>
inline constexpr std::uint64_t kHandleKind<bpf::Filters> = 3;

namespace {

using bpf::Answers, bpf::Calls, bpf::Filters, bpf::Instruction, bpf::Program;
using faithful::Columns, faithful::kFirstOtherEvent;

constexpr std::uint32_t kChunkRows = 65536;
// The kernel's bound for all that a task carries: their instructions, and four more for each but the newest.
constexpr std::size_t kMaxInstructions = 32768;
constexpr std::size_t kPenalty = 4;

// Nothing where the kernel would refuse any of them. `lengths`: of each program, in instructions.
std::vector<Program> ReadPrograms(std::span<const std::uint8_t> bytes, std::span<const std::uint32_t> lengths) {
  std::vector<Program> programs;
  std::size_t first = 0;
  for (const std::size_t length : lengths) {
    if (length > bytes.size() / sizeof(Instruction) - first) return {};
    std::vector<Instruction> instructions(length);
    if (length > 0) std::memcpy(instructions.data(), &bytes[first * sizeof(Instruction)], length * sizeof(Instruction));
    std::optional<Program> program = Program::Verify(std::move(instructions));
    if (!program) return {};
    programs.push_back(std::move(*program));
    first += length;
  }
  if (first * sizeof(Instruction) != bytes.size()) return {};
  return programs;
}

Napi::Value Load(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "load(instructions, lengths)");
  const auto bytes = arguments.View<std::uint8_t>(0, "instructions", 0);
  const auto lengths = arguments.View<std::uint32_t>(1, "lengths", 1);
  if (!arguments.ok()) return info.Env().Undefined();
  std::vector<Program> programs;
  // Copies, since another thread may write to what is being checked.
  if (bytes.size() / sizeof(Instruction) + kPenalty * (lengths.size() - 1) <= kMaxInstructions)
    programs = ReadPrograms(std::vector(bytes.begin(), bytes.end()), std::vector(lengths.begin(), lengths.end()));
  if (programs.empty()) {
    arguments.Refuse("instructions", "programs that the kernel lets a task carry");
    return info.Env().Undefined();
  }
  auto filters = std::make_unique<Filters>(std::move(programs));
  const std::size_t held = filters->bytes();
  return NewHandle(info.Env(), std::move(filters), held);
}

// The slots come last, each an argument of its own: reading an array can run code, which could detach what was already
// looked at.
Napi::Value Judge(const Napi::CallbackInfo& info) {
  constexpr std::size_t kFirstSlot = 15;
  Arguments arguments(info,
                      "judge(filters, rows, event, abi, known, ip, nativeArch, otherArch, asked, asksOnEveryPath, "
                      "judged, allow, decided, left, returned, ...slots)");
  const auto* const filters = arguments.Handle<Filters>(0, "filters");
  const std::uint32_t rows = arguments.Uint32(1, "rows", kChunkRows);
  const std::size_t words = (rows + 31) / 32;

  Columns columns;
  columns.event = arguments.View<std::uint16_t>(2, "event", rows);
  columns.abi = arguments.View<std::uint8_t>(3, "abi", rows);
  columns.known = arguments.View<std::uint8_t>(4, "known", rows);
  const auto ip = arguments.OptionalView<std::uint32_t>(5, "ip", std::size_t{2} * rows);
  const std::uint32_t native_arch = arguments.Uint32(6, "nativeArch", 0xffff'ffff);
  const std::uint32_t other_arch = arguments.Uint32(7, "otherArch", 0xffff'ffff);
  const auto asked = arguments.View<std::uint8_t>(8, "asked", kFirstOtherEvent);
  const bool asks_on_every_path = arguments.Uint32(9, "asksOnEveryPath", 1) == 1;
  const Answers answers{
      arguments.View<std::uint32_t>(10, "judged", words),
      arguments.View<std::uint32_t>(11, "allow", words),
      arguments.View<std::uint32_t>(12, "decided", words),
      arguments.View<std::uint32_t>(13, "left", words),
      arguments.OptionalView<std::uint32_t>(14, "returned", std::size_t{2} * rows),
  };
  for (std::size_t slot = 0; slot < bpf::kArguments; slot++) {
    const auto column = arguments.OptionalView<std::uint32_t>(kFirstSlot + slot, "slots", std::size_t{2} * rows);
    columns.slots[slot] = column.empty() ? nullptr : column.data();
  }
  if (!arguments.ok()) return info.Env().Undefined();
  const Calls calls{native_arch, other_arch, asked.first<kFirstOtherEvent>(), asks_on_every_path, ip};
  filters->Judge(columns, rows, calls, answers);
  return info.Env().Undefined();
}

}  // namespace

void ExportBpf(Napi::Env env, Napi::Object exports) {
  const Napi::Object calls = Napi::Object::New(env);
  calls.Set("load", Napi::Function::New<Load>(env, "load"));
  calls.Set("judge", Napi::Function::New<Judge>(env, "judge"));
  exports.Set("bpf", calls);
}

}  // namespace gatehouse
