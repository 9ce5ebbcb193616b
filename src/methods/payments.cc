// payments: who paid whom by the accounts that case.toml states, each payment once, with sums in
// exact decimals; what may have gone on through others; what went to an operator.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "methods/registry.h"
#include "methods/support/direct_report.h"
#include "methods/support/measure.h"
#include "methods/support/payment_paths.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostParties = 10;  // 90 ordered pairs
constexpr std::size_t kMostCurrencies = 20, kChainsTold = 10, kAccountsTold = 5;

const std::string& name_of(const MethodContext& context, int party) {
  return context.case_file->parties[static_cast<std::size_t>(party)].name;
}

// "EUR" where it has the form of ISO 4217; what has not is told as it stands.
std::string currency_text(const std::string& currency) {
  const bool has_form =
      currency.size() == 3 &&
      std::all_of(currency.begin(), currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (currency.empty()) return "without a currency";
  return has_form ? currency : fmt::format("of no known currency \"{}\"", quoted(currency, 12));
}

struct Sum {
  std::uint64_t payments = 0, without_amount = 0;
  Amount total;
  bool is_too_large = false;

  void take(const std::optional<Amount>& amount) {
    ++payments;
    if (!amount) {
      ++without_amount;
    } else if (!is_too_large) {
      is_too_large = !total.add(*amount);
    }
  }
  std::string text() const { return is_too_large ? "a sum beyond 10^22" : total.text(); }
};
using Sums = std::map<std::string, Sum>;

std::string sums_text(const Sums& sums) {
  std::vector<std::string> parts;
  for (const auto& [currency, sum] : sums) {
    if (parts.size() == kMostCurrencies) {
      parts.push_back(fmt::format("{} other currencies", sums.size() - kMostCurrencies));
      break;
    }
    parts.push_back(fmt::format("{} {} in {}", currency_text(currency), sum.text(),
                                plural(static_cast<double>(sum.payments), "payment")));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

struct Days {
  std::optional<std::int64_t> first, last;
  void take(const std::optional<std::int64_t>& day) {
    if (!day) return;
    first = std::min(first.value_or(*day), *day);
    last = std::max(last.value_or(*day), *day);
  }
  std::string text() const {
    return first ? fmt::format("{} to {}", date_text(*first), date_text(*last)) : "not told";
  }
};

// What stands in the ledger from one party to another.
struct PairTally {
  Sums sums, given_back_sums;
  Days booked, valued;
  OtherIndices rows;
  std::uint64_t payments = 0, by_id = 0, by_date = 0, repeated = 0;
  std::uint64_t given_back = 0, given_back_by_id = 0, unpaired = 0;
  std::uint64_t reversals = 0, returns = 0, announced = 0, undated = 0, at_edge = 0, ambiguous = 0;

  std::uint64_t all() const {
    return payments + reversals + returns + announced + undated + at_edge + ambiguous;
  }
  void take(const Payment& payment) {
    if (payment.is_ambiguous()) {
      ++ambiguous;
    } else if (payment.fate == PaymentFate::reversal) {
      ++reversals;
      unpaired += payment.is_paired ? 0 : 1;
    } else if (payment.fate == PaymentFate::returned) {
      ++returns;
      unpaired += payment.is_paired ? 0 : 1;
    } else if (payment.fate == PaymentFate::announced) {
      ++announced;
    } else if (!payment.booked_day) {
      ++undated;
    } else if (payment.is_at_edge) {
      ++at_edge;
    } else {
      count(payment);
    }
  }
  void count(const Payment& payment) {
    ++payments;
    sums[payment.currency].take(payment.amount);
    if (payment.given_back) {
      ++given_back;
      given_back_by_id += payment.is_given_back_by_id ? 1 : 0;
      given_back_sums[payment.currency].take(payment.given_back);
    }
    booked.take(payment.booked_day);
    valued.take(payment.value_day);
    by_id += payment.is_joined_by_id ? 1 : 0;
    by_date += payment.is_joined_by_date ? 1 : 0;
    const bool is_joined = payment.is_joined_by_id || payment.is_joined_by_date;
    repeated += payment.rows.size() - (is_joined ? 2 : 1);
    rows.insert(rows.end(), payment.rows.begin(), payment.rows.end());
  }
};

bool holds(const std::vector<int>& parties, int party) {
  return std::find(parties.begin(), parties.end(), party) != parties.end();
}

PairTally tally(const PaymentLedger& ledger, int from, int to) {
  PairTally out;
  for (const Payment& payment : ledger.payments) {
    if (holds(payment.payers, from) && holds(payment.payees, to)) out.take(payment);
  }
  std::sort(out.rows.begin(), out.rows.end());
  return out;
}

// Parties of no part in the pair at whose stated addresses names of `of` stood, by the records.
std::set<int> operators_of(const MethodContext& context, int from, int of) {
  std::set<int> found;
  const auto& parties = context.case_file->parties;
  for (const NameAddress& each : context.others->addresses) {
    if (!parties[static_cast<std::size_t>(of)].holds_name(each.name)) continue;
    for (int p = 0; p < static_cast<int>(parties.size()); ++p) {
      if (p == from || p == of) continue;
      if (parties[static_cast<std::size_t>(p)].holds_address(each.address)) found.insert(p);
    }
  }
  return found;
}

std::vector<std::string> shared_accounts(const CaseFile& file, const PartyPair& pair) {
  std::vector<std::string> shared;
  for (const std::string& a : file.parties[static_cast<std::size_t>(pair.from)].accounts) {
    for (const std::string& b : file.parties[static_cast<std::size_t>(pair.to)].accounts) {
      if (is_same_account(a, b)) shared.push_back(a);
    }
  }
  return shared;
}

class Payments : public Method {
 public:
  std::string_view name() const override { return "payments"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "payments between stated accounts, each once, and what may have gone through others";
  }

  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }

  std::vector<Finding> compare(const std::vector<QuestionRecords>& vantages,
                               const MethodContext& context) const override {
    const PaymentLedger ledger = read_ledger(context);
    if (ledger.rows == 0) {
      return {nothing_to_measure(*this, context, "of no payment record",
                                 "The case holds no payment record: account statements of the "
                                 "parties (camt.053, MT940 or a list) are needed.")};
    }
    std::vector<int> parties = question_parties(context);
    const bool is_cut = parties.size() > kMostParties;
    if (is_cut) parties.resize(kMostParties);
    const DirectSurvey survey(context, parties,
                              vantages.empty() ? nullptr : &vantages.front().losses,
                              time_of_lookups(vantages));
    const PassedOn passed_on(ledger);
    std::vector<Finding> findings{accounts(ledger, context)};
    for (const int from : parties) {
      for (const int to : parties) {
        if (from == to) continue;
        findings.push_back(measure(ledger, passed_on, survey, {from, to}, context));
      }
    }
    if (is_cut) {
      findings.front().limitations.push_back(fmt::format(
          "The question names more than {} parties; the pairs of the others were not counted.",
          kMostParties));
    }
    return findings;
  }

 private:
  // What case.toml states, and whether its IBANs can be right.
  Finding accounts(const PaymentLedger& ledger, const MethodContext& context) const {
    Finding finding = make_other_finding(*this, context, "", "accounts");
    std::uint64_t stated = 0, ibans = 0, parties = 0, without_source = 0;
    std::vector<std::string> wrong;
    for (const Party& party : context.case_file->parties) {
      parties += party.accounts.empty() ? 0 : 1;
      without_source += !party.accounts.empty() && party.source.empty() ? 1 : 0;
      for (const std::string& account : party.accounts) {
        ++stated;
        const AccountForm form = form_of_account(account);
        ibans += form == AccountForm::iban ? 1 : 0;
        if (form == AccountForm::iban_wrong) {
          wrong.push_back(fmt::format("{} of {}", quoted(account, 40), party.name));
        }
      }
    }
    add(finding, "accounts", static_cast<double>(stated), "accounts");
    add(finding, "ibans", static_cast<double>(ibans), "accounts");
    add(finding, "ibans_with_wrong_check_digits", static_cast<double>(wrong.size()), "accounts");
    add(finding, "rows", static_cast<double>(ledger.rows), "rows");
    add(finding, "rows_unplaced", static_cast<double>(ledger.rows_unplaced), "rows");
    add(finding, "payments", static_cast<double>(ledger.payments.size()), "payments");
    finding.outcome = Outcome::measured;
    finding.dedup_rule = kRule;
    finding.denominator =
        fmt::format("of {}", plural(static_cast<double>(ledger.rows), "payment record"));
    finding.statement = fmt::format(
        "case.toml states {} of {}; {} are IBANs whose check digits are right, {} have the form of "
        "one and wrong check digits. The records make {} (any payer and payee).",
        plural(static_cast<double>(stated), "account"),
        parties == 1 ? "1 party" : fmt::format("{} parties", parties), ibans, wrong.size(),
        plural(static_cast<double>(ledger.payments.size()), "payment"));
    if (!wrong.empty()) {
      const std::size_t told = std::min(wrong.size(), kAccountsTold);
      wrong.resize(told);
      finding.limitations.push_back(fmt::format(
          "Mistyped, or no IBAN: {}. No statement can name an IBAN with wrong check digits.",
          fmt::join(wrong, ", ")));
    }
    if (without_source > 0) {
      finding.limitations.push_back(fmt::format(
          "Of {} nobody is stated who says that it holds its accounts ('source' of [[party]]).",
          plural(static_cast<double>(without_source), "party")));
    }
    finding.limitations.emplace_back(
        "Right check digits show that an IBAN was typed right, not that the account exists or "
        "whose it is.");
    finding.selection = seal_others(context, {}, "accounts as stated; no rows");
    return finding;
  }

  Finding measure(const PaymentLedger& ledger, const PassedOn& passed_on,
                  const DirectSurvey& survey, const PartyPair& pair,
                  const MethodContext& context) const {
    const std::string& from = name_of(context, pair.from);
    const std::string& to = name_of(context, pair.to);
    Finding finding = make_other_finding(*this, context, fmt::format("{}>{}", from, to));
    finding.parameters["from"] = from;
    finding.parameters["to"] = to;
    finding.parameters["most_intermediaries"] = std::to_string(kMostIntermediaries);
    finding.dedup_rule = kRule;
    finding.denominator =
        fmt::format("of {}", plural(static_cast<double>(ledger.rows), "payment record"));
    const PairTally direct = tally(ledger, pair.from, pair.to);
    say_direct(direct, from, to, finding);
    say_operators(ledger, context, pair, finding);
    const bool may_pass = say_paths(ledger, passed_on, context, pair, finding);
    const auto shared = shared_accounts(*context.case_file, pair);
    add(finding, "shared_accounts", static_cast<double>(shared.size()), "accounts");
    if (!shared.empty()) {
      finding.statement += fmt::format(
          " {} stated for both: a shared instrument, whose payments are of neither alone.",
          shared.size() == 1 ? fmt::format("Account {} is", quoted(shared.front(), 40))
                             : fmt::format("{} accounts are", shared.size()));
    }
    survey.vouch(RecordKind::payment, pair, fmt::format("payment from {} to {}", from, to),
                 direct.all() + shared.size() + survey.rows(RecordKind::payment, pair).all() +
                     survey.untold_payments(pair) + ledger.rows_unplaced,
                 finding);
    if (finding.absence) {
      finding.statement += fmt::format(" Established: {}.", finding.absence->statement());
    }
    finding.parameters["link"] = direct.payments > 0 ? "direct"
                                 : !shared.empty()   ? "shared_instrument"
                                 : may_pass          ? "possible_through_intermediaries"
                                 : finding.absence   ? "none_within_coverage"
                                                     : "not_testable";
    finding.outcome = direct.payments > 0 ? Outcome::found : Outcome::nothing_found;
    finding.selection =
        seal_others(context, direct.rows, fmt::format("payment rows from {} to {}", from, to));
    return finding;
  }

  void say_direct(const PairTally& direct, const std::string& from, const std::string& to,
                  Finding& finding) const {
    const auto put = [&](std::string_view word, std::uint64_t count) {
      add(finding, word, static_cast<double>(count), "payments");
    };
    put("payments", direct.payments);
    put("joined_by_id", direct.by_id);
    put("joined_by_amount_and_date", direct.by_date);
    add(finding, "rows_repeated", static_cast<double>(direct.repeated), "rows");
    put("reversals", direct.reversals);
    put("returns", direct.returns);
    put("reversals_and_returns_unpaired", direct.unpaired);
    put("given_back", direct.given_back);
    put("given_back_by_id", direct.given_back_by_id);
    put("announced", direct.announced);
    put("undated", direct.undated);
    put("at_edge", direct.at_edge);
    put("ambiguous", direct.ambiguous);
    Table table{"sums", {"payments", "without_amount"}, {}, {}};
    for (const auto& [currency, sum] : direct.sums) {
      if (table.rows.size() == kMostCurrencies) break;
      table.row_labels.push_back(fmt::format("{} {}", currency_text(currency), sum.text()));
      table.rows.push_back(
          {static_cast<double>(sum.payments), static_cast<double>(sum.without_amount)});
    }
    if (!table.rows.empty()) finding.tables.push_back(std::move(table));
    finding.statement =
        fmt::format("{} from {} to {} between stated accounts",
                    plural(static_cast<double>(direct.payments), "booked payment"), from, to);
    if (direct.payments > 0) {
      finding.parameters["sums"] = sums_text(direct.sums);
      finding.parameters["booking_days"] = direct.booked.text();
      finding.parameters["value_days"] = direct.valued.text();
      finding.statement += fmt::format(
          ": {}; booking days {}, value days {}; {} told by both sides' statements under one id, "
          "{} more by amount and date alone (which may be two), each counted once",
          sums_text(direct.sums), direct.booked.text(), direct.valued.text(), direct.by_id,
          direct.by_date);
    }
    finding.statement += fmt::format(
        ". Apart: {} reversed, {} returned, {} announced, {} undated, {} at the window's edge, {} "
        "of an account of several parties.",
        direct.reversals, direct.returns, direct.announced, direct.undated, direct.at_edge,
        direct.ambiguous);
    say_given_back(direct, finding);
    finding.limitations.emplace_back(
        "Only accounts that case.toml states for a party count. A payment shows neither who acted "
        "for the holder nor what it was for.");
  }

  void say_given_back(const PairTally& direct, Finding& finding) const {
    if (direct.given_back > 0) {
      finding.parameters["sums_given_back"] = sums_text(direct.given_back_sums);
      finding.statement += fmt::format(
          " Of the payments {} given back ({}): {} under the same id, {} by amount and date "
          "alone.{}",
          direct.given_back == 1 ? "1 was" : fmt::format("{} were", direct.given_back),
          sums_text(direct.given_back_sums), direct.given_back_by_id,
          direct.given_back - direct.given_back_by_id,
          direct.given_back == direct.payments ? " None is without a return or reversal." : "");
    }
    if (direct.unpaired > 0) {
      finding.limitations.push_back(fmt::format(
          "Which payment {} gave back the records do not tell.",
          direct.unpaired == 1 ? "1 reversal or return"
                               : fmt::format("{} reversals or returns", direct.unpaired)));
    }
  }

  void say_operators(const PaymentLedger& ledger, const MethodContext& context,
                     const PartyPair& pair, Finding& finding) const {
    std::uint64_t all = 0;
    for (const int party : operators_of(context, pair.from, pair.to)) {
      const PairTally paid = tally(ledger, pair.from, party);
      if (paid.payments == 0) continue;
      all += paid.payments;
      finding.statement += fmt::format(
          " Beside these {} to {}, at whose addresses names of {} stood by the records ({}): "
          "payments to a third party that runs hosts for {}, not to {}.",
          plural(static_cast<double>(paid.payments), "payment"), name_of(context, party),
          name_of(context, pair.to), sums_text(paid.sums), name_of(context, pair.to),
          name_of(context, pair.to));
    }
    add(finding, "payments_to_operators", static_cast<double>(all), "payments");
  }

  bool say_paths(const PaymentLedger& ledger, const PassedOn& passed_on,
                 const MethodContext& context, const PartyPair& pair, Finding& finding) const {
    const PaymentPaths paths = passed_on.between(pair.from, pair.to);
    std::set<std::uint32_t> first;
    std::uint64_t told = 0;
    Table table{"paths", {"payments_that_may_have_gone_on", "other_payments_that_fit"}, {}, {}};
    for (const auto& [chain, found] : paths.chains) {
      first.insert(found.first.begin(), found.first.end());
      if (++told > kChainsTold) continue;
      std::vector<std::string> names;
      for (const int party : chain) names.push_back(name_of(context, party));
      const std::string through = fmt::format("{}", fmt::join(names, ", then "));
      table.row_labels.push_back(through);
      table.rows.push_back(
          {static_cast<double>(found.first.size()), static_cast<double>(found.elsewhere)});
      finding.statement +=
          fmt::format(" Through {} {} may have gone on; {} of {} to others would fit as well{}.",
                      through, plural(static_cast<double>(found.first.size()), "payment"),
                      plural(static_cast<double>(found.elsewhere), "payment"), names.back(),
                      ledger.with_statement.contains(chain.back())
                          ? ""
                          : " (in the statements of others alone: its own is not in the case)");
    }
    add(finding, "payments_maybe_passed_on", static_cast<double>(first.size()), "payments");
    add(finding, "chains", static_cast<double>(paths.chains.size()));
    if (!table.rows.empty()) {
      finding.tables.push_back(std::move(table));
      finding.limitations.push_back(fmt::format(
          "Through others: up to {} stated parties, each paying on within {} days, in the same "
          "currency, at least {} % and at most all of what came in. Money has no mark: that one "
          "payment fed the other no record shows.",
          kMostIntermediaries, kDaysToPassOn, 10 * kLeastTenths));
    }
    if (told > kChainsTold) {
      finding.limitations.push_back(
          fmt::format("{} more chains are not listed.", told - kChainsTold));
    }
    if (paths.is_cut) {
      finding.limitations.push_back(
          fmt::format("After {} comparisons no more paths were looked for.", kMostPathSteps));
    }
    return !paths.chains.empty();
  }

  static constexpr char kRule[] =
      "a payment once, though both sides' statements or two files of one account tell it";
};

}  // namespace

const Method& payments_method() {
  static const Payments kMethod;
  return kMethod;
}

}  // namespace assay::methods
