#include "core/lowered.hh"

#include <algorithm>

namespace gatehouse::bulk {

namespace {

constexpr std::size_t kHeaderWords = 6;
constexpr std::size_t kBranchWords = 8;
constexpr Word kTopBit = Word{1} << 63;

Word Join(std::uint32_t low, std::uint32_t high) { return low | Word{high} << 32; }

class Loader {
 public:
  Loader(std::span<const std::uint32_t> words, Lowered& out) : words_(words), out_(out) {}

  // What is wrong, or null.
  const char* Load() {
    if (const char* problem = Header()) return problem;
    if (const char* problem = Codes()) return problem;
    return Programs();
  }

 private:
  const char* Header() {
    if (words_.size() > kMaxWords) return "too long";
    if (words_.size() < kHeaderWords) return "cut short";
    if (words_[0] != kLoweredVersion) return "not of this version";
    if (words_[1] == 0 || words_[1] > kMaxSets) return "not of 1 to 256 sets";
    if (words_[2] == 0 || words_[2] > kMaxEvents) return "not of 1 to 65536 events";
    if (words_[3] > kMaxTables) return "of too many tables";
    if (words_[4] > kMaxPrograms) return "of too many programs";
    out_.sets = words_[1];
    out_.events = words_[2];
    out_.tables = words_[3];
    programs_ = words_[4];
    branches_ = words_[5];
    // None of these can overflow 64 bits, and the product is held against what is really there.
    const std::uint64_t expected =
        kHeaderWords + out_.sets + out_.sets * CodeWords() + programs_ + std::uint64_t{branches_} * kBranchWords;
    return expected == words_.size() ? nullptr : "not as long as its header says";
  }

  const char* Codes() {
    std::size_t at = kHeaderWords;
    for (std::size_t set = 0; set < out_.sets; set++) {
      const std::uint32_t code = words_[at++];
      if (code > kAllow && code != kNoCode) return "wrong about other entry paths";
      out_.other_entry.push_back(static_cast<Code>(code));
    }
    out_.codes.reserve(out_.sets * out_.events);
    for (std::size_t set = 0; set < out_.sets; set++, at += CodeWords()) {
      for (std::size_t event = 0; event < out_.events; event++) {
        const auto code = static_cast<Code>(words_[at + event / 2] >> (event % 2 * 16));
        if (code >= kFirstProgram + programs_) return "naming a program that is not there";
        out_.codes.push_back(code);
      }
    }
    next_ = at;
    return nullptr;
  }

  const char* Programs() {
    const std::size_t lengths = next_;
    std::size_t at = lengths + programs_;
    std::uint64_t left = branches_;
    for (std::size_t program = 0; program < programs_; program++) {
      const std::uint32_t length = words_[lengths + program];
      if (length == 0 || length > kMaxBranches) return "holding a program not of 1 to 65536 branches";
      if (length > left) return "holding programs longer than their branches";
      left -= length;
      if (const char* problem = OneProgram(words_.subspan(at, length * kBranchWords), length)) return problem;
      at += length * kBranchWords;
    }
    return left == 0 ? nullptr : "holding branches of no program";
  }

  const char* OneProgram(std::span<const std::uint32_t> words, std::uint32_t length) {
    Program program{static_cast<std::uint32_t>(out_.branches.size()), 0, 0};
    arrivals_.assign(length, 0);
    for (std::uint32_t i = 0; i < length; i++) {
      const auto branch = words.subspan(i * kBranchWords, kBranchWords);
      if (branch[0] > static_cast<std::uint32_t>(Test::kTable)) return "holding a test of no known kind";
      if (branch[1] >= kSlots) return "naming a slot that no event has";
      if (branch[0] == static_cast<std::uint32_t>(Test::kTable) && branch[6] >= out_.tables)
        return "naming a table that is not there";
      for (const std::uint32_t target : {branch[2], branch[3]}) {
        if (target == kToDeny || target == kToAllow) continue;
        if (target <= i || target >= length) return "holding a branch that does not go forward";
        arrivals_[target]++;
      }
      program.slots |= static_cast<std::uint8_t>(1u << branch[1]);
    }
    Branches(words, length, program);
    out_.programs.push_back(program);
    out_.longest = std::max<std::size_t>(out_.longest, program.branches);
    return nullptr;
  }

  // A list of values for one slot comes as a chain of branches, each going on to the next. Where none is reached from
  // elsewhere they become one branch.
  void Branches(std::span<const std::uint32_t> words, std::uint32_t length, Program& program) {
    placed_.assign(length, 0);
    for (std::uint32_t i = 0; i < length; i++) {
      const auto raw = words.subspan(i * kBranchWords, kBranchWords);
      Branch branch = Unpacked(raw);
      placed_[i] = program.branches;
      Branch* const before = program.branches == 0 ? nullptr : &out_.branches.back();
      if (before != nullptr && branch.test == Test::kMasked && Continues(*before, branch, i)) {
        before->when_false = branch.when_false;
        before->values++;
      } else {
        branch.first_value =
            branch.test == Test::kTable ? raw[6] : static_cast<std::uint32_t>(out_.values.size());
        out_.branches.push_back(branch);
        program.branches++;
      }
      if (branch.test == Test::kTable) continue;
      const Word value = Join(raw[6], raw[7]);
      out_.values.push_back(branch.test == Test::kBelow ? value ^ branch.mask : value);
    }
    for (Branch& branch : std::span(out_.branches).subspan(program.first_branch)) {
      branch.when_true = Placed(branch.when_true, program.branches);
      branch.when_false = Placed(branch.when_false, program.branches);
    }
  }

  bool Continues(const Branch& before, const Branch& branch, std::uint32_t i) const {
    return before.test == Test::kMasked && before.slot == branch.slot && before.mask == branch.mask &&
           before.when_true == branch.when_true && before.when_false == i && arrivals_[i] == 1;
  }

  std::uint32_t Placed(std::uint32_t target, std::uint32_t ends) const {
    if (target == kToDeny) return ends;
    if (target == kToAllow) return ends + 1;
    return placed_[target];
  }

  static Branch Unpacked(std::span<const std::uint32_t> raw) {
    Branch branch{static_cast<Test>(raw[0]), static_cast<std::uint8_t>(raw[1]), raw[2], raw[3], 0, 0, 1};
    switch (branch.test) {
      case Test::kMasked:
        branch.mask = Join(raw[4], raw[5]);
        break;
      case Test::kBelow:
        branch.mask = kTopBit;
        break;
      case Test::kBelowSigned:
        branch.test = Test::kBelow;
        break;
      case Test::kTable:
        break;
    }
    return branch;
  }

  std::size_t CodeWords() const { return (out_.events + 1) / 2; }

  std::span<const std::uint32_t> words_;
  Lowered& out_;
  std::uint32_t programs_ = 0;
  std::uint32_t branches_ = 0;
  std::size_t next_ = 0;
  std::vector<std::uint32_t> arrivals_;  // how many branches of the program go to each
  std::vector<std::uint32_t> placed_;    // where each of the program's branches is now
};

}  // namespace

std::unique_ptr<Lowered> Lowered::Load(std::span<const std::uint32_t> words, const char** problem) {
  auto lowered = std::make_unique<Lowered>();
  *problem = Loader(words, *lowered).Load();
  return *problem == nullptr ? std::move(lowered) : nullptr;
}

}  // namespace gatehouse::bulk
