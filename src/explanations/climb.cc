#include "explanations/climb.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "explanations/direct.h"

namespace assay {
namespace {

// One quantity of a finding about one kind of record, and the rung that it carries to.
struct Step {
  Rung rung;
  std::string_view kind, quantity, words;
};

// Only rows whose both ends the case's own statements show stand in these quantities, but for
// messages, whose header is all that they have: of those a log has to know one of the two. No step
// leads to the rung of persons: nothing that this version reads attributes a message to one.
constexpr std::array<Step, 9> kSteps{{
    {Rung::content_answered, "message", "answered_and_one_accepted",
     "messages that a message the other way answers by its id, with an accepted transfer of at "
     "least one of the two"},
    {Rung::content_passed, "mail", "accepted", "accepted mail transfers"},
    {Rung::content_passed, "flow", "flows_with_content_both_ways",
     "flows with content both ways that is no greeting or handshake"},
    {Rung::service_answered, "mail", "rejected", "mail transfers that the server refused"},
    {Rung::service_answered, "service", "sessions_with_service_reply",
     "sessions in which the service answered"},
    {Rung::service_answered, "flow", "flows_with_service_reply",
     "flows with content from the server"},
    {Rung::contacted_an_address, "flow", "flows_answered", "answered flows"},
    {Rung::contacted_an_address, "service", "sessions_opened", "sessions"},
    {Rung::contacted_an_address, "mail", "bounced", "mail transfers that came back"},
}};

using EachPair = std::function<void(const std::string& from, const std::string& to)>;
void for_each_pair(const Question& question, const EachPair& each) {
  for (const std::string& from : question.between) {
    for (const std::string& to : question.between) {
      if (from != to) each(from, to);
    }
  }
}

std::string capital(std::string_view text) {
  std::string out(text);
  if (!out.empty()) out.front() = static_cast<char>(std::toupper(out.front()));
  return out;
}

}  // namespace

Reached climb_by_direct_records(const Question& question, const FindingSet& findings) {
  Reached reached;
  reached.is_of_hosts = true;
  std::vector<std::string> seen;
  for (const Step& step : kSteps) {
    if (step.rung < reached.rung) break;  // the steps go down
    for_each_pair(question, [&](const std::string& from, const std::string& to) {
      const Finding* finding = direct_finding(findings, from, to, step.kind);
      const double count = finding != nullptr ? finding->value_or(step.quantity, 0) : 0;
      if (count <= 0) return;
      reached.rung = step.rung;
      reached.is_of_hosts &= step.kind == "flow" || step.kind == "service";
      seen.push_back(fmt::format("{} ({} to {})", counted(count, step.words), from, to));
      reached.findings.push_back(finding->id);
    });
  }
  if (reached.rung == Rung::nothing) return reached;
  reached.shown = fmt::format("{}", fmt::join(seen, "; "));
  reached.statement = fmt::format("{}: {}.", capital(describe(reached.rung)), reached.shown);
  if (reached.rung >= Rung::content_answered) {
    reached.statement +=
        " Names in headers are their writers' words; accounts of persons may be used by others.";
  }
  return reached;
}

Reached messages_at_rest(const Question& question, const FindingSet& findings) {
  Reached reached;
  std::vector<std::string> seen;
  for_each_pair(question, [&](const std::string& from, const std::string& to) {
    const Finding* finding = direct_finding(findings, from, to, "message");
    if (finding == nullptr) return;
    const double answered = finding->value_or("answered", 0);
    const double unknown = answered - finding->value_or("answered_and_one_accepted", 0);
    if (unknown <= 0) return;
    seen.push_back(fmt::format(
        "{} ({} to {})",
        counted(unknown, "messages that a message the other way answers by its id"), from, to));
    reached.findings.push_back(finding->id);
  });
  if (seen.empty()) return reached;
  reached.statement = fmt::format(
      "Of messages at rest there are {}, which no log of a transfer knows: anybody can write such "
      "headers, so they reach no rung.",
      fmt::join(seen, "; "));
  return reached;
}

Reached forgeable_flows(const Question& question, const FindingSet& findings) {
  Reached reached;
  std::vector<std::string> seen, senders;
  for_each_pair(question, [&](const std::string& from, const std::string& to) {
    const Finding* finding = direct_finding(findings, from, to, "flow");
    const double count = finding != nullptr ? finding->value_or("flows_forgeable", 0) : 0;
    if (count <= 0) return;
    seen.push_back(
        fmt::format("{} ({} to {})", counted(count, "flows with packets both ways"), from, to));
    senders.push_back(from + "'s");
    reached.findings.push_back(finding->id);
  });
  if (seen.empty()) return reached;
  reached.statement = fmt::format(
      "Of {} queries and answers were seen at the server's side alone, and no TCP connection was "
      "opened: such a source address can be forged, so they reach no rung. {} own flow records "
      "would tell.",
      fmt::join(seen, "; "), fmt::join(senders, " and "));
  return reached;
}

namespace {

// What the pairs of a question tell of money.
struct Money {
  std::vector<std::string> transfers, asides;
  std::size_t pairs = 0, silent = 0;
  bool is_shared = false;
};

// Without the finding of payments, rows are all there is: several may tell one payment.
void look_at_pair(const FindingSet& findings, const std::string& from, const std::string& to,
                  Money& money, std::vector<std::string>& cited) {
  const Finding* direct = direct_finding(findings, from, to, "payment");
  const Finding* payments = payments_finding(findings, from, to);
  if (direct == nullptr && payments == nullptr) return;
  ++money.pairs;
  const bool is_silent =
      (direct == nullptr || direct->absence) && (payments == nullptr || payments->absence);
  money.silent += is_silent ? 1 : 0;
  for (const Finding* finding : {direct, payments}) {
    if (finding != nullptr) cited.push_back(finding->id);
  }
  const double count =
      payments != nullptr ? payments->value_or("payments", 0) : direct->value_or("rows", 0);
  if (count > 0) {
    const std::string_view sums = payments != nullptr ? told_by(*payments, "sums") : "";
    money.transfers.push_back(fmt::format("{} ({} to {}{}{})", counted(count, "payments"), from, to,
                                          sums.empty() ? "" : ": ", sums));
  }
  if (payments == nullptr) return;
  money.is_shared |= payments->value_or("shared_accounts", 0) > 0;
  if (const double through = payments->value_or("payments_maybe_passed_on", 0); through > 0) {
    money.asides.push_back(
        fmt::format("{} of {} to others could have gone on to {}, which no record shows",
                    counted(through, "payments"), from, to));
  }
  if (const double paid = payments->value_or("payments_to_operators", 0); paid > 0) {
    money.asides.push_back(fmt::format("{} of {} went to a third party that runs hosts for {}",
                                       counted(paid, "payments"), from, to));
  }
}

}  // namespace

Reached financial_link(const Question& question, const FindingSet& findings) {
  Reached reached;
  Money money;
  for_each_pair(question, [&](const std::string& from, const std::string& to) {
    look_at_pair(findings, from, to, money, reached.findings);
  });
  if (money.pairs == 0) return reached;
  if (!money.transfers.empty()) {
    reached.statement =
        fmt::format("Financial link: recorded transfer, {}.", fmt::join(money.transfers, "; "));
  } else if (money.is_shared) {
    reached.statement =
        "Financial link: shared instrument, an account that is stated for two of the parties; no "
        "payment between accounts of theirs that are told apart stands in the records.";
  } else if (money.silent == money.pairs) {
    reached.statement =
        "Financial link: none, within statements that are declared complete for the window.";
  } else {
    reached.statement =
        "Financial link: not testable; no payment between stated accounts stands in the records, "
        "and nobody vouches that they show them all.";
  }
  if (!money.asides.empty()) {
    reached.statement += fmt::format(" Beside that, {}.", fmt::join(money.asides, "; "));
  }
  return reached;
}

}  // namespace assay
