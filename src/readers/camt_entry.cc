#include "readers/camt_entry.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "readers/text_numbers.h"

namespace assay {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// Of the statement's head, for each of its payments.
constexpr Pair kHeadFields[] = {
    {"Id", "statement_id"},
    {"Acct/Id/IBAN", "account"},
    {"Acct/Id/Othr/Id", "account"},
    {"Acct/Id/PrtryAcct/Id", "account"},
    {"Acct/Ownr/Nm", "account_name"},
    {"Acct/Svcr/FinInstnId/BIC", "account_servicer"},
    {"Acct/Svcr/FinInstnId/BICFI", "account_servicer"},
};

constexpr Pair kEntryFields[] = {
    {"NtryRef", "entry_reference"},
    {"AcctSvcrRef", "transaction_id"},
    {"Sts", "entry_status"},
    {"Sts/Cd", "entry_status"},
    {"Sts/Prtry", "entry_status"},
    {"BkTxCd/Domn/Cd", "bank_transaction_code"},
    {"BkTxCd/Domn/Fmly/Cd", "bank_transaction_code"},
    {"BkTxCd/Domn/Fmly/SubFmlyCd", "bank_transaction_code"},
    {"BkTxCd/Prtry/Cd", "transaction_code"},
    {"AddtlNtryInf", "description"},
};

// Parties stand directly in versions up to 7, within Pty from 8 on; that step is left out.
constexpr Pair kTransactionFields[] = {
    {"Refs/EndToEndId", "end_to_end_id"},
    {"Refs/InstrId", "instruction_id"},
    {"Refs/TxId", "transaction_id"},
    {"Refs/UETR", "unique_id"},
    {"Refs/AcctSvcrRef", "transaction_id"},
    {"Refs/MndtId", "mandate_id"},
    {"RltdPties/Dbtr/Nm", "debtor"},
    {"RltdPties/DbtrAcct/Id/IBAN", "debtor_account"},
    {"RltdPties/DbtrAcct/Id/Othr/Id", "debtor_account"},
    {"RltdPties/Cdtr/Nm", "creditor"},
    {"RltdPties/CdtrAcct/Id/IBAN", "creditor_account"},
    {"RltdPties/CdtrAcct/Id/Othr/Id", "creditor_account"},
    {"RltdPties/Cdtr/Id/PrvtId/Othr/Id", "identity"},
    {"RltdPties/UltmtDbtr/Nm", "extra"},
    {"RltdPties/UltmtCdtr/Nm", "extra"},
    {"RltdAgts/DbtrAgt/FinInstnId/BIC", "debtor_agent"},
    {"RltdAgts/DbtrAgt/FinInstnId/BICFI", "debtor_agent"},
    {"RltdAgts/DbtrAgt/FinInstnId/Nm", "debtor_agent"},
    {"RltdAgts/CdtrAgt/FinInstnId/BIC", "creditor_agent"},
    {"RltdAgts/CdtrAgt/FinInstnId/BICFI", "creditor_agent"},
    {"RltdAgts/CdtrAgt/FinInstnId/Nm", "creditor_agent"},
    {"Purp/Cd", "purpose_code"},
    {"Purp/Prtry", "purpose"},
    {"RmtInf/Ustrd", "remittance"},
    {"RmtInf/Strd/CdtrRefInf/Ref", "structured_reference"},
    {"RmtInf/Strd/AddtlRmtInf", "remittance"},
    {"RtrInf/Rsn/Cd", "reason"},
    {"RtrInf/Rsn/Prtry", "reason"},
    {"RtrInf/AddtlInf", "reason"},
    {"BkTxCd/Prtry/Cd", "transaction_code"},
    {"AddtlTxInf", "description"},
};

template <std::size_t kCount>
void add_fields(HeldRecord& record, const std::vector<CamtLeaf>& leaves,
                const Pair (&fields)[kCount]) {
  for (const CamtLeaf& leaf : leaves) {
    const auto* found = std::find_if(std::begin(fields), std::end(fields),
                                     [&](const Pair& each) { return each.first == leaf.path; });
    if (found == std::end(fields)) continue;
    const bool is_extra = found->second == "extra";
    record.add(field_id(found->second),
               is_extra ? fmt::format("{}: {}", leaf.path, leaf.text) : leaf.text);
  }
}

const CamtLeaf* leaf_of(const std::vector<CamtLeaf>& leaves, std::string_view path) {
  const auto found = std::find_if(leaves.begin(), leaves.end(),
                                  [path](const CamtLeaf& leaf) { return leaf.path == path; });
  return found == leaves.end() ? nullptr : &*found;
}

// A decimal of XML Schema: no groups and no sign, since the direction stands apart.
std::optional<Amount> amount_of(const CamtLeaf* leaf) {
  if (!leaf || leaf->text.find_first_not_of("0123456789.") != std::string::npos) return {};
  return Amount::parse(leaf->text);
}

// "Dt", or "DtTm" for one with its hour.
std::string_view date_of(const std::vector<CamtLeaf>& leaves, std::string_view element) {
  const std::string_view date = camt_text(leaves, std::string(element) + "/Dt");
  return date.empty() ? camt_text(leaves, std::string(element) + "/DtTm") : date;
}

void add_first(HeldRecord& record, std::string_view field, const HeldRecord& from,
               std::string_view source) {
  const FieldId wanted = field_id(source);
  for (const auto& [id, text] : from.fields) {
    if (id != wanted) continue;
    return record.add(field_id(field), std::string(text));
  }
}

// Who stands on the other side of the account.
void add_counterparty(HeldRecord& record, bool is_credit) {
  const HeldRecord from = record;
  const std::string side = is_credit ? "debtor" : "creditor";
  add_first(record, "counterparty", from, side);
  add_first(record, "counterparty_account", from, side + "_account");
  add_first(record, "counterparty_servicer", from, side + "_agent");
}

}  // namespace

std::string_view camt_text(const std::vector<CamtLeaf>& leaves, std::string_view path) {
  const CamtLeaf* leaf = leaf_of(leaves, path);
  return leaf ? std::string_view(leaf->text) : std::string_view();
}

void CamtStatement::begin() {
  head_.clear();
  sum_ = StatementSum();
  opening_.clear();
  closing_.clear();
  currency_.clear();
}

void CamtStatement::take_balance(const std::vector<CamtLeaf>& balance) {
  std::string_view type = camt_text(balance, "Tp/CdOrPrtry/Cd");
  if (type.empty()) type = camt_text(balance, "Tp/Cd");
  const CamtLeaf* leaf = leaf_of(balance, "Amt");
  const auto amount = amount_of(leaf);
  if (!amount) return sink_.note("camt.balance_unreadable", leaf ? leaf->text : "");
  const bool is_debit = camt_text(balance, "CdtDbtInd") == "DBIT";
  const Amount value = is_debit ? amount->negated() : *amount;
  if (type == "OPBD" || (type == "PRCD" && opening_.empty())) {
    sum_.open(value, leaf->currency);
    opening_ = value.text();
    currency_ = leaf->currency;
  } else if (type == "CLBD") {
    sum_.close(value, leaf->currency);
    closing_ = value.text();
    currency_ = leaf->currency;
  }
}

// False when the transactions of an entry would repeat too much of what stands around them.
bool CamtStatement::may_repeat(const std::vector<CamtLeaf>& entry, std::size_t times,
                               std::uint64_t bytes_read) {
  std::uint64_t weight = 0;
  for (const CamtLeaf& leaf : head_) weight += leaf.weight();
  for (const CamtLeaf& leaf : entry) weight += leaf.weight();
  return repeats_.allow(weight * times, bytes_read);
}

void CamtStatement::take_entry(const std::vector<CamtLeaf>& entry,
                               const std::vector<std::vector<CamtLeaf>>& transactions,
                               std::uint64_t offset, std::uint64_t length, std::string_view text) {
  const CamtLeaf* leaf = leaf_of(entry, "Amt");
  const auto amount = amount_of(leaf);
  const std::string_view side = camt_text(entry, "CdtDbtInd");
  if (!amount) {
    return sink_.reject("camt.amount.unreadable", offset, length, text,
                        "an entry without an amount in digits and a point");
  }
  if (!may_repeat(entry, std::max<std::size_t>(transactions.size(), 1), offset + length)) {
    return sink_.reject("camt.entry.repeats", offset, length, text,
                        "its transactions would repeat more of the entry and the statement around "
                        "them than real ones have");
  }
  if (side != "CRDT" && side != "DBIT") {
    return sink_.reject("camt.direction.unreadable", offset, length, text,
                        "an entry that is neither credit nor debit");
  }
  std::string_view status = camt_text(entry, "Sts");
  if (status.empty()) status = camt_text(entry, "Sts/Cd");
  const bool is_booked = status.empty() || status == "BOOK";
  const Amount value = side == "DBIT" ? amount->negated() : *amount;
  if (is_booked) sum_.enter(value, leaf->currency);
  if (transactions.empty()) add_transaction(entry, nullptr, true, offset, length);
  for (const auto& transaction : transactions) {
    add_transaction(entry, &transaction, transactions.size() == 1, offset, length);
  }
  if (transactions.size() > 1) {
    Amount sum;
    for (const auto& transaction : transactions) {
      const CamtLeaf* part = leaf_of(transaction, "Amt");
      if (!part) part = leaf_of(transaction, "AmtDtls/TxAmt/Amt");
      const auto part_amount = amount_of(part);
      const std::string_view part_side = camt_text(transaction, "CdtDbtInd");
      const bool is_against = !part_side.empty() && part_side != side;
      if (!part_amount || part->currency != leaf->currency ||
          !sum.add(is_against ? part_amount->negated() : *part_amount)) {
        sink_.note("camt.batch_not_summed", camt_text(entry, "NtryRef"));
        return sink_.used_unit();
      }
    }
    if (!(sum == *amount)) {
      sink_.note("camt.batch_sum_differs",
                 fmt::format("entry '{}' of {}: its transactions make {}",
                             camt_text(entry, "NtryRef"), amount->text(), sum.text()));
    }
  }
  sink_.used_unit();
}

void CamtStatement::add_transaction(const std::vector<CamtLeaf>& entry,
                                    const std::vector<CamtLeaf>* transaction, bool is_only,
                                    std::uint64_t offset, std::uint64_t length) {
  static const std::vector<CamtLeaf> kNone;
  const auto& own = transaction ? *transaction : kNone;
  HeldRecord record;
  record.row.kind = RecordKind::payment;
  record.row.offset = offset;
  record.row.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, UINT32_MAX));
  const std::string_view booked = date_of(entry, "BookgDt"), valued = date_of(entry, "ValDt");
  const ClaimTime time = clock_.read(booked.empty() ? valued : booked);
  time.set(record.row);
  if (!time.is_known) sink_.note("payment.time_unknown", booked.empty() ? valued : booked);
  if (const auto count = parse_number<std::uint32_t>(camt_text(entry, "NtryDtls/Btch/NbOfTxs"));
      count && !transaction && *count > 0) {
    record.row.count = *count;
  }
  const CamtLeaf* amount = leaf_of(own, "Amt");
  if (!amount) amount = leaf_of(own, "AmtDtls/TxAmt/Amt");
  if (!amount && is_only) amount = leaf_of(entry, "Amt");
  if (amount_of(amount)) {
    record.add(field_id("amount"), amount->text);
    record.add(field_id("currency"), amount->currency);
  } else {
    sink_.note("camt.transaction_without_amount", camt_text(entry, "NtryRef"));
  }
  if (const CamtLeaf* original = leaf_of(own, "AmtDtls/InstdAmt/Amt")) {
    record.add(field_id("amount_original"), original->text);
    record.add(field_id("currency_original"), original->currency);
  }
  std::string_view side = camt_text(own, "CdtDbtInd");
  if (side.empty()) side = camt_text(entry, "CdtDbtInd");
  record.add(field_id("direction"), side == "CRDT" ? "credit" : "debit");
  std::string_view reversal = camt_text(entry, "RvslInd");
  if (reversal == "true" || reversal == "1") record.add(field_id("event_action"), "reversal");
  record.add(field_id("booking_date"), booked);
  record.add(field_id("value_date"), valued);
  add_fields(record, head_, kHeadFields);
  add_fields(record, entry, kEntryFields);
  add_fields(record, own, kTransactionFields);
  // The account's owner is one side; who is the other depends on the direction, which a reversal
  // does not turn for the parties.
  const bool is_credit = (side == "CRDT") != (reversal == "true" || reversal == "1");
  add_counterparty(record, is_credit);
  HeldRecords::send(sink_, record);
}

void CamtStatement::end(std::string_view message_id, std::uint64_t offset, std::uint64_t length) {
  sum_.check(sink_, "camt.balance_differs", camt_text(head_, "Id"));
  // What the account's keeper says about this statement: the span that it tells of.
  HeldRecord record;
  record.row.kind = RecordKind::recorder;
  record.row.offset = offset;
  record.row.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, UINT32_MAX));
  ClaimTime from = clock_.read(camt_text(head_, "FrToDt/FrDtTm"));
  const ClaimTime to = clock_.read(camt_text(head_, "FrToDt/ToDtTm"));
  if (!from.is_known) {
    from = clock_.read(camt_text(head_, "CreDtTm"));
  } else if (to.is_known && to.until_us > from.us) {
    from.until_us = to.until_us;
  }
  from.set(record.row);
  add_fields(record, head_, kHeadFields);
  record.add(field_id("message_id"), message_id);
  record.add(field_id("serial"), camt_text(head_, "ElctrncSeqNb"));
  record.add(field_id("opening_balance"), opening_);
  record.add(field_id("closing_balance"), closing_);
  record.add(field_id("currency"), currency_);
  HeldRecords::send(sink_, record);
}

}  // namespace assay
