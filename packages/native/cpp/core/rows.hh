// The rows that a bitmap names, one bit a row, low bit first.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace gatehouse::faithful {

// `rows`: at least one bit for each of `count`; bits behind them are not looked at.
template <class Visit>
void ForEachRow(std::span<const std::uint32_t> rows, std::size_t count, Visit visit) noexcept {
  for (std::size_t word = 0; word < (count + 31) / 32; word++) {
    for (std::uint32_t bits = rows[word]; bits != 0; bits &= bits - 1) {
      const std::size_t row = 32 * word + static_cast<std::size_t>(std::countr_zero(bits));
      if (row < count) visit(row);
    }
  }
}

}  // namespace gatehouse::faithful
