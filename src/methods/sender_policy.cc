// sender_policy: what the SPF records in the evidence say of the hosts that handed mail over.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "methods/registry.h"
#include "methods/support/mail_words.h"
#include "methods/support/measure.h"
#include "methods/support/other_findings.h"
#include "methods/support/published.h"
#include "methods/support/spf_evidence.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostChecks = 20'000;  // different ones of one question
constexpr std::size_t kListed = 50;

struct Transfer {
  std::uint32_t row = 0;
  SpfAsked asked;
};

// The transfers of one host for one domain that had one outcome.
struct Group {
  SpfVerdict verdict;
  Timeliness timeliness = Timeliness::covers;  // of the records, the weakest
  OtherIndices rows;
};
using GroupKey = std::tuple<std::string, IpAddress, SpfResult, std::string>;

struct Survey {
  std::map<GroupKey, Group> groups;
  std::map<SpfResult, double> counts;
  std::map<std::string, double> missing;  // "TXT of x.example": transfers that want it
  std::set<std::uint32_t> records;        // rows of the records used
  double transfers = 0, of_that_time = 0, unchecked = 0;
};

// Mail that came in from elsewhere, with the address that brought it and the sender it named.
std::vector<Transfer> transfers_of(const MethodContext& context) {
  static const FieldId kFrom = field_id("envelope_from"), kHelo = field_id("helo"),
                       kDirection = field_id("direction"), kUser = field_id("auth_user");
  std::vector<Transfer> found;
  if (context.others == nullptr) return found;
  const auto& rows = context.others->rows;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const OtherRow& row = rows[i];
    const bool is_transfer = row.row.kind == RecordKind::mail && row.field(kDirection) != "out";
    if (!is_transfer || row.client.is_unspecified() || is_loopback(row.client)) continue;
    if (!row.field(kUser).empty()) continue;  // a user's own, who is known by a password
    Transfer transfer{i,
                      {row.client, std::string(row.field(kFrom)), std::string(row.field(kHelo))}};
    std::string& sender = transfer.asked.sender;
    if (sender == "<>") sender = "postmaster@" + transfer.asked.helo;  // section 2.4
    if (mail_domain(sender).empty()) continue;
    found.push_back(std::move(transfer));
  }
  return found;
}

Survey survey_of(const MethodContext& context, const PublishedRecords& published,
                 const std::vector<Transfer>& transfers) {
  Survey survey;
  SpfChecker checker(published);
  using Key = std::tuple<IpAddress, std::string, std::string, std::int64_t>;
  std::map<Key, std::pair<SpfVerdict, Timeliness>> known;
  for (const Transfer& transfer : transfers) {
    const OtherRow& row = context.others->rows[transfer.row];
    const Key key{row.client, transfer.asked.sender, transfer.asked.helo, row.row.time_us};
    auto verdict = known.find(key);
    if (verdict == known.end()) {
      if (known.size() == kMostChecks) {
        survey.unchecked += 1;
        continue;
      }
      SpfVerdict made = checker.check(transfer.asked, row.row.time_us, row.is_dated());
      verdict = known.emplace(key, std::pair(std::move(made), checker.weakest())).first;
    }
    const auto& [result, when] = verdict->second;
    survey.transfers += 1;
    survey.counts[result.result] += 1;
    survey.of_that_time += when == Timeliness::covers && result.missing.empty();
    if (!result.missing.empty()) survey.missing[result.missing] += 1;
    Group& group = survey.groups[{mail_domain(transfer.asked.sender), row.client, result.result,
                                  result.mechanism + result.missing}];
    if (group.rows.empty()) {
      group.verdict = result;
      group.timeliness = when;
    } else if (when != Timeliness::covers) {
      group.timeliness = when;
    }
    group.rows.push_back(transfer.row);
  }
  survey.records = checker.records();
  return survey;
}

std::string_view words_of(Timeliness when) {
  switch (when) {
    case Timeliness::covers:
      return "by records seen at that time";
    case Timeliness::undated:
      return "by a record of no known time";
    default:
      return "by a record seen at another time";
  }
}

void add_table(const Survey& survey, Finding& finding) {
  Table table{"hosts", {"transfers", "pass", "of_that_time"}, {}, {}};
  for (const auto& [key, group] : survey.groups) {
    if (table.rows.size() == kListed) break;
    const auto& [domain, client, result, rest] = key;
    std::string label = fmt::format("{} for {}: {}", client.to_string(), domain, word_of(result));
    const SpfVerdict& verdict = group.verdict;
    if (!verdict.mechanism.empty()) label += fmt::format(" by '{}'", verdict.mechanism);
    if (!verdict.missing.empty()) label += fmt::format(", {} is not in evidence", verdict.missing);
    if (!verdict.why.empty()) label += fmt::format(" ({})", verdict.why);
    if (verdict.missing.empty()) label += fmt::format(", {}", words_of(group.timeliness));
    table.row_labels.push_back(quoted(label, 300));
    table.rows.push_back({static_cast<double>(group.rows.size()),
                          result == SpfResult::pass ? 1.0 : 0.0,
                          group.timeliness == Timeliness::covers ? 1.0 : 0.0});
  }
  if (!table.rows.empty()) finding.tables.push_back(std::move(table));
}

void say_limits(const MethodContext& context, const Survey& survey, Finding& finding) {
  if (!survey.missing.empty()) {
    std::string wanted;
    std::size_t told = 0;
    for (const auto& [record, transfers] : survey.missing) {
      if (told++ == 5) break;
      wanted += (wanted.empty() ? "" : ", ") + record;
    }
    finding.limitations.push_back(
        fmt::format("{} undecided for want of {} that the evidence does not hold: {}{}. Nothing "
                    "was asked of the "
                    "network.",
                    plural(survey.counts.at(SpfResult::temperror), "transfer"),
                    plural(static_cast<double>(survey.missing.size()), "record"),
                    quoted(wanted, 400), survey.missing.size() > 5 ? " and others" : ""));
  }
  const double other = survey.transfers - survey.of_that_time;
  if (other > 0) {
    finding.limitations.push_back(fmt::format(
        "{} judged by records that are not known to be of its time: who may send for a domain "
        "changes.",
        plural(other, "transfer")));
  }
  if (survey.unchecked > 0) {
    finding.limitations.push_back(fmt::format("{} beyond the limit of one question not looked at.",
                                              plural(survey.unchecked, "transfer")));
  }
  if (const auto left = left_out_of(context, {RecordKind::mail, RecordKind::registration})) {
    finding.limitations.push_back(fmt::format("{} beyond the limit of one question not looked at.",
                                              plural(static_cast<double>(left), "record")));
  }
  finding.limitations.emplace_back(
      "A pass shows that the domain's record allowed this host, which may send for many customers; "
      "a "
      "fail is what every forwarder causes. The client is the one that the log or capture names: "
      "behind a relay of one's own it is the relay.");
}

Finding measure(const MethodContext& context) {
  const std::vector<Transfer> transfers = transfers_of(context);
  if (transfers.empty()) {
    return nothing_to_measure(
        sender_policy_method(), context, "of no transfer with a client's address and a sender",
        "No record tells of mail that an address brought for a sender's domain: the log of the "
        "server that took the mail, or a capture of it, and the domain's SPF records of that time "
        "are needed.");
  }
  const PublishedRecords published(context);
  const Survey survey = survey_of(context, published, transfers);
  Finding finding = make_other_finding(sender_policy_method(), context, "", "spf");
  finding.dedup_rule = "raw rows";
  finding.denominator = fmt::format("of {} with a client's address and a sender",
                                    plural(survey.transfers, "transfer"));
  OtherIndices rows(survey.records.begin(), survey.records.end());
  for (const Transfer& transfer : transfers) rows.push_back(transfer.row);
  std::sort(rows.begin(), rows.end());
  finding.selection = seal_others(context, rows, "transfers, and the records of SPF used");
  add(finding, "transfers", survey.transfers, "transfers");
  std::string results;
  for (int i = 0; i <= static_cast<int>(SpfResult::permerror); ++i) {
    const auto result = static_cast<SpfResult>(i);
    const auto found = survey.counts.find(result);
    const double many = found == survey.counts.end() ? 0 : found->second;
    add(finding, word_of(result), many, "transfers");
    if (many > 0) {
      results +=
          fmt::format("{}{} {}", results.empty() ? "" : ", ", count_text(many), word_of(result));
    }
  }
  add(finding, "by_records_of_that_time", survey.of_that_time, "transfers");
  add(finding, "missing_records", static_cast<double>(survey.missing.size()), "records");
  finding.statement = fmt::format(
      "SPF of {} by the records in evidence: {}; {} by records that "
      "were seen at the transfer's time.",
      plural(survey.transfers, "transfer"), results, count_text(survey.of_that_time));
  add_table(survey, finding);
  say_limits(context, survey, finding);
  const auto has = [&](SpfResult result) { return survey.counts.contains(result); };
  const bool is_decided = has(SpfResult::pass) || has(SpfResult::fail) ||
                          has(SpfResult::softfail) || has(SpfResult::neutral) ||
                          has(SpfResult::permerror);
  finding.outcome = has(SpfResult::fail) || has(SpfResult::softfail) ? Outcome::found
                    : is_decided                                     ? Outcome::measured
                                                                     : Outcome::not_enough;
  return finding;
}

class SenderPolicy : public Method {
 public:
  std::string_view name() const override { return "sender_policy"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "whether SPF records in the evidence allowed the hosts that handed mail over";
  }
  // Transfers are of no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    return {measure(context)};
  }
};

}  // namespace

const Method& sender_policy_method() {
  static const SenderPolicy kMethod;
  return kMethod;
}

}  // namespace assay::methods
