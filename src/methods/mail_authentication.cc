// mail_authentication: which signatures of messages at rest verify with keys that lie in the
// evidence, and what the times of those keys allow to say.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "methods/registry.h"
#include "methods/support/dkim_verdict.h"
#include "methods/support/mail_words.h"
#include "methods/support/measure.h"
#include "methods/support/other_findings.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostDomains = 12;  // with a finding of their own
constexpr std::size_t kListed = 50;

// One signature of one message.
struct Signed {
  std::uint32_t row = 0;
  DkimVerdict verdict;
  bool is_of_author = false;  // From names the signing domain, one above it or one within it
};

struct Messages {
  OtherIndices rows;
  std::vector<Signed> all;
  double with_signature = 0, without_field = 0;
};

struct Counts {
  std::map<DkimResult, double> of;
  double covered = 0, other_time = 0, undated = 0;  // of those that verify
  double weak = 0, sha1 = 0, part = 0, expired = 0, testing = 0, open = 0, of_author = 0;
  std::set<std::uint32_t> messages, verified_messages;
};

bool is_shown(const DkimVerdict& verdict) {
  return verdict.result == DkimResult::pass || verdict.result == DkimResult::body_changed;
}

std::string place_of(const MethodContext& context, std::uint32_t index) {
  const OtherRow& row = context.others->rows[index];
  const Evidence* evidence = evidence_numbered(context, row.evidence);
  return fmt::format("{}:{}", evidence ? evidence->id : std::to_string(row.evidence),
                     row.row.offset);
}

// When the topmost server took each message, by (evidence, record number).
std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> taken_times(
    const MethodContext& context) {
  static const FieldId kIndex = field_id("hop_index");
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> taken;
  for (const OtherRow& row : context.others->rows) {
    if (row.row.kind != RecordKind::hop || !row.is_dated() || row.field(kIndex) != "1") continue;
    taken[{row.evidence, row.row.number - 1}] = row.row.time_us;  // hops stand behind their message
  }
  return taken;
}

Messages messages_of(const MethodContext& context, const PublishedRecords& published) {
  static const FieldId kCheck = field_id("dkim_check"), kDomain = field_id("dkim_domain"),
                       kFrom = field_id("header_from");
  Messages found;
  if (context.others == nullptr) return found;
  const auto taken = taken_times(context);
  DkimVerifier verifier(published);
  const auto& rows = context.others->rows;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const OtherRow& row = rows[i];
    if (row.row.kind != RecordKind::message) continue;
    found.rows.push_back(i);
    const auto at = taken.find({row.evidence, row.row.number});
    const std::optional<std::int64_t> taken_us =
        at == taken.end() ? std::nullopt : std::optional(at->second);
    const std::string author = mail_domain(row.field(kFrom));
    bool has_check = false;
    for (const auto& [field, text] : row.fields) {
      if (field != kCheck) continue;
      has_check = true;
      Signed each{i, verifier.verify(text, row.row.time_us, taken_us), false};
      // The time of a message without a date says nothing of its key's.
      if (!row.is_dated()) each.verdict.timeliness = Timeliness::undated;
      const std::string& domain = each.verdict.domain;
      each.is_of_author = !author.empty() && !domain.empty() &&
                          (is_within(author, domain) || is_within(domain, author));
      found.all.push_back(std::move(each));
    }
    found.with_signature += has_check;
    found.without_field += !has_check && !row.field(kDomain).empty();
  }
  return found;
}

Counts count(const std::vector<const Signed*>& all) {
  Counts counts;
  for (const Signed* each : all) {
    const DkimVerdict& verdict = each->verdict;
    counts.of[verdict.result] += 1;
    counts.messages.insert(each->row);
    counts.of_author += each->is_of_author;
    counts.sha1 += verdict.is_sha1;
    counts.part += verdict.is_part;
    counts.expired += verdict.is_expired;
    if (!is_shown(verdict)) continue;
    if (verdict.result == DkimResult::pass) counts.verified_messages.insert(each->row);
    counts.covered += verdict.timeliness == Timeliness::covers;
    counts.undated += verdict.timeliness == Timeliness::undated;
    counts.other_time +=
        verdict.timeliness == Timeliness::before || verdict.timeliness == Timeliness::after;
    counts.weak +=
        verdict.key_bits > 0 && verdict.key_bits < kSafeRsaBits && verdict.key_bits != 256;
    counts.testing += verdict.is_testing;
    counts.open += !verdict.open.empty();
  }
  return counts;
}

double of(const Counts& counts, DkimResult result) {
  const auto found = counts.of.find(result);
  return found == counts.of.end() ? 0 : found->second;
}

void add_numbers(const Counts& counts, double signatures, Finding& finding) {
  add(finding, "messages", static_cast<double>(counts.messages.size()), "messages");
  add(finding, "signatures", signatures, "signatures");
  add(finding, "verified", of(counts, DkimResult::pass), "signatures");
  add(finding, "verified_messages", static_cast<double>(counts.verified_messages.size()),
      "messages");
  add(finding, "body_changed", of(counts, DkimResult::body_changed), "signatures");
  add(finding, "refused", of(counts, DkimResult::refused), "signatures");
  add(finding, "undecided", of(counts, DkimResult::undecided), "signatures");
  add(finding, "no_key", of(counts, DkimResult::no_key), "signatures");
  add(finding, "no_usable_key", of(counts, DkimResult::no_usable_key), "signatures");
  add(finding, "not_checkable", of(counts, DkimResult::not_checkable), "signatures");
  add(finding, "key_of_that_time", counts.covered, "signatures");
  add(finding, "key_of_another_time", counts.other_time, "signatures");
  add(finding, "key_undated", counts.undated, "signatures");
  add(finding, "key_below_2048_bits", counts.weak, "signatures");
  add(finding, "sha1", counts.sha1, "signatures");
  add(finding, "part_of_the_body", counts.part, "signatures");
  add(finding, "expired", counts.expired, "signatures");
  add(finding, "testing_key", counts.testing, "signatures");
  add(finding, "shown_fields_unsigned", counts.open, "signatures");
  add(finding, "of_the_author_domain", counts.of_author, "signatures");
}

std::string key_text(const MethodContext& context, const DkimVerdict& verdict, std::int64_t at_us) {
  if (verdict.key == nullptr) return "";
  const std::string where = place_of(context, verdict.key->rows.front());
  switch (timeliness(*verdict.key, at_us)) {
    case Timeliness::covers:
      return fmt::format("key record {}, seen at that time", where);
    case Timeliness::undated:
      return fmt::format("key record {} of no known time", where);
    default:
      return fmt::format("key record {}, seen {}", where, window_text(verdict.key->seen));
  }
}

void add_table(const MethodContext& context, const std::vector<const Signed*>& all,
               Finding& finding) {
  Table table{"signatures", {"verified", "key_bits", "days_to_key", "uncovered_bytes"}, {}, {}};
  for (const Signed* each : all) {
    if (table.rows.size() == kListed) break;
    const DkimVerdict& verdict = each->verdict;
    const OtherRow& row = context.others->rows[each->row];
    std::string label = fmt::format("{} {}._domainkey.{}: {}", place_of(context, each->row),
                                    verdict.selector, verdict.domain, words_of(verdict.result));
    if (!verdict.why.empty()) label += fmt::format(" ({})", verdict.why);
    if (verdict.key) label += "; " + key_text(context, verdict, row.row.time_us);
    if (!verdict.open.empty()) label += "; not signed: " + verdict.open;
    if (verdict.is_part) label += "; signs a part of the body (l=)";
    if (verdict.is_expired) label += "; expired (x=)";
    const bool has_times = verdict.key && row.is_dated();
    table.row_labels.push_back(quoted(label, 400));
    table.rows.push_back({verdict.result == DkimResult::pass ? 1.0 : 0.0,
                          static_cast<double>(verdict.key_bits),
                          has_times ? seconds_away(*verdict.key, row.row.time_us) / 86'400 : 0.0,
                          verdict.uncovered_bytes});
  }
  if (!table.rows.empty()) finding.tables.push_back(std::move(table));
}

void say_limits(const MethodContext& context, const Counts& counts, Finding& finding) {
  const auto say = [&](double many, std::string_view what) {
    if (many > 0) {
      finding.limitations.push_back(fmt::format("{} {}.", plural(many, "signature"), what));
    }
  };
  say(counts.other_time,
      "verified by a key that was seen at another time only: whoever held that key made it, and "
      "that the domain published it at the message's time is not in evidence");
  say(counts.undated,
      "verified by a key record of no known time, or on a message of none: a key that was given "
      "up, or made public later, can sign a text with any date");
  say(of(counts, DkimResult::undecided),
      "not verified by the keys in evidence, none of which was seen at the message's time: after a "
      "change of keys this is what a sound signature looks like, so it shows nothing");
  say(of(counts, DkimResult::no_key),
      "without a key record in evidence: TXT records of those names and of that time are needed");
  say(counts.weak, "by keys below 2,048 bits, which a determined party may have broken");
  say(counts.sha1, "with SHA-1, which no receiver should count any more (RFC 8301)");
  say(counts.part, "over a part of the body alone (l=): anything may have been added behind it");
  say(counts.expired, "past their own end (x=) when the message was taken");
  say(counts.testing, "by keys that their domain calls a test (t=y)");
  say(counts.open, "left fields unsigned that a person reads; they may be another's");
  if (const auto left = left_out_of(context, {RecordKind::message, RecordKind::registration})) {
    finding.limitations.push_back(
        fmt::format("{} beyond the limit of one question were not looked at.",
                    plural(static_cast<double>(left), "record")));
  }
  finding.limitations.emplace_back(
      "A signature that verifies shows that a holder of the key signed this text, not who held it, "
      "nor that the message was sent to anybody or read; a signed message can be sent again by "
      "others. The date in it is the signer's own word.");
}

OtherIndices rows_of(const std::vector<const Signed*>& all) {
  OtherIndices rows;
  for (const Signed* each : all) {
    rows.push_back(each->row);
    if (each->verdict.key == nullptr) continue;
    rows.insert(rows.end(), each->verdict.key->rows.begin(), each->verdict.key->rows.end());
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

Outcome outcome_of(const Counts& counts, double signatures) {
  if (of(counts, DkimResult::pass) > 0) return Outcome::found;
  if (of(counts, DkimResult::refused) + of(counts, DkimResult::body_changed) > 0) {
    return Outcome::nothing_found;
  }
  return signatures > 0 ? Outcome::not_enough : Outcome::not_applicable;
}

std::string results_text(const Counts& counts) {
  std::string text;
  for (std::size_t i = 0; i < kDkimResults; ++i) {
    const auto result = static_cast<DkimResult>(i);
    if (of(counts, result) == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(of(counts, result)),
                        words_of(result));
  }
  return text;
}

Finding measure_domain(const MethodContext& context, const std::string& domain,
                       const std::vector<const Signed*>& all) {
  Finding finding = make_other_finding(mail_authentication_method(), context, domain, "dkim");
  const Counts counts = count(all);
  const auto signatures = static_cast<double>(all.size());
  finding.dedup_rule = "raw rows";
  finding.denominator = fmt::format("of {} of {}", plural(signatures, "DKIM signature"), domain);
  finding.selection = seal_others(
      context, rows_of(all), fmt::format("messages signed by {} and the key records used", domain));
  add_numbers(counts, signatures, finding);
  finding.outcome = outcome_of(counts, signatures);
  finding.statement = fmt::format(
      "Of {} of {} on {}: {}.", plural(signatures, "DKIM signature"), domain,
      plural(static_cast<double>(counts.messages.size()), "message"), results_text(counts));
  if (counts.covered + counts.other_time + counts.undated > 0) {
    finding.statement += fmt::format(
        " Of those that verify, the key was seen at the message's time for {}, at another time for "
        "{}, at no known time for {}.",
        count_text(counts.covered), count_text(counts.other_time), count_text(counts.undated));
  }
  add_table(context, all, finding);
  say_limits(context, counts, finding);
  return finding;
}

Finding measure_all(const MethodContext& context, const Messages& messages) {
  Finding finding = make_other_finding(mail_authentication_method(), context, "", "dkim");
  std::vector<const Signed*> all;
  for (const Signed& each : messages.all) all.push_back(&each);
  const Counts counts = count(all);
  const auto total = static_cast<double>(messages.rows.size());
  finding.dedup_rule = "raw rows";
  finding.denominator = fmt::format("of {} at rest", plural(total, "message"));
  finding.selection = seal_others(context, messages.rows, "messages at rest");
  add_numbers(counts, static_cast<double>(all.size()), finding);
  add(finding, "all_messages", total, "messages");
  add(finding, "without_signature", total - messages.with_signature, "messages");
  finding.outcome = outcome_of(counts, static_cast<double>(all.size()));
  if (all.empty()) {
    finding.statement = fmt::format(
        "None of {} bears a DKIM signature that was kept, so no key can be tried. A mailbox with "
        "whole headers, and the signing domain's key records of that time, are needed.",
        plural(total, "message"));
    return finding;
  }
  finding.statement = fmt::format(
      "{} of {} bear {}: {}.", count_text(messages.with_signature), plural(total, "message"),
      plural(static_cast<double>(all.size()), "DKIM signature"), results_text(counts));
  say_limits(context, counts, finding);
  return finding;
}

class MailAuthentication : public Method {
 public:
  std::string_view name() const override { return "mail_authentication"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "which DKIM signatures verify with keys in the evidence, and of what time those are";
  }
  // Messages at rest are of no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    const PublishedRecords published(context);
    const Messages messages = messages_of(context, published);
    std::vector<Finding> findings{
        messages.rows.empty()
            ? nothing_to_measure(
                  *this, context, "of no message at rest",
                  "No message at rest belongs to this question: a mailbox with whole "
                  "headers, and the signing domains' key records of that time, are "
                  "needed to tell who signed what.")
            : measure_all(context, messages)};
    std::map<std::string, std::vector<const Signed*>> by_domain;
    for (const Signed& each : messages.all) {
      std::string domain;
      if (!canonicalise_name(each.verdict.domain, domain)) by_domain[domain].push_back(&each);
    }
    std::vector<std::pair<std::string, std::vector<const Signed*>>> ordered(by_domain.begin(),
                                                                            by_domain.end());
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
      return a.second.size() > b.second.size();
    });
    if (ordered.size() > kMostDomains) {
      findings.front().limitations.push_back(
          fmt::format("{} signed; those with most signatures have findings of their own.",
                      plural(static_cast<double>(ordered.size()), "domain")));
      ordered.resize(kMostDomains);
    }
    for (const auto& [domain, all] : ordered) {
      findings.push_back(measure_domain(context, domain, all));
    }
    return findings;
  }
};

}  // namespace

const Method& mail_authentication_method() {
  static const MailAuthentication kMethod;
  return kMethod;
}

}  // namespace assay::methods
