#include "core/lowered.hh"

#include <algorithm>

namespace gatehouse::bulk {

namespace {

constexpr std::size_t kHeaderWords = 6;
constexpr std::size_t kBranchWords = 8;
constexpr Word kLeast = Word{1} << 63;  // of signed numbers

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
    }
    Branches(words, length);
    return nullptr;
  }

  // A list of values comes as a chain of tests of one slot, each going on to the next. Where none is reached from
  // elsewhere they become one branch.
  void Branches(std::span<const std::uint32_t> words, std::uint32_t length) {
    Program program{static_cast<std::uint32_t>(out_.branches.size()), 0, 0, 0};
    placed_.assign(length, 0);
    for (std::uint32_t i = 0; i < length;) {
      Branch branch = Unpacked(words.subspan(i * kBranchWords, kBranchWords));
      placed_[i++] = program.branches++;
      if (branch.kind == Branch::Kind::kRanges) {
        for (; i < length && branch.when_false == i && arrivals_[i] == 1; i++) {
          const std::size_t before = ranges_.size();
          const Branch next = Unpacked(words.subspan(i * kBranchWords, kBranchWords));
          if (next.kind != branch.kind || next.slot != branch.slot || next.mask != branch.mask ||
              next.when_true != branch.when_true) {
            ranges_.resize(before);
            break;
          }
          branch.when_false = next.when_false;
        }
        TakeRanges(branch);
      }
      program.tests += std::max(branch.ranges, 1u);
      program.slots |= static_cast<std::uint8_t>(1u << branch.slot);
      out_.branches.push_back(branch);
    }
    for (Branch& branch : std::span(out_.branches).subspan(program.first_branch)) {
      branch.when_true = Placed(branch.when_true, program.branches);
      branch.when_false = Placed(branch.when_false, program.branches);
    }
    JoinBranches(std::span(out_.branches).subspan(program.first_branch));
    out_.programs.push_back(program);
    out_.longest = std::max<std::size_t>(out_.longest, program.branches);
  }

  // Finds the branches that can be asked together. Their targets are final.
  void JoinBranches(std::span<Branch> branches) {
    arrivals_.assign(branches.size() + 2, 0);
    for (const Branch& branch : branches) {
      arrivals_[branch.when_true]++;
      arrivals_[branch.when_false]++;
    }
    for (std::uint32_t i = 0; i < branches.size(); i += branches[i].together) JoinFrom(branches, i);
  }

  void JoinFrom(std::span<Branch> branches, std::uint32_t head) {
    Branch& first = branches[head];
    const std::size_t before = out_.joint.size();
    const bool goes_on_true = first.when_true == head + 1;
    const std::uint32_t elsewhere = goes_on_true ? first.when_false : first.when_true;
    std::uint32_t next = head;
    // `next` is where those go for which all held so far.
    for (std::uint32_t i = head; next == i && i < branches.size() && i - head < kMostAsked; i++) {
      const Branch& branch = branches[i];
      const bool when = branch.when_false == elsewhere;
      if ((!when && branch.when_true != elsewhere) || (i > head && arrivals_[i] != 1)) break;
      if (!AddJoint(branch, when)) break;
      next = when ? branch.when_true : branch.when_false;
    }
    const auto joined = static_cast<std::uint32_t>(out_.joint.size() - before);
    if (joined < 2) return out_.joint.resize(before);
    first.together = joined;
    first.first_joint = static_cast<std::uint32_t>(before);
    first.when_all = next;
    first.when_not_all = elsewhere;
  }

  // False where the test is none of one range, or its opposite has no value.
  bool AddJoint(const Branch& branch, bool when) {
    if (branch.kind == Branch::Kind::kTable || branch.ranges != 1) return false;
    const auto [low, span] = out_.ranges[branch.first];
    if (!when && span == ~Word{0}) return false;
    const Range range = when ? Range{low, span} : Range{low + span + 1, ~span - 1};
    out_.joint.push_back({branch.slot, branch.mask, range});
    return true;
  }

  std::uint32_t Placed(std::uint32_t target, std::uint32_t ends) const {
    if (target == kToDeny) return ends;
    if (target == kToAllow) return ends + 1;
    return placed_[target];
  }

  // Its range, if there is any value that passes, is put behind `ranges_`.
  Branch Unpacked(std::span<const std::uint32_t> raw) {
    Branch branch{Branch::Kind::kRanges, static_cast<std::uint8_t>(raw[1]), raw[2], raw[3], ~Word{0}, 0, 0};
    const Word value = Join(raw[6], raw[7]);
    switch (static_cast<Test>(raw[0])) {
      case Test::kMasked:
        branch.mask = Join(raw[4], raw[5]);
        ranges_.push_back({value, 0});
        break;
      case Test::kBelow:
        if (value != 0) ranges_.push_back({0, value - 1});
        break;
      case Test::kBelowSigned:
        if (value != kLeast) ranges_.push_back({kLeast, value - 1 - kLeast});
        break;
      case Test::kTable:
        branch.kind = Branch::Kind::kTable;
        branch.first = raw[6];
        break;
    }
    return branch;
  }

  // Joins the ranges that were gathered for a branch where they touch, and picks the simplest test that says them.
  void TakeRanges(Branch& branch) {
    std::ranges::sort(ranges_, {}, &Range::low);
    branch.first = static_cast<std::uint32_t>(out_.ranges.size());
    for (const Range& range : ranges_) {
      Range* const last = out_.ranges.size() > branch.first ? &out_.ranges.back() : nullptr;
      // A range that goes round the end stays on its own, and so does what would meet one.
      const bool joins = last != nullptr && EndOf(*last) >= last->low && EndOf(range) >= range.low &&
                         (range.low <= EndOf(*last) || range.low - EndOf(*last) == 1);
      if (joins)
        last->span = std::max(EndOf(*last), EndOf(range)) - last->low;
      else
        out_.ranges.push_back(range);
    }
    ranges_.clear();
    branch.ranges = static_cast<std::uint32_t>(out_.ranges.size() - branch.first);
    if (branch.ranges != 1) return;
    const auto [low, span] = out_.ranges.back();
    const bool whole = branch.mask == ~Word{0};
    if (span == 0)
      branch.kind = whole ? Branch::Kind::kEqual : Branch::Kind::kMasked;
    else if (whole)
      branch.kind = low == 0 ? Branch::Kind::kAtMost : Branch::Kind::kWithin;
  }

  static Word EndOf(const Range& range) { return range.low + range.span; }

  std::size_t CodeWords() const { return (out_.events + 1) / 2; }

  std::span<const std::uint32_t> words_;
  Lowered& out_;
  std::uint32_t programs_ = 0;
  std::uint32_t branches_ = 0;
  std::size_t next_ = 0;
  std::vector<std::uint32_t> arrivals_;  // how many branches of the program go to each
  std::vector<std::uint32_t> placed_;    // where each of the program's branches is now
  std::vector<Range> ranges_;            // of the branch that is being put together
};

}  // namespace

std::unique_ptr<Lowered> Lowered::Load(std::span<const std::uint32_t> words, const char** problem) {
  auto lowered = std::make_unique<Lowered>();
  *problem = Loader(words, *lowered).Load();
  return *problem == nullptr ? std::move(lowered) : nullptr;
}

}  // namespace gatehouse::bulk
