#include "core/bitmask.hh"

namespace gatehouse::faithful {

std::optional<CallList> CallList::Read(Words& words) {
  CallList list;
  const std::uint32_t count = words.Next(kFirstOtherEvent + 1);
  for (std::uint32_t i = 0; i < count && !words.failed(); i++) {
    const std::uint32_t number = words.Next(kFirstOtherEvent);
    if (number == 0 && i > 0) words.Fail();
    list.calls_.push_back(static_cast<std::int32_t>(number));
  }
  // The first entry is always looked at, so where there is none it must be one that no call has.
  if (count == 0) list.calls_.push_back(-1);
  list.calls_.push_back(0);
  return words.failed() ? std::nullopt : std::optional(std::move(list));
}

std::optional<Bitmap> Bitmap::Read(Words& words) {
  Bitmap bitmap;
  bitmap.length_ = words.Next(kFirstOtherEvent + 1);
  for (std::uint32_t i = 0; i < (bitmap.length_ + 31) / 32; i++) bitmap.words_.push_back(words.Any());
  return words.failed() ? std::nullopt : std::optional(std::move(bitmap));
}

}  // namespace gatehouse::faithful
