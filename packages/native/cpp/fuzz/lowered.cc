// Loads words and, where they are rules, judges a chunk by them: once in bulk and once by the plain reading, one row at
// a time, straight from the words. The two must agree.
//
//   bytes   0     odd: the words follow as they are; even: bytes from which rules are made
//           1-4   seed of the chunk
//           5-6   its rows, mostly few
//           7     how many different events it has; bit 7: with rows that entered by another path
//           8     which of 256 slots are not known
//           9-    words, or what rules are made of

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "core/evaluator.hh"

namespace {

using namespace gatehouse::bulk;

constexpr std::size_t kHeaderBytes = 9;
constexpr std::size_t kMostRows = kStretchRows + 300;
constexpr std::size_t kTasks = 5;  // of which the last has no set

// Gives bytes, and zeroes behind the last.
class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint32_t Next(std::uint32_t below) { return Byte() % below; }
  std::uint8_t Byte() { return at_ < bytes_.size() ? bytes_[at_++] : 0; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

// xorshift64
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed ^ 0x9e3779b97f4a7c15) {}
  std::uint64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    return state_ ^= state_ << 17;
  }
  std::size_t Below(std::size_t bound) { return (Next() >> 8) % bound; }

 private:
  std::uint64_t state_;
};

constexpr std::uint64_t kValues[] = {0,
                                     1,
                                     2,
                                     3,
                                     0x40,
                                     0x1ff,
                                     0x7fff'ffff,
                                     0xffff'ffff,
                                     0x1'0000'0000,
                                     0x7fff'ffff'ffff'ffff,
                                     0x8000'0000'0000'0000,
                                     0xffff'ffff'ffff'ffff};
constexpr std::uint16_t kEvents[] = {0, 1, 2, 3, 5, 7, 8, 9, 300, 4095, 4096, 65535};

std::vector<std::uint32_t> WordsAsTheyAre(std::span<const std::uint8_t> bytes) {
  std::vector<std::uint32_t> words(bytes.size() / 4);
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), words.size() * 4);
  return words;
}

std::vector<std::uint32_t> MadeWords(Bytes bytes) {
  const std::uint32_t sets = 1 + bytes.Next(2) * 3;
  const std::uint32_t events = 1 + bytes.Next(10);
  const std::uint32_t tables = bytes.Next(3);
  std::vector<std::uint32_t> lengths(bytes.Next(6));
  std::uint32_t branches = 0;
  for (std::uint32_t& length : lengths) branches += length = 1 + bytes.Next(9);
  const auto programs = static_cast<std::uint32_t>(lengths.size());
  std::vector<std::uint32_t> words{kLoweredVersion, sets, events, tables, programs, branches};
  for (std::uint32_t set = 0; set < sets; set++) {
    const std::uint32_t entry = bytes.Next(3);
    words.push_back(entry == 2 ? kNoCode : entry);
  }
  for (std::uint32_t set = 0; set < sets; set++)
    for (std::uint32_t event = 0; event < events; event += 2)
      words.push_back(bytes.Next(2 + programs) | bytes.Next(2 + programs) << 16);
  words.insert(words.end(), lengths.begin(), lengths.end());
  for (const std::uint32_t length : lengths) {
    for (std::uint32_t i = 0; i < length; i++) {
      const std::uint32_t test = bytes.Next(tables > 0 ? 4 : 3);
      const auto target = [&] {
        const std::uint32_t to = i + 1 + bytes.Next(length - i + 2);
        return to < length ? to : to % 2 == 0 ? kToAllow : kToDeny;
      };
      const std::uint32_t slot = bytes.Next(kSlots);
      const std::uint32_t when_true = target();
      const std::uint32_t when_false = target();
      const std::uint64_t mask = bytes.Next(3) == 0 ? kValues[bytes.Next(std::size(kValues))] : ~std::uint64_t{0};
      const std::uint64_t value =
          test == 3 ? bytes.Next(tables) : kValues[bytes.Next(std::size(kValues))];
      words.insert(words.end(), {test, slot, when_true, when_false, static_cast<std::uint32_t>(mask),
                                 static_cast<std::uint32_t>(mask >> 32), static_cast<std::uint32_t>(value),
                                 static_cast<std::uint32_t>(value >> 32)});
    }
  }
  return words;
}

// Every column is exactly as long as it must be, so that a read past its end is seen.
struct Trace {
  std::size_t rows;
  std::vector<std::uint16_t> event;
  std::vector<std::uint8_t> abi, known, sets;
  std::vector<std::uint32_t> task, judged;
  std::vector<std::vector<std::uint64_t>> slots;
  std::vector<bool> narrow;  // per slot

  Trace(std::span<const std::uint8_t> header, Random& random, bool all_have_sets) {
    rows = header[6] < 0xc0 ? header[5] : (header[5] | header[6] << 8) % (kMostRows + 1);
    const std::size_t kinds = 1 + header[7] % std::size(kEvents);
    const bool other_entries = (header[7] & 0x80) != 0;
    const std::size_t first = random.Below(std::size(kEvents));
    slots.resize(random.Below(4) == 0 ? 6 : kSlots);
    const std::size_t narrow_in = 1 + random.Below(3);  // all, half of them, or a third
    const bool some_narrow = random.Below(2) == 0;
    for (std::size_t slot = 0; slot < slots.size(); slot++)
      narrow.push_back(some_narrow && random.Below(narrow_in) == 0);
    sets = {0, 1, 2, 3};
    judged.resize((rows + 31) / 32);
    for (std::uint32_t& word : judged) word = random.Below(4) == 0 ? 0xffff'ffff : static_cast<std::uint32_t>(random.Next());
    for (std::size_t row = 0; row < rows; row++) {
      event.push_back(kEvents[(first + random.Below(kinds)) % std::size(kEvents)]);
      abi.push_back(other_entries && random.Below(8) == 0 ? 2 : 0);
      task.push_back(static_cast<std::uint32_t>(random.Below(all_have_sets ? kTasks - 1 : kTasks)));
      std::uint8_t is_known = 0;
      for (std::size_t slot = 0; slot < kSlots; slot++)
        if (random.Below(256) >= header[8]) is_known |= static_cast<std::uint8_t>(1u << slot);
      known.push_back(is_known);
      for (std::size_t slot = 0; slot < slots.size(); slot++) {
        const std::uint64_t value = random.Below(8) == 0 ? random.Next() : kValues[random.Below(std::size(kValues))];
        slots[slot].push_back(narrow[slot] ? static_cast<std::uint32_t>(value) : value);
      }
    }
  }

  std::uint64_t Value(std::size_t slot, std::size_t row) const { return slot < slots.size() ? slots[slot][row] : 0; }
};

struct Table {
  std::uint32_t last;
  std::vector<std::uint32_t> words;

  bool Holds(std::uint64_t value) const {
    const std::uint32_t id = std::min(static_cast<std::uint32_t>(value), last);
    return ((words[id / 32] >> (id % 32)) & 1) != 0;
  }
};

enum class Answer { kDeny, kAllow, kUnknown };

// What the words say of one row.
class Plain {
 public:
  Plain(std::span<const std::uint32_t> words, std::span<const Table> tables) : words_(words), tables_(tables) {}

  Answer Judge(const Trace& trace, std::size_t row) const {
    const std::size_t sets = words_[1], events = words_[2];
    const std::size_t set = sets > 1 ? trace.sets[trace.task[row]] : 0;
    const std::uint32_t entry = words_[6 + set];
    if (trace.abi[row] != 0 && entry != kNoCode) return static_cast<Answer>(entry);
    const std::size_t event = std::min<std::size_t>(trace.event[row], events - 1);
    const std::size_t codes = 6 + sets + set * ((events + 1) / 2);
    const std::uint32_t code = (words_[codes + event / 2] >> (event % 2 * 16)) & 0xffff;
    return code < kFirstProgram ? static_cast<Answer>(code) : Follow(code - kFirstProgram, trace, row);
  }

 private:
  Answer Follow(std::size_t program, const Trace& trace, std::size_t row) const {
    const std::size_t lengths = 6 + words_[1] + words_[1] * ((words_[2] + 1) / 2);
    std::size_t start = lengths + words_[4];
    for (std::size_t before = 0; before < program; before++) start += 8 * words_[lengths + before];
    std::set<std::uint32_t> reached{0};
    while (*reached.begin() < words_[lengths + program]) {
      const std::uint32_t at = *reached.begin();
      reached.erase(at);
      const auto branch = words_.subspan(start + 8 * at, 8);
      const bool known = ((trace.known[row] >> branch[1]) & 1) != 0;
      const bool holds = Holds(branch, trace.Value(branch[1], row));
      if (!known || holds) reached.insert(branch[2]);
      if (!known || !holds) reached.insert(branch[3]);
    }
    if (reached.size() > 1) return Answer::kUnknown;
    return *reached.begin() == kToAllow ? Answer::kAllow : Answer::kDeny;
  }

  bool Holds(std::span<const std::uint32_t> branch, std::uint64_t value) const {
    const std::uint64_t mask = branch[4] | static_cast<std::uint64_t>(branch[5]) << 32;
    const std::uint64_t constant = branch[6] | static_cast<std::uint64_t>(branch[7]) << 32;
    switch (branch[0]) {
      case 0:
        return (value & mask) == constant;
      case 1:
        return value < constant;
      case 2:
        return static_cast<std::int64_t>(value) < static_cast<std::int64_t>(constant);
      default:
        return tables_[branch[6]].Holds(value);
    }
  }

  std::span<const std::uint32_t> words_;
  std::span<const Table> tables_;
};

// A column as JavaScript holds it, behind `before` halves: with one it is not aligned as whole values are.
std::vector<std::uint32_t> Halves(std::span<const std::uint64_t> column, std::size_t before, bool is_narrow) {
  std::vector<std::uint32_t> halves(before);
  halves.reserve(before + 2 * column.size());
  for (const std::uint64_t value : column) {
    halves.push_back(static_cast<std::uint32_t>(value));
    if (!is_narrow) halves.push_back(static_cast<std::uint32_t>(value >> 32));
  }
  return halves;
}

void Differ(const char* what, std::size_t row) {
  std::fprintf(stderr, "row %zu: %s\n", row, what);
  std::abort();
}

void Compare(std::unique_ptr<const Lowered> lowered, std::span<const std::uint32_t> words,
             std::span<const std::uint8_t> header) {
  std::uint32_t seed;
  std::memcpy(&seed, &header[1], sizeof seed);
  Random random(seed);
  Evaluator evaluator(std::move(lowered));
  std::vector<Table> tables;
  for (std::size_t table = 0; table < evaluator.lowered().tables; table++) {
    const auto last = static_cast<std::uint32_t>(random.Below(70));
    Table& made = tables.emplace_back(Table{last, std::vector<std::uint32_t>(last / 32 + 1)});
    for (std::uint32_t& word : made.words) word = static_cast<std::uint32_t>(random.Next());
    evaluator.SetTable(table, last, made.words);
  }
  // A set that the rules do not have is answered as a whole: no more is to be compared then.
  const bool all_have_sets = random.Below(8) != 0 && evaluator.lowered().sets >= 4;
  const Trace trace(header, random, all_have_sets);
  Chunk chunk{trace.rows, {trace.event.data(), trace.abi.data(), trace.known.data(), trace.task.data(), {}}, trace.sets};
  std::vector<std::vector<std::uint32_t>> columns;
  for (std::size_t slot = 0; slot < trace.slots.size(); slot++) {
    const std::size_t before = random.Below(2);
    const auto& column = columns.emplace_back(Halves(trace.slots[slot], before, trace.narrow[slot]));
    const std::uint32_t* const first = column.data() + before;
    chunk.columns.slots[slot] = trace.narrow[slot] ? Column(first) : Column(reinterpret_cast<const Slot*>(first));
  }
  std::vector<std::uint32_t> allow(trace.judged.size()), known(trace.judged.size());
  if (!evaluator.Evaluate(chunk, {trace.judged, allow, known})) {
    if (all_have_sets || evaluator.lowered().sets == 1) Differ("no set for its task", 0);
    return;
  }
  const Plain plain(words, tables);
  for (std::size_t row = 0; row < 32 * trace.judged.size(); row++) {
    const auto bit = [row](std::span<const std::uint32_t> bits) { return ((bits[row / 32] >> (row % 32)) & 1) != 0; };
    if (row >= trace.rows || !bit(trace.judged)) {
      if (bit(allow) || bit(known)) Differ("answered, though nobody asked", row);
      continue;
    }
    const Answer expected = plain.Judge(trace, row);
    if (bit(known) != (expected != Answer::kUnknown)) Differ("known or not", row);
    if (bit(allow) != (expected == Answer::kAllow)) Differ("allowed or not", row);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(data, size);
  if (size < kHeaderBytes) return 0;
  const auto rest = bytes.subspan(kHeaderBytes);
  const bool as_they_are = data[0] % 2 == 1;
  const std::vector<std::uint32_t> words = as_they_are ? WordsAsTheyAre(rest) : MadeWords(Bytes(rest));
  const char* problem;
  auto lowered = Lowered::Load(words, &problem);
  if (lowered != nullptr)
    Compare(std::move(lowered), words, bytes.first(kHeaderBytes));
  else if (!as_they_are)
    Differ(problem, 0);
  return 0;
}
