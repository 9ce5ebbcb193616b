// no_contact, no_mail, no_payment: that something did not happen between parties. A row
// contradicts; only a party's own complete records support; a look-up is neither contact nor mail.
#include <fmt/format.h>

#include <algorithm>

#include "explanations/claims.h"
#include "explanations/direct.h"

namespace assay::claims {
namespace {

constexpr char kEitherMailLog[] =
    "the mail log of either side, of every host that takes or sends its mail ('mail_hosts' of "
    "[[party]]), over the whole window, declared complete by its operator";
constexpr char kEdgeFlows[] =
    "flow records at either network's edge, at each where there are several ('edges' of "
    "[[party]]), over the whole window, declared complete by their operator";
constexpr char kStatements[] =
    "the statements of all accounts of either party over the whole window, declared complete";
constexpr char kStatedAccounts[] = "the accounts that each party holds ('accounts' of [[party]])";
constexpr char kSignedMessage[] =
    "the mail log of either side, or a DKIM signature that verifies, for these messages";
constexpr char kCapture[] = "a capture of these flows, or the application's own log";
constexpr char kOwnFlows[] = "the flow records of the network that the flows claim to come from";
constexpr char kFlowBack[] = "records of the way back, or a capture at the server";

// What one kind of claim looks at, and what would test it.
struct Denied {
  std::vector<std::string_view> kinds;  // variants of direct_records, in the order of telling
  std::string_view absence_kind;        // whose absence, both ways, is what the claim says
  const char* settling;
  const char* stated;  // by what such records name a party
};

// Rows of one ordered pair that show the thing, or that only might.
struct Told {
  std::vector<std::string> shown, doubtful, findings;
  std::vector<std::string> would_settle;
  double shown_rows = 0;

  void show(const Finding& finding, double count, std::string_view what) {
    if (count <= 0) return;
    shown_rows += count;
    shown.push_back(fmt::format("{} ({} to {})", counted(count, what),
                                finding.parameters.at("from"), finding.parameters.at("to")));
    findings.push_back(finding.id);
  }
  void doubt(const Finding& finding, double count, std::string_view what, const char* settling) {
    if (count <= 0) return;
    doubtful.push_back(fmt::format("{} ({} to {})", counted(count, what),
                                   finding.parameters.at("from"), finding.parameters.at("to")));
    findings.push_back(finding.id);
    would_settle.emplace_back(settling);
  }
};

void weigh_flows(const Finding& finding, Told& told) {
  told.show(finding, finding.value_or("flows_answered", 0),
            "answered flows, by which hosts at addresses of the two exchanged packets");
  told.doubt(finding, finding.value_or("flows_forgeable", 0),
             "flows answered at the server's side in which no TCP connection was opened: their "
             "source may be forged",
             kOwnFlows);
  told.doubt(finding, finding.value_or("flows_one_way", 0),
             "flows without a packet back, whose source may be forged", kFlowBack);
  told.doubt(finding, finding.value_or("lookup_flows_doubtful", 0),
             "flows with a port of DNS at the client's end, which may be look-ups or anything else",
             kCapture);
}

void weigh_mail(const Finding& finding, bool is_contact, Told& told) {
  told.show(finding, finding.value_or("accepted", 0), "accepted mail transfers");
  const double refused = finding.value_or("rejected", 0);
  if (is_contact) {
    told.show(finding, refused, "mail transfers that the server refused");
  } else {
    told.doubt(finding, refused + finding.value_or("deferred", 0) + finding.value_or("bounced", 0),
               "attempts without success (refused, put off or sent back): mail that did not arrive",
               "whether an attempt is meant by the claim");
  }
  told.doubt(finding, finding.value_or("accepted_by_name_alone", 0),
             "transfers that only the envelope's domain ascribes to the party, which anybody can "
             "write, or that a host of neither took over",
             kEitherMailLog);
}

// Both messages of an exchange can be written by one hand. Where a log knows one, its transfer
// contradicts.
void weigh_messages(const Finding& finding, Told& told) {
  told.doubt(finding, finding.value_or("rows", 0),
             "messages at rest whose header names both, which anybody can write and which show no "
             "transfer",
             kSignedMessage);
}

void weigh(const Finding& finding, std::string_view kind, const Denied& denied, Told& told) {
  if (kind == "flow") weigh_flows(finding, told);
  if (kind == "service") {
    told.show(finding, finding.value_or("sessions_with_service_reply", 0),
              "sessions in which the service answered");
  }
  if (kind == "mail") weigh_mail(finding, denied.absence_kind == "flow", told);
  if (kind == "message") weigh_messages(finding, told);
  if (kind == "payment") {
    told.show(finding, finding.value_or("rows", 0), "rows of payments between stated accounts");
    told.doubt(finding, finding.value_or("rows_by_name_alone", 0),
               "payments that only the holder's name ascribes to the party", kStatedAccounts);
  }
  told.doubt(finding, finding.value_or("rows_ambiguous", 0),
             "rows that could be another's as well (a shared relay, an account or address of "
             "several)",
             denied.settling);
  told.doubt(finding, finding.value_or("rows_undated", 0) + finding.value_or("rows_at_edge", 0),
             "rows that may lie outside the window", denied.settling);
}

struct Looked {
  Told told;
  bool any_finding = false;
  std::vector<std::string> absences;  // statements, one for each ordered pair
  std::size_t pairs = 0;
  std::vector<std::string> findings;  // all that were looked at
  std::string objection;              // to the window
};

Looked look(const Context& context, const Denied& denied) {
  Looked looked;
  const std::vector<std::string> parties = context.parties();
  for (const std::string& from : parties) {
    for (const std::string& to : parties) {
      if (from == to) continue;
      ++looked.pairs;
      for (const std::string_view kind : denied.kinds) {
        const Finding* finding = direct_finding(context.findings, from, to, kind);
        if (finding == nullptr) continue;
        looked.any_finding = true;
        if (looked.objection.empty()) {
          looked.objection = window_objection(context, finding->window);
        }
        weigh(*finding, kind, denied, looked.told);
        looked.findings.push_back(finding->id);
        if (kind == denied.absence_kind && finding->absence) {
          looked.absences.push_back(finding->absence->statement());
        }
      }
    }
  }
  return looked;
}

// A party of which the case states nothing by which these records could name it; "" when none.
std::string unnamed(const Context& context, const Denied& denied) {
  for (const std::string& name : context.parties()) {
    const Party* party = context.case_file.find_party(name);
    if (party == nullptr) continue;
    const bool is_stated = denied.absence_kind == "flow"   ? !party->addresses.empty()
                           : denied.absence_kind == "mail" ? !party->names.empty()
                                                           : !party->accounts.empty();
    if (!is_stated) return name;
  }
  return "";
}

// Money that may have reached the other by a third is no payment between the two.
void add_payments_by_others(const Context& context, ClaimAnswer& answer) {
  for (const std::string& from : context.parties()) {
    for (const std::string& to : context.parties()) {
      const Finding* finding = from == to ? nullptr : payments_finding(context.findings, from, to);
      if (finding == nullptr) continue;
      const double through = finding->value_or("payments_maybe_passed_on", 0);
      const double paid = finding->value_or("payments_to_operators", 0);
      if (through > 0) {
        answer.statement += fmt::format(
            " {} of {} to others could have gone on to {}, which no record shows; the answer is "
            "about direct payments.",
            counted(through, "payments"), from, to);
      }
      if (paid > 0) {
        answer.statement +=
            fmt::format(" {} of {} went to a third party that runs hosts for {}, not to {}.",
                        counted(paid, "payments"), from, to, to);
      }
      if (through > 0 || paid > 0) cite(answer, finding->id);
    }
  }
}

std::string lookups_text(const Context& context) {
  const bool has_lookups = std::any_of(
      context.findings.all().begin(), context.findings.all().end(), [](const Finding& finding) {
        return finding.method == "volume" && finding.value_or("rows", 0) > 0;
      });
  return has_lookups ? " A look-up is neither contact nor mail: the look-ups in this case speak "
                       "neither for the claim nor against it."
                     : "";
}

ClaimAnswer conclude(const Context& context, const Denied& denied, const Looked& looked) {
  const std::string who = fmt::format("{}", fmt::join(context.parties(), " and "));
  const Told& told = looked.told;
  ClaimAnswer answer;
  if (!told.shown.empty()) {
    answer = answered(
        context, Answer::contradicted,
        {told.shown_rows == 1 ? std::string("1 row shows it")
                              : fmt::format("{} rows show it", number_text(told.shown_rows)),
         fmt::format("Between {} there is: {}.", who, fmt::join(told.shown, "; "))},
        told.findings);
  } else if (!told.doubtful.empty()) {
    answer = not_testable(context,
                          fmt::format("No row shows it without doubt, but between {} there is: {}.",
                                      who, fmt::join(told.doubtful, "; ")),
                          told.would_settle);
    answer.in_short = "rows that may be it, none beyond doubt";
    for (const std::string& finding : told.findings) cite(answer, finding);
  } else if (const std::string name = unnamed(context, denied); !name.empty()) {
    answer = not_testable(
        context,
        fmt::format("The case states no {} of {}, so no such record could be ascribed to it.",
                    denied.stated, name),
        {fmt::format("what {} holds ('addresses', 'names' and 'accounts' of [[party]])", name)});
    answer.in_short = fmt::format("no {} of {} is stated", denied.stated, name);
  } else if (context.question.window && looked.absences.size() == looked.pairs &&
             looked.pairs > 0) {
    answer = answered(context, Answer::supported,
                      {"none in complete records of a party",
                       fmt::format("{}. What passed by other ways than these records see is not "
                                   "in them.",
                                   fmt::join(looked.absences, "; "))},
                      looked.findings);
    answer.statement.front() = static_cast<char>(std::toupper(answer.statement.front()));
  } else if (looked.any_finding) {
    answer = answered(
        context, Answer::supported_only_within_these_files,
        {"no such row in these files, which may not show all",
         fmt::format("No record in these files shows it between {}. Nobody vouches that they show "
                     "every such record of either party.",
                     who)},
        looked.findings);
    answer.would_test = {denied.settling};
  } else {
    answer = not_testable(
        context, fmt::format("The case holds no record that could show it ({}).", denied.settling),
        {denied.settling});
    answer.in_short = "no record that could show it";
  }
  answer.statement += lookups_text(context);
  Quantity rows;
  rows.name = "rows_that_show_it";
  rows.value = told.shown_rows;
  rows.unit = "rows";
  answer.quantities.push_back(std::move(rows));
  return answer;
}

ClaimAnswer deny(const Context& context, const Denied& denied) {
  const std::vector<std::string> parties = context.parties();
  if (parties.size() < 2) {
    return not_testable(context, "The claim must name two parties or more ('parties').");
  }
  for (const std::string& party : parties) {
    const auto& between = context.question.between;
    if (std::find(between.begin(), between.end(), party) == between.end()) {
      return not_testable(context,
                          fmt::format("The question is not about '{}': ask one between the claim's "
                                      "parties.",
                                      party));
    }
  }
  const Looked looked = look(context, denied);
  if (!looked.objection.empty()) return not_testable(context, looked.objection);
  return conclude(context, denied, looked);
}

}  // namespace

ClaimAnswer answer_no_contact(const Context& context) {
  return deny(context, {{"flow", "service", "mail", "message"}, "flow", kEdgeFlows, "address"});
}

ClaimAnswer answer_no_mail(const Context& context) {
  return deny(context, {{"mail", "message"}, "mail", kEitherMailLog, "name"});
}

ClaimAnswer answer_no_payment(const Context& context) {
  ClaimAnswer answer = deny(context, {{"payment"}, "payment", kStatements, "account"});
  add_payments_by_others(context, answer);
  return answer;
}

}  // namespace assay::claims
