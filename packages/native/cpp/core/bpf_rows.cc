#include "core/bpf_rows.hh"

#include <cstring>

#include "core/rows.hh"

namespace gatehouse::bpf {

namespace {

constexpr std::uint8_t kX32Entry = 2;
constexpr std::uint32_t kX32Bit = 0x4000'0000;
constexpr std::uint8_t kUnsaid = 0x80;

bool IsAsked(const faithful::Event& event, std::uint8_t abi, const Calls& calls) noexcept {
  if (!event.IsCall()) return false;
  const std::uint8_t asked = calls.asked[event.id()];
  if ((asked & kUnsaid) != 0) return false;
  const bool looks = abi == faithful::kNativeEntry || calls.asks_on_every_path;
  return !looks || (asked & ~event.known()) == 0;
}

void Fill(Data& data, const faithful::Event& event, std::uint8_t abi, const Calls& calls, std::size_t row) noexcept {
  data.SetNumber(abi == kX32Entry ? event.id() | kX32Bit : event.id());
  const bool is_other = abi != faithful::kNativeEntry && abi != kX32Entry;
  data.SetArch(is_other ? calls.other_arch : calls.native_arch);
  std::uint64_t ip = 0;
  if (!calls.ip.empty()) std::memcpy(&ip, &calls.ip[2 * row], sizeof ip);
  data.SetIp(ip);
  for (std::size_t slot = 0; slot < kArguments; slot++) data.SetArgument(slot, event.Slot(slot));
}

}  // namespace

std::size_t Filters::bytes() const noexcept {
  std::size_t bytes = 0;
  for (const Program& program : programs_) bytes += program.size() * sizeof(Instruction);
  return bytes;
}

// Actions are compared as signed numbers, so that killing the process goes before all others.
Returned Filters::Run(const Data& data) const noexcept {
  const auto action = [](std::uint32_t value) { return static_cast<std::int32_t>(value & 0xffff'0000); };
  Returned worst = programs_.back().Run(data);
  for (std::size_t i = programs_.size() - 1; i-- > 0;) {
    const Returned next = programs_[i].Run(data);
    worst.executed += next.executed;
    if (action(next.value) < action(worst.value)) worst.value = next.value;
  }
  return worst;
}

void Filters::Judge(const faithful::Columns& columns, std::size_t rows, const Calls& calls,
                    const Answers& answers) const noexcept {
  Data data;
  faithful::ForEachRow(answers.rows, rows, [&](std::size_t row) noexcept {
    const faithful::Event event(columns, row);
    const std::uint8_t abi = columns.abi[row];
    const std::uint32_t bit = std::uint32_t{1} << (row % 32);
    if (!IsAsked(event, abi, calls)) {
      answers.left[row / 32] |= bit;
      return;
    }
    Fill(data, event, abi, calls, row);
    const Returned returned = Run(data);
    answers.known[row / 32] |= bit;
    if (Passes(returned.value)) answers.allow[row / 32] |= bit;
    if (answers.returned.empty()) return;
    answers.returned[2 * row] = returned.value;
    answers.returned[2 * row + 1] = returned.executed;
  });
}

}  // namespace gatehouse::bpf
