// What the elements of an account statement in ISO 20022 (camt.052, 053, 054) become.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "readers/payment_record.h"
#include "readers/repeat_budget.h"

namespace assay {

// One leaf: its path below the statement, entry or transaction ("RltdPties/Dbtr/Nm"), the currency
// that it carries as an attribute, its text.
struct CamtLeaf {
  std::string path;
  std::string currency;
  std::string text;

  std::uint64_t weight() const { return sizeof(CamtLeaf) + path.size() + text.size(); }
};

// Makes records of the leaves of one statement, entry after entry.
class CamtStatement {
 public:
  CamtStatement(ClaimClock& clock, RecordSink& sink) : clock_(clock), sink_(sink) {}

  void begin();
  void take(CamtLeaf leaf) { head_.push_back(std::move(leaf)); }
  // One Ntry with its TxDtls, which may be none. Tells the unit's fate.
  void take_entry(const std::vector<CamtLeaf>& entry,
                  const std::vector<std::vector<CamtLeaf>>& transactions, std::uint64_t offset,
                  std::uint64_t length, std::string_view text);
  void take_balance(const std::vector<CamtLeaf>& balance);
  void end(std::string_view message_id, std::uint64_t offset, std::uint64_t length);

 private:
  bool may_repeat(const std::vector<CamtLeaf>& entry, std::size_t times, std::uint64_t bytes_read);
  void add_transaction(const std::vector<CamtLeaf>& entry, const std::vector<CamtLeaf>* transaction,
                       bool is_only, std::uint64_t offset, std::uint64_t length);

  ClaimClock& clock_;
  RecordSink& sink_;
  std::vector<CamtLeaf> head_;
  RepeatBudget repeats_;
  StatementSum sum_;
  std::string opening_, closing_, currency_;
};

// The first leaf of a path; "" without one.
std::string_view camt_text(const std::vector<CamtLeaf>& leaves, std::string_view path);

}  // namespace assay
