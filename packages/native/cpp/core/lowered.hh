// Rules that came from JavaScript as words, checked and laid out for evaluation: for each set of task sections and each
// event deny, allow, or a program of branches over slots. What they mean: packages/core/src/lowered.ts.
//
//   words   0 version   1 sets   2 events   3 tables   4 programs   5 branches
//   then    per set     the code for calls that entered by another path, or kNoCode
//           per set     a code for each event's id, two in a word, the low one first, padded to a word;
//                       the last stands for all ids from it on
//           per program how many branches it has; the branches follow one another in this order
//           per branch  8 words: kind, slot, target when true, target when false, mask low and high, value low and high
//
// A code is kDeny, kAllow or kFirstProgram + the program's number. A target is a later branch of the same program, or
// kToDeny or kToAllow. A test of a dictionary's id has its table's number as the value.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/bits.hh"

namespace gatehouse::bulk {

inline constexpr std::uint32_t kLoweredVersion = 1;
inline constexpr std::size_t kSlots = 8;

using Code = std::uint16_t;
inline constexpr Code kDeny = 0;
inline constexpr Code kAllow = 1;
inline constexpr Code kFirstProgram = 2;
inline constexpr Code kNoCode = 0xffff;

inline constexpr std::uint32_t kToDeny = 0xffff'fffe;
inline constexpr std::uint32_t kToAllow = 0xffff'ffff;

// What one set of rules may hold. Loading takes at most some 100 MB then.
inline constexpr std::size_t kMaxWords = std::size_t{1} << 22;
inline constexpr std::size_t kMaxSets = 256;
inline constexpr std::size_t kMaxEvents = 65'536;
inline constexpr std::size_t kMaxTables = 65'536;
inline constexpr std::size_t kMaxPrograms = 32'768;
inline constexpr std::size_t kMaxBranches = 65'536;  // of one program

// The kinds of a branch's test as the words have them.
enum class Test : std::uint32_t { kMasked = 0, kBelow = 1, kBelowSigned = 2, kTable = 3 };

// Targets count the branches of the program; behind the last stand the two ends, deny and then allow.
struct Branch {
  enum class Kind : std::uint8_t { kEqual, kMasked, kAtMost, kWithin, kRanges, kTable };
  Kind kind;
  std::uint8_t slot;
  std::uint32_t when_true;
  std::uint32_t when_false;
  Word mask;
  std::uint32_t first;  // of its ranges; kTable: the table's number
  std::uint32_t ranges;
  // This and the branches behind it, of which each is come to from the one before alone and all but the last leave for
  // one place or go on: they can be asked together. 1 where it stands alone.
  std::uint32_t together = 1;
  std::uint32_t first_joint = 0;  // of as many in `joint`
  std::uint32_t when_all = 0;
  std::uint32_t when_not_all = 0;
};

// A branch's test, or its opposite, as one range of what the mask leaves.
struct Joint {
  std::uint8_t slot;
  Word mask;
  Range range;
};

struct Program {
  std::uint32_t first_branch;
  std::uint32_t branches;
  std::uint32_t tests;  // how many ranges and tables it asks for
  std::uint8_t slots;   // a bit for each that it reads
};

struct Lowered {
  std::size_t sets;
  std::size_t events;
  std::size_t tables;
  std::vector<Code> other_entry;  // per set
  std::vector<Code> codes;        // per set and event
  std::vector<Program> programs;
  std::vector<Branch> branches;
  std::vector<Range> ranges;
  std::vector<Joint> joint;
  std::size_t longest;  // program, in branches

  // Null, and why in `problem`, where the words are not as described above.
  static std::unique_ptr<Lowered> Load(std::span<const std::uint32_t> words, const char** problem);
};

}  // namespace gatehouse::bulk
