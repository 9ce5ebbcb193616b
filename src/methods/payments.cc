// payments: who paid whom by the accounts that case.toml states, each payment once, with sums in
// exact decimals; what may have gone on through others; what went to an operator.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/ascii.h"
#include "methods/registry.h"
#include "methods/support/direct_report.h"
#include "methods/support/measure.h"
#include "methods/support/payment_paths.h"
#include "methods/support/payment_tally.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostParties = 10;  // 90 ordered pairs
constexpr std::size_t kChainsTold = 10, kAccountsTold = 5;

const std::string& name_of(const MethodContext& context, int party) {
  return context.case_file->parties[static_cast<std::size_t>(party)].name;
}

// Why a party is taken for one that runs hosts of another: both may hold.
struct OperatorBasis {
  bool is_by_records = false;  // names of the other stood at its stated addresses
  bool is_stated = false;      // it holds the name of a stated mail host or edge of the other
};

// Parties of no part in the pair that run hosts of `of`, by index.
std::map<int, OperatorBasis> operators_of(const MethodContext& context, int from, int of) {
  std::map<int, OperatorBasis> found;
  const auto& parties = context.case_file->parties;
  const Party& served = parties[static_cast<std::size_t>(of)];
  const auto note = [&](auto&& is_held_by, bool OperatorBasis::*basis) {
    for (int p = 0; p < static_cast<int>(parties.size()); ++p) {
      if (p == from || p == of || !is_held_by(parties[static_cast<std::size_t>(p)])) continue;
      found[p].*basis = true;
    }
  };
  for (const NameAddress& each : context.others->addresses) {
    if (!served.holds_name(each.name)) continue;
    note([&](const Party& party) { return party.holds_address(each.address); },
         &OperatorBasis::is_by_records);
  }
  for (const auto* places : {&served.mail_hosts, &served.edges}) {
    for (const std::string& place : *places) {
      std::string name = lower_text(place);
      if (name.ends_with('.')) name.pop_back();
      if (served.holds_name(name)) continue;
      note([&](const Party& party) { return party.holds_name(name); }, &OperatorBasis::is_stated);
    }
  }
  return found;
}

std::string basis_text(const OperatorBasis& basis, const std::string& of) {
  const std::string records =
      fmt::format("at whose addresses names of {} stood by the records", of);
  const std::string stated = fmt::format("which holds a stated mail host or edge of {}", of);
  if (!basis.is_stated) return records;
  return basis.is_by_records ? records + " and " + stated : stated;
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
                              time_of_lookups(vantages), {RecordKind::payment});
    const PaymentTallies tallies(ledger);
    const PassedOn passed_on(ledger);
    std::vector<Finding> findings{accounts(ledger, context)};
    for (const int from : parties) {
      for (const int to : parties) {
        if (from == to) continue;
        findings.push_back(measure({ledger, tallies, passed_on, survey}, {from, to}, context));
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
  // What all pairs are measured in.
  struct Books {
    const PaymentLedger& ledger;
    const PaymentTallies& tallies;
    const PassedOn& passed_on;
    const DirectSurvey& survey;
  };

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

  Finding measure(const Books& books, const PartyPair& pair, const MethodContext& context) const {
    const std::string& from = name_of(context, pair.from);
    const std::string& to = name_of(context, pair.to);
    Finding finding = make_other_finding(*this, context, fmt::format("{}>{}", from, to));
    finding.parameters["from"] = from;
    finding.parameters["to"] = to;
    finding.parameters["most_intermediaries"] = std::to_string(kMostIntermediaries);
    finding.dedup_rule = kRule;
    finding.denominator =
        fmt::format("of {}", plural(static_cast<double>(books.ledger.rows), "payment record"));
    const PairTally& direct = books.tallies.of(pair.from, pair.to);
    OtherIndices rows = direct.rows;
    say_direct(direct, from, to, finding);
    say_operators(books, context, pair, finding, rows);
    const bool may_pass = say_paths(books, context, pair, finding, rows);
    const auto shared = shared_accounts(*context.case_file, pair);
    add(finding, "shared_accounts", static_cast<double>(shared.size()), "accounts");
    if (!shared.empty()) {
      finding.statement += fmt::format(
          " {} stated for both: a shared instrument, whose payments are of neither alone.",
          shared.size() == 1 ? fmt::format("Account {} is", quoted(shared.front(), 40))
                             : fmt::format("{} accounts are", shared.size()));
    }
    books.survey.vouch(RecordKind::payment, pair, fmt::format("payment from {} to {}", from, to),
                       direct.all() + shared.size() +
                           books.survey.rows(RecordKind::payment, pair).all() +
                           books.survey.untold_payments(pair) + books.ledger.rows_unplaced,
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
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    finding.selection = seal_others(
        context, rows,
        fmt::format("payment rows from {} to {}, what gave them back, and rows of payments to "
                    "operators or through others that are counted here",
                    from, to));
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

  void say_operators(const Books& books, const MethodContext& context, const PartyPair& pair,
                     Finding& finding, OtherIndices& rows) const {
    const std::string& to = name_of(context, pair.to);
    std::uint64_t all = 0;
    for (const auto& [party, basis] : operators_of(context, pair.from, pair.to)) {
      const PairTally& paid = books.tallies.of(pair.from, party);
      if (paid.payments == 0) continue;
      all += paid.payments;
      rows.insert(rows.end(), paid.rows.begin(), paid.rows.end());
      finding.statement += fmt::format(
          " Beside these {} to {}, {} ({}): payments to a third party that runs hosts for {}, not "
          "to {}.",
          plural(static_cast<double>(paid.payments), "payment"), name_of(context, party),
          basis_text(basis, to), sums_text(paid.sums), to, to);
    }
    add(finding, "payments_to_operators", static_cast<double>(all), "payments");
  }

  bool say_paths(const Books& books, const MethodContext& context, const PartyPair& pair,
                 Finding& finding, OtherIndices& rows) const {
    const PaymentPaths paths = books.passed_on.between(pair.from, pair.to);
    for (const std::uint32_t payment : paths.payments) {
      const OtherIndices& its = books.ledger.payments[payment].rows;
      rows.insert(rows.end(), its.begin(), its.end());
    }
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
                      books.ledger.with_statement.contains(chain.back())
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
