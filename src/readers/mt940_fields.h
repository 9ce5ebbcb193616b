// The lines of an account statement in SWIFT's MT940 and MT942.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readers/payment_record.h"

namespace assay {

// ":60F:C260101EUR1234,56"
struct Mt940Balance {
  bool is_debit = false;
  std::string date;  // "2026-01-01"
  std::string currency;
  Amount amount;  // with its sign
};
std::optional<Mt940Balance> parse_mt940_balance(std::string_view text);

// ":61:2601020102D12,50NTRFNONREF//BANKREF"
struct Mt940Line {
  std::string value_date, entry_date;  // "2026-01-02"; the second may be missing
  bool is_credit = false;
  bool is_reversal = false;
  bool is_expected = false;  // EC, ED of MT942: not booked yet
  Amount amount;             // without a sign
  std::string type;          // "NTRF"
  std::string reference, bank_reference;
  std::string supplement;  // the line behind
  std::string_view why;    // what could not be read
};
bool parse_mt940_line(std::string_view text, Mt940Line& out);

// The parts of ":86:" as (field, text): "166?00...?20...?32...", "/REMI/.../EREF/...", or free
// text.
std::vector<std::pair<std::string, std::string>> mt940_information(std::string_view text);

}  // namespace assay
