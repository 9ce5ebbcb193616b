// What the readers of payments share: exact amounts, and the balance that an account statement must
// keep. Amounts are never held in floating point.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "readers/held_records.h"

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

 private:
  __int128 units_ = 0;  // of 10^-8
  int decimals_ = 0;    // written
};

// Opening balance, entries, closing balance of one statement.
class StatementSum {
 public:
  void open(const Amount& balance, std::string_view currency);
  void enter(const Amount& signed_amount, std::string_view currency);
  void close(const Amount& balance, std::string_view currency);
  // Notes `code` when opening and entries do not make the closing balance.
  void check(RecordSink& sink, std::string_view code, std::string_view statement) const;

 private:
  std::optional<Amount> opening_, closing_;
  Amount sum_;
  std::string currency_;
  bool is_comparable_ = true;
};

}  // namespace assay
