// Loads words and, where they are a program, judges a chunk by it, with counts and without: the two must agree. Where
// the words were made here, every structure that can hold the filters must agree too, and with a plain reading of them.
//
//   bytes   0     odd: the words follow as they are; even: bytes from which filters on calls are made
//           1-4   seed of the chunk
//           5-    words, or what filters are made of

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "core/faithful.hh"

namespace {

using namespace gatehouse::faithful;

constexpr std::size_t kHeaderBytes = 5;
constexpr std::size_t kRows = 300;
constexpr std::uint32_t kCalls = 40;

void Differ(const char* what, std::size_t kind, std::size_t row) {
  std::fprintf(stderr, "kind %zu, row %zu: %s\n", kind, row, what);
  std::abort();
}

// Gives bytes, and zeroes behind the last.
class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint32_t Next(std::uint32_t below) { return (at_ < bytes_.size() ? bytes_[at_++] : 0u) % below; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed) {}
  std::uint32_t Below(std::uint32_t bound) {
    state_ = state_ * 1664525 + 1013904223;
    return (state_ >> 8) % bound;
  }

 private:
  std::uint32_t state_;
};

constexpr std::uint64_t kValues[] = {0, 1, 2, 0x7fff'ffff, 0xffff'ffff, 0x1'0000'0000, 0x7fff'ffff'ffff'ffff, ~0ull};

// Five arguments of eight bytes at 16 and on, and their comparisons; six would not fit into what was shipped.
constexpr std::uint32_t kFields = 5;

struct Compared {
  std::uint32_t op, slot;
  bool is_signed;
  std::uint64_t value;

  std::vector<std::uint32_t> Words() const {
    return {op, 16 + 8 * slot, 8, is_signed, 1u << slot, 1, static_cast<std::uint32_t>(value),
            static_cast<std::uint32_t>(value >> 32)};
  }
  Truth Holds(const Event& event) const {
    if ((event.known() >> slot & 1) == 0) return Truth::kUnknown;
    const std::uint64_t field = event.Slot(slot);
    const auto order = is_signed ? static_cast<std::int64_t>(field) <=> static_cast<std::int64_t>(value)
                                 : field <=> value;
    const bool answers[] = {order == 0, order != 0, order < 0, order <= 0, order > 0, order >= 0};
    return TruthOf(answers[op]);
  }
};

Compared MadeComparison(Bytes& bytes) {
  return {bytes.Next(6), bytes.Next(kFields), bytes.Next(2) == 1, kValues[bytes.Next(std::size(kValues))]};
}

// `0` to `leaves`, joined: in postfix order, where -1 is `&&` and -2 `||`.
struct MadeFilter {
  std::vector<Compared> comparisons;
  std::vector<int> postfix;

  explicit MadeFilter(Bytes& bytes) {
    std::size_t depth = 0;
    for (std::size_t left = 1 + bytes.Next(9); left > 0 || depth > 1;) {
      if (left > 0 && (depth < 2 || bytes.Next(2) == 0)) {
        postfix.push_back(static_cast<int>(comparisons.size()));
        comparisons.push_back(MadeComparison(bytes));
        left--;
        depth++;
      } else {
        postfix.push_back(-1 - static_cast<int>(bytes.Next(2)));
        depth--;
      }
    }
  }

  static void AppendLayoutTo(std::vector<std::uint32_t>& words) {
    words.insert(words.end(), {12, 16 + 8 * kFields, kFields});
    for (std::uint32_t slot = 0; slot < kFields; slot++) words.insert(words.end(), {slot, 16 + 8 * slot});
  }

  void AppendTo(std::vector<std::uint32_t>& words) const {
    words.push_back(static_cast<std::uint32_t>(postfix.size()));
    for (const int step : postfix) {
      words.push_back(step < 0 ? static_cast<std::uint32_t>(-step) : 0);
      if (step < 0) continue;
      const std::vector<std::uint32_t> comparison = comparisons[static_cast<std::size_t>(step)].Words();
      words.insert(words.end(), comparison.begin(), comparison.end());
    }
  }

  // All of it, whatever decides early: of what is known the answer is the same.
  Truth Holds(const Event& event) const {
    std::vector<Truth> stack;
    for (const int step : postfix) {
      if (step >= 0) {
        stack.push_back(comparisons[static_cast<std::size_t>(step)].Holds(event));
        continue;
      }
      const Truth right = stack.back();
      stack.pop_back();
      const Truth left = stack.back();
      const Truth deciding = TruthOf(step == -2);
      stack.back() = left == deciding || right == deciding                   ? deciding
                     : left == Truth::kUnknown || right == Truth::kUnknown ? Truth::kUnknown
                                                                            : TruthOf(step == -1);
    }
    return stack.back();
  }
};

// By number; none: every argument.
using Filters = std::map<std::uint32_t, std::optional<MadeFilter>>;

Filters MadeFilters(Bytes bytes) {
  Filters filters;
  for (std::uint32_t left = bytes.Next(20); left > 0; left--) {
    std::optional<MadeFilter>& filter = filters[bytes.Next(kCalls)];
    if (bytes.Next(4) != 0) filter.emplace(bytes);
  }
  return filters;
}

std::vector<std::uint32_t> WordsOf(const Filters& filters, std::uint32_t kind) {
  std::vector<std::uint32_t> words{kind, 1};
  if (kind == 7) words.insert(words.end(), {1, 1});
  words.insert(words.end(), {kCalls, static_cast<std::uint32_t>(filters.size())});
  // No events but calls, and no call is exempt.
  if (kind == 8) words.insert(words.end() - 1, {0, 0});
  for (const auto& [number, filter] : filters) {
    words.push_back(number);
    // A tracepoint has the layout of its record, and here one event of the task's and one of somebody else's.
    if (kind == 8) {
      MadeFilter::AppendLayoutTo(words);
      words.push_back(2);
    }
    words.push_back(filter ? 1 : 0);
    if (filter && kind != 8) MadeFilter::AppendLayoutTo(words);
    if (filter) filter->AppendTo(words);
    if (kind == 8) words.push_back(3);
  }
  return words;
}

// Every column is exactly as long as it must be, so that a read past its end is seen.
struct Trace {
  std::vector<std::uint16_t> event;
  std::vector<std::uint8_t> abi, known;
  std::vector<std::uint32_t> task, rows;
  std::array<std::vector<std::uint64_t>, kSlots> slots;
  Columns columns;

  explicit Trace(Random& random) {
    for (std::size_t row = 0; row < kRows; row++) {
      const std::uint32_t stranger[] = {4095, 4096, 4097, 65535};
      event.push_back(static_cast<std::uint16_t>(random.Below(16) == 0 ? stranger[random.Below(4)]
                                                                       : random.Below(kCalls + 2)));
      abi.push_back(static_cast<std::uint8_t>(random.Below(16) == 0 ? 1 + random.Below(255) : 0));
      known.push_back(static_cast<std::uint8_t>(random.Below(4) == 0 ? random.Below(256) : 255));
      task.push_back(random.Below(3));
      for (auto& slot : slots) slot.push_back(kValues[random.Below(std::size(kValues))] + random.Below(2));
    }
    rows.resize((kRows + 31) / 32);
    for (std::uint32_t& word : rows) word = random.Below(4) == 0 ? 0xffff'ffff : random.Below(1 << 24) * 257;
    columns = {task, event, abi, known, {}};
    for (std::size_t slot = 0; slot < kSlots; slot++)
      columns.slots[slot] = reinterpret_cast<const std::uint32_t*>(slots[slot].data());
  }

  bool IsAsked(std::size_t row) const { return (rows[row / 32] >> (row % 32) & 1) != 0; }
};

struct Judged {
  std::vector<std::uint32_t> allow, known, counts, visited;

  Truth At(std::size_t row) const {
    if ((known[row / 32] >> (row % 32) & 1) == 0) return Truth::kUnknown;
    return TruthOf((allow[row / 32] >> (row % 32) & 1) != 0);
  }
};

// Twice: what is counted must not change what is answered.
Judged Judge(Evaluator& evaluator, const Trace& trace, std::size_t kind) {
  const std::uint32_t which[] = {0, 1, 0};
  const std::vector<std::uint8_t> answers{1, 0, 1};
  for (std::size_t table = 0; table < evaluator.tables(); table++) evaluator.SetTable(table, answers);
  const std::size_t words = trace.rows.size();
  Judged judged{std::vector<std::uint32_t>(words), std::vector<std::uint32_t>(words),
                std::vector<std::uint32_t>(3 * kRows), std::vector<std::uint32_t>(kRows)};
  evaluator.Judge(trace.columns, kRows, which,
                  {trace.rows, judged.allow, judged.known, judged.counts, judged.visited, 1});
  Judged plain{std::vector<std::uint32_t>(words), std::vector<std::uint32_t>(words), {}, {}};
  evaluator.Judge(trace.columns, kRows, which, {trace.rows, plain.allow, plain.known, {}, {}, 0});
  for (std::size_t row = 0; row < kRows; row++) {
    if (judged.At(row) != plain.At(row)) Differ("counting changes the answer", kind, row);
    if (!trace.IsAsked(row) && (judged.counts[3 * row + 2] != 0 || judged.At(row) != Truth::kUnknown))
      Differ("was not asked about", kind, row);
  }
  return judged;
}

Truth Expected(const Filters& filters, const Event& event, bool is_native) {
  if (!is_native || !event.IsCall()) return TruthOf(is_native);
  const auto found = filters.find(event.id());
  if (found == filters.end()) return Truth::kNo;
  return found->second ? found->second->Holds(event) : Truth::kYes;
}

void Compare(const Filters& filters, const Trace& trace) {
  std::optional<Judged> first;
  // The hash of trees comes first: what it counts is what the others of its kernel must count.
  for (const std::uint32_t kind : {3u, 2u, 5u, 6u, 7u, 8u}) {
    const std::unique_ptr<Evaluator> evaluator = Evaluator::Read(WordsOf(filters, kind));
    if (evaluator == nullptr) Differ("refused what was made", kind, 0);
    const Judged judged = Judge(*evaluator, trace, kind);
    for (std::size_t row = 0; row < kRows; row++) {
      if (!trace.IsAsked(row)) continue;
      const Event event(trace.columns, row);
      if (judged.At(row) != Expected(filters, event, trace.abi[row] == 0)) Differ("another answer", kind, row);
      if (kind == 2 || !first) continue;
      if (judged.counts[3 * row] != first->counts[3 * row]) Differ("other predicates", kind, row);
      if (judged.visited[row] != first->visited[row]) Differ("other entries", kind, row);
    }
    if (!first) first = judged;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kHeaderBytes) return 0;
  const std::span bytes(data + kHeaderBytes, size - kHeaderBytes);
  std::uint32_t seed;
  std::memcpy(&seed, data + 1, sizeof seed);
  Random random(seed);
  const Trace trace(random);
  if (data[0] % 2 == 0) {
    Compare(MadeFilters(Bytes(bytes)), trace);
    return 0;
  }
  std::vector<std::uint32_t> words(bytes.size() / 4);
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), words.size() * 4);
  if (const std::unique_ptr<Evaluator> evaluator = Evaluator::Read(words)) {
    if (evaluator->depth() > 0xffff) Differ("too deep", words[0], 0);
    Judge(*evaluator, trace, words[0]);
  }
  return 0;
}
