// Payment records brought to payments: who paid whom by stated accounts, one payment once though
// both sides' statements tell it, or two files the same statement.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/amount.h"
#include "methods/support/accounts.h"
#include "methods/support/other_findings.h"

namespace assay::methods {

inline constexpr int kDaysBetweenSides = 10;  // of one payment, where both tell its id
inline constexpr int kDaysBetweenSidesWithoutId = 5;

// A reversal and a return give back: payer and payee of a reversal are those of what it reverses,
// of a return those of the money on its way back.
enum class PaymentFate { booked, reversal, returned, announced };

struct Payment {
  std::vector<int> payers, payees;           // parties that are stated to hold the account
  std::string payer_account, payee_account;  // keys; "" = not told
  std::optional<Amount> amount;              // nullopt: none told, or none that can be read
  std::string currency;
  std::optional<std::int64_t> booked_day, value_day;  // since the epoch, as the bank dates
  PaymentFate fate = PaymentFate::booked;
  std::string end_to_end_id;
  bool is_of_payer = false, is_of_payee = false;  // whose statement tells it
  bool is_at_edge = false;                        // maybe outside the window
  bool is_joined_by_id = false, is_joined_by_date = false;
  std::optional<Amount> given_back;  // of this payment, by a reversal or a return in the records
  OtherIndices given_back_rows;      // of that reversal or return
  bool is_given_back_by_id = false;
  bool is_paired = false;  // of a reversal or return: the payment that it gives back is known
  OtherIndices rows;       // the first is told; others tell the same

  bool is_ambiguous() const { return payers.size() > 1 || payees.size() > 1; }
  // The one holder; -1 where none or several are stated.
  int payer() const { return payers.size() == 1 ? payers.front() : -1; }
  int payee() const { return payees.size() == 1 ? payees.front() : -1; }
};

struct PaymentLedger {
  std::vector<Payment> payments;    // by booking day, then by row
  std::set<int> with_statement;     // parties of whose accounts a statement is in the case
  std::uint64_t rows = 0;           // of payments
  std::uint64_t rows_unplaced = 0;  // that do not tell which way
};

// O(rows log rows).
PaymentLedger read_ledger(const MethodContext& context);

// A date as a statement writes it: 2026-01-02, with or without an hour, or 02.01.2026.
std::optional<std::int64_t> day_of_text(std::string_view date);

}  // namespace assay::methods
