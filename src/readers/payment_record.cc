#include "readers/payment_record.h"

#include <fmt/core.h>

namespace assay {

void StatementSum::open(const Amount& balance, std::string_view currency) {
  opening_ = balance;
  currency_ = currency;
}

void StatementSum::enter(const Amount& signed_amount, std::string_view currency) {
  if (!currency.empty() && !currency_.empty() && currency != currency_) is_comparable_ = false;
  if (is_comparable_) is_comparable_ = sum_.add(signed_amount);
}

void StatementSum::close(const Amount& balance, std::string_view currency) {
  closing_ = balance;
  if (currency != currency_) is_comparable_ = false;
}

void StatementSum::check(RecordSink& sink, std::string_view code,
                         std::string_view statement) const {
  if (!opening_ || !closing_ || !is_comparable_) return;
  Amount made = *opening_;
  if (!made.add(sum_) || made == *closing_) return;
  sink.note(code,
            fmt::format("statement '{}': the opening balance {} and the entries make {}, and "
                        "the closing balance is {} {}",
                        statement, opening_->text(), made.text(), closing_->text(), currency_));
}

}  // namespace assay
