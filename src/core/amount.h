// Amounts of money: exact decimals, never held in floating point.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

// Exact to eight decimals, which is more than any currency has; up to 18 digits before the point.
class Amount {
 public:
  static constexpr int kDecimals = 8;

  // "1234.56" or, with mark ',', "1234,56" and "1.234,56"; a sign may stand before. Nothing when it
  // is no amount or has digits beyond these.
  static std::optional<Amount> parse(std::string_view text, char mark = '.');

  std::string text() const;  // "1234.56": no more decimals than the source wrote, never an exponent
  bool is_negative() const { return units_ < 0; }
  Amount negated() const;
  Amount magnitude() const { return is_negative() ? negated() : *this; }
  // False when the sum is too large.
  bool add(const Amount& other);
  bool operator==(const Amount& other) const { return units_ == other.units_; }
  __int128 units() const { return units_; }  // of 10^-8; below 10^30 in magnitude when parsed

 private:
  __int128 units_ = 0;  // of 10^-8
  int decimals_ = 0;    // written
};

}  // namespace assay
