// What the readers of payments share: exact amounts, and the balance that an account statement must
// keep.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/amount.h"
#include "readers/held_records.h"

namespace assay {

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
