// author_policy: whether DKIM or SPF of a message speaks for the domain in its From field, and what
// that domain asked receivers to do where neither does (DMARC, RFC 7489).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "core/ascii.h"
#include "core/tag_list.h"
#include "methods/registry.h"
#include "methods/support/dkim_verdict.h"
#include "methods/support/mail_words.h"
#include "methods/support/measure.h"
#include "methods/support/other_findings.h"
#include "methods/support/received_chains.h"
#include "methods/support/spf_evidence.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostMessages = 20'000;
constexpr std::size_t kMostZones = 8;  // that are walked up from an author's domain
constexpr std::size_t kListed = 40;

enum class Result { by_dkim, by_spf, fail, undecided, no_policy, no_author };
constexpr std::size_t kResults = 6;
constexpr std::array<std::string_view, kResults> kWords = {
    "aligned by DKIM", "aligned by SPF alone", "aligned by neither",
    "undecided",       "without a policy",     "without one author's domain"};
constexpr std::array<std::string_view, kResults> kNames = {
    "aligned_by_dkim", "aligned_by_spf_alone", "not_aligned",
    "undecided",       "without_policy",       "without_author_domain"};

struct Policy {
  std::string zone;  // that published it
  const Published* record = nullptr;
  Timeliness when = Timeliness::undated;
  bool is_strict_dkim = false, is_strict_spf = false;
  std::string asked;  // "none", "quarantine", "reject"
};

struct Judged {
  std::uint32_t row = 0;
  std::string author, why;
  Result result = Result::undecided;
  Policy policy;
};

// Within one organisation: the policy's zone holds both, or one domain holds the other. What a
// registry delegates under (co.uk) signs nothing, so no list of such suffixes is asked.
bool is_aligned(const std::string& author, const std::string& domain, const Policy& policy,
                bool is_strict) {
  if (domain.empty() || author.empty()) return false;
  if (domain == author) return true;
  if (is_strict || labels_of(domain).size() < 2) return false;
  return is_within(author, domain) || is_within(domain, author) ||
         (is_within(author, policy.zone) && is_within(domain, policy.zone));
}

class Judge {
 public:
  explicit Judge(const MethodContext& context)
      : context_(context), published_(context), dkim_(published_), spf_(published_) {
    for (Chain& chain : chains_of(context)) chains_.emplace(chain.message, std::move(chain));
  }

  Judged judge(std::uint32_t index) {
    static const FieldId kFrom = field_id("header_from");
    const OtherRow& row = context_.others->rows[index];
    Judged judged;
    judged.row = index;
    const auto authors = std::count_if(row.fields.begin(), row.fields.end(),
                                       [](const auto& field) { return field.first == kFrom; });
    judged.author = mail_domain(row.field(kFrom));
    if (authors != 1 || judged.author.empty()) {
      judged.result = Result::no_author;
      return judged;
    }
    if (!find_policy(judged, row)) return judged;
    bool is_open = false;
    if (is_signed(judged, row, is_open)) {
      judged.result = Result::by_dkim;
    } else if (is_sent(judged, row, is_open)) {
      judged.result = Result::by_spf;
    } else {
      judged.result = is_open ? Result::undecided : Result::fail;
    }
    return judged;
  }

 private:
  // From the author's domain up. A zone that is wholly there and has none is known to have none.
  bool find_policy(Judged& judged, const OtherRow& row) {
    std::string_view zone = judged.author;
    for (std::size_t step = 0; step < kMostZones && labels_of(zone).size() > 1; ++step) {
      const std::string name = fmt::format("_dmarc.{}", zone);
      for (const Published* record : at_time(published_.of(name, kTypeTxt), row.row.time_us)) {
        const TagList tags(record->text);
        if (tags["v"] != "DMARC1") continue;
        const bool is_own = zone == judged.author;
        const std::string_view asked = is_own || !tags.has("sp") ? tags["p"] : tags["sp"];
        judged.policy = {std::string(zone),
                         record,
                         timeliness(*record, row.row.time_us),
                         tags["adkim"] == "s",
                         tags["aspf"] == "s",
                         lower_text(asked.substr(0, 20))};
        if (!row.is_dated()) judged.policy.when = Timeliness::undated;
        return true;
      }
      zone.remove_prefix(labels_of(zone).front().size() + 1);
    }
    judged.result = published_.has_zone_of(judged.author) ? Result::no_policy : Result::undecided;
    judged.why = fmt::format("TXT of _dmarc.{} is not in evidence", judged.author);
    return false;
  }

  bool is_signed(Judged& judged, const OtherRow& row, bool& is_open) {
    static const FieldId kCheck = field_id("dkim_check");
    for (const auto& [field, text] : row.fields) {
      if (field != kCheck) continue;
      const DkimVerdict verdict = dkim_.verify(text, row.row.time_us, std::nullopt);
      const bool fits =
          is_aligned(judged.author, verdict.domain, judged.policy, judged.policy.is_strict_dkim);
      if (!fits) continue;
      if (verdict.result == DkimResult::pass) return true;
      if (verdict.result == DkimResult::no_key || verdict.result == DkimResult::undecided) {
        is_open = true;
        judged.why = fmt::format("no key of that time for {}._domainkey.{}", verdict.selector,
                                 verdict.domain);
      }
    }
    return false;
  }

  bool is_sent(Judged& judged, const OtherRow& row, bool& is_open) {
    static const FieldId kReturn = field_id("return_path"), kEnvelope = field_id("envelope_from"),
                         kHelo = field_id("helo");
    const auto chain = chains_.find(judged.row);
    const ChainHop* handover = chain == chains_.end() ? nullptr : chain->second.handover();
    const OtherRow* hop = handover ? &context_.others->rows[handover->row] : nullptr;
    std::string sender(row.field(kReturn).empty() ? row.field(kEnvelope) : row.field(kReturn));
    if (sender.starts_with('<')) sender = sender.substr(1, sender.find('>') - 1);
    if (hop && sender.empty()) sender = "postmaster@" + std::string(hop->field(kHelo));
    const std::string domain = mail_domain(sender);
    if (!hop || hop->client.is_unspecified() || domain.empty()) {
      is_open = true;
      if (judged.why.empty()) judged.why = "no stated party's field tells who handed it over";
      return false;
    }
    if (!is_aligned(judged.author, domain, judged.policy, judged.policy.is_strict_spf))
      return false;
    const SpfVerdict verdict = spf_.check({hop->client, sender, std::string(hop->field(kHelo))},
                                          row.row.time_us, row.is_dated());
    if (verdict.result == SpfResult::temperror) {
      is_open = true;
      judged.why = fmt::format("{} is not in evidence", verdict.missing);
    }
    return verdict.result == SpfResult::pass;
  }

  const MethodContext& context_;
  PublishedRecords published_;
  DkimVerifier dkim_;
  SpfChecker spf_;
  std::map<std::uint32_t, Chain> chains_;
};

std::string place_of(const MethodContext& context, std::uint32_t index) {
  const OtherRow& row = context.others->rows[index];
  const Evidence* evidence = evidence_numbered(context, row.evidence);
  return fmt::format("{}:{}", evidence ? evidence->id : std::to_string(row.evidence),
                     row.row.offset);
}

void add_table(const MethodContext& context, const std::vector<Judged>& all, Finding& finding) {
  Table table{"not_aligned", {"policy_of_that_time"}, {}, {}};
  for (const Judged& judged : all) {
    if (table.rows.size() == kListed) break;
    if (judged.result != Result::fail && judged.result != Result::undecided) continue;
    std::string label = fmt::format("{} from {}: {}", place_of(context, judged.row), judged.author,
                                    kWords[static_cast<std::size_t>(judged.result)]);
    if (judged.policy.record) {
      label += fmt::format(", policy of {}: {}", judged.policy.zone, judged.policy.asked);
    }
    if (!judged.why.empty()) label += "; " + judged.why;
    table.row_labels.push_back(quoted(label, 300));
    table.rows.push_back({judged.policy.when == Timeliness::covers ? 1.0 : 0.0});
  }
  if (!table.rows.empty()) finding.tables.push_back(std::move(table));
}

Finding measure(const MethodContext& context) {
  OtherIndices rows;
  double beyond = 0;
  for (std::uint32_t i = 0; context.others && i < context.others->rows.size(); ++i) {
    if (context.others->rows[i].row.kind != RecordKind::message) continue;
    if (rows.size() < kMostMessages) {
      rows.push_back(i);
    } else {
      beyond += 1;
    }
  }
  if (rows.empty()) {
    return nothing_to_measure(author_policy_method(), context, "of no message at rest",
                              "No message at rest belongs to this question: a mailbox, the "
                              "author's domain's DMARC record "
                              "of that time and what SPF and DKIM need are wanted.");
  }
  Judge judge(context);
  std::vector<Judged> all;
  std::array<double, kResults> counts{};
  double of_that_time = 0, enforced = 0;
  std::set<std::uint32_t> sealed(rows.begin(), rows.end());
  for (const std::uint32_t index : rows) {
    all.push_back(judge.judge(index));
    const Judged& judged = all.back();
    counts[static_cast<std::size_t>(judged.result)] += 1;
    if (!judged.policy.record) continue;
    sealed.insert(judged.policy.record->rows.begin(), judged.policy.record->rows.end());
    of_that_time += judged.policy.when == Timeliness::covers;
    enforced += judged.result == Result::fail && judged.policy.asked != "none";
  }
  Finding finding = make_other_finding(author_policy_method(), context, "", "dmarc");
  const auto messages = static_cast<double>(rows.size());
  finding.dedup_rule = "raw rows";
  finding.denominator = fmt::format("of {} at rest", plural(messages, "message"));
  finding.selection = seal_others(context, OtherIndices(sealed.begin(), sealed.end()),
                                  "messages at rest and the DMARC records used");
  add(finding, "messages", messages, "messages");
  std::string results;
  for (std::size_t i = 0; i < kResults; ++i) {
    add(finding, kNames[i], counts[i], "messages");
    if (counts[i] == 0) continue;
    results +=
        fmt::format("{}{} {}", results.empty() ? "" : ", ", count_text(counts[i]), kWords[i]);
  }
  add(finding, "policy_of_that_time", of_that_time, "messages");
  add(finding, "not_aligned_under_a_strict_policy", enforced, "messages");
  finding.statement = fmt::format(
      "DMARC of {} by the records in evidence: {}; the policy was seen at the message's time for "
      "{}.",
      plural(messages, "message"), results, count_text(of_that_time));
  add_table(context, all, finding);
  if (beyond > 0 || left_out_of(context, {RecordKind::message, RecordKind::registration}) > 0) {
    finding.limitations.emplace_back(
        "Records beyond the limit of one question were not looked at.");
  }
  finding.limitations.emplace_back(
      "Aligned shows that the domain in From signed the message or allowed its host, not who wrote "
      "it. Not aligned is what lists and forwarders cause as well as forgers. What the receiver "
      "did "
      "is in its own log; ARC, by which some let such mail in, is not evaluated.");
  const double judged = counts[0] + counts[1] + counts[2];
  finding.outcome = counts[2] > 0 ? Outcome::found
                    : judged > 0  ? Outcome::measured
                                  : Outcome::not_enough;
  return finding;
}

class AuthorPolicy : public Method {
 public:
  std::string_view name() const override { return "author_policy"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "whether DKIM or SPF speaks for the domain in From, and that domain's policy (DMARC)";
  }
  // Messages at rest are of no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    return {measure(context)};
  }
};

}  // namespace

const Method& author_policy_method() {
  static const AuthorPolicy kMethod;
  return kMethod;
}

}  // namespace assay::methods
