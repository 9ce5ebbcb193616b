// source_sync: do two addresses act as one system; and do two parties, as the control.

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "methods/registry.h"
#include "methods/support/dedup.h"
#include "methods/support/gap_series.h"
#include "methods/support/measure.h"
#include "methods/support/synchrony.h"

namespace assay::methods {
namespace {

constexpr std::size_t kAddresses = 4;  // the busiest; six pairs
constexpr std::size_t kParties = 4;

struct Side {
  std::string subject;
  RowIndices rows;
};

RowIndices united(const RowIndices& a, const RowIndices& b) {
  RowIndices both;
  both.reserve(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

void add_numbers(const Synchrony& sync, Finding& finding) {
  add(finding, "heads_a", static_cast<double>(sync.heads_a), "bursts");
  add(finding, "heads_b", static_cast<double>(sync.heads_b), "bursts");
  add(finding, "shifts", static_cast<double>(sync.shifts), "shifts");
  add(finding, "acts_as_one", sync.acts_as_one ? 1 : 0);
  if (!sync.is_enough) return;
  add(finding, "share_synchronous", sync.synchronous, "", sync.synchronous_range,
      fmt::format("{}, q = 8", kBlockT));
  add(finding, "share_synchronous_null", sync.synchronous_null);
  add(finding, "p_synchronous", sync.p_synchronous);
  if (!sync.has_suppressed) return;
  add(finding, "share_suppressed_window", sync.suppressed);
  add(finding, "share_suppressed_window_null", sync.suppressed_null);
  add(finding, "p_suppressed", sync.p_suppressed);
}

std::string sync_words(const Synchrony& sync) {
  std::string words = fmt::format(
      "{} of the {} of the second begin within {:g} s of one of the first, against {} when it is "
      "shifted by whole days ({})",
      share_text(sync.synchronous), plural(static_cast<double>(sync.heads_b), "burst"),
      kSynchronousSeconds, share_text(sync.synchronous_null), probability_text(sync.p_synchronous));
  if (sync.has_suppressed) {
    words += fmt::format("; {} begin inside the first's TTL, against {} ({})",
                         share_text(sync.suppressed), share_text(sync.suppressed_null),
                         probability_text(sync.p_suppressed));
  }
  return words;
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, const Side& a, const Side& b, bool is_control) {
  Finding finding = make_finding(source_sync_method(), records, context, subject);
  const Ttl ttl = known_ttl(records, context, a.rows);
  const Synchrony sync = synchrony(head_times(records, a.rows), head_times(records, b.rows),
                                   records.window, ttl.seconds);
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.denominator = fmt::format("of the bursts of {}", b.subject);
  finding.parameters["a"] = a.subject;
  finding.parameters["b"] = b.subject;
  finding.parameters["synchronous_seconds"] = fmt::format("{:g}", kSynchronousSeconds);
  finding.parameters["ttl_seconds"] = fmt::format("{:g}", ttl.seconds);
  finding.parameters["ttl_source"] = to_string(ttl.source);
  finding.parameters["null"] = "circular shifts of the second by whole days";
  finding.selection =
      seal(records, united(a.rows, b.rows),
           fmt::format("rows of {} and {} for {}", a.subject, b.subject, target_text(records)));
  add_numbers(sync, finding);
  if (!sync.is_enough) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "{} has {} and {} has {} {}: too few, or too few days, to compare with shifts by whole "
        "days.",
        a.subject, plural(static_cast<double>(sync.heads_a), "burst"), b.subject,
        plural(static_cast<double>(sync.heads_b), "burst"), window_text(records.window));
    return finding;
  }
  finding.outcome = sync.acts_as_one ? Outcome::found : Outcome::nothing_found;
  finding.statement =
      fmt::format("{} and {} {} {}: {}.", a.subject, b.subject,
                  sync.acts_as_one ? (is_control ? "move together" : "act as one system")
                                   : "show no tie beyond their hours of day that this test can "
                                     "tell from chance",
                  window_text(records.window), sync_words(sync));
  finding.limitations.emplace_back(
      is_control
          ? "Two organisations that one mailing reaches, or one sensor records, move together "
            "without any contact between them."
          : "One cache behind two addresses and one client that asks two caches both act as "
            "one; which of them it is cannot be told.");
  finding.limitations.emplace_back(
      "The shifts keep the hour of day but not the weekday or the trend over weeks.");
  return finding;
}

// A party with one address has nothing to compare.
Finding alone(const QuestionRecords& records, const MethodContext& context,
              const AskerGroup& group) {
  Finding finding = make_finding(source_sync_method(), records, context, group.subject);
  finding.outcome = Outcome::not_applicable;
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.denominator = "of no pair";
  finding.selection = seal(records, group.rows,
                           fmt::format("rows of {} for {}", group.subject, target_text(records)));
  finding.statement = fmt::format(
      "{} asked from {} {}, so there is no pair of addresses.", group.subject,
      group.clients.empty() ? "no address" : "one address", window_text(records.window));
  add(finding, "acts_as_one", 0);
  return finding;
}

class SourceSync : public Method {
 public:
  std::string_view name() const override { return "source_sync"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "whether two addresses act as one system, with other parties as the control";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings;
    for (const AskerGroup& party : askers.parties) {
      if (party.clients.size() < 2) {
        findings.push_back(alone(records, context, party));
        continue;
      }
      std::vector<Side> sides;
      for (AskerGroup& address : split_by_address(records, party, kAddresses)) {
        sides.push_back({address.subject, std::move(address.rows)});
      }
      findings.push_back(measure(records, context, party.subject, sides[0], sides[1], false));
      add_pairs(records, context, sides, false, findings);
    }
    std::vector<Side> sides;
    for (const AskerGroup& party : askers.parties) {
      if (!party.rows.empty() && sides.size() < kParties) {
        sides.push_back({party.subject, party.rows});
      }
    }
    add_pairs(records, context, sides, true, findings);
    if (findings.empty()) findings.push_back(alone(records, context, askers.other));
    return findings;
  }

 private:
  static void add_pairs(const QuestionRecords& records, const MethodContext& context,
                        const std::vector<Side>& sides, bool is_control,
                        std::vector<Finding>& findings) {
    for (std::size_t a = 0; a < sides.size(); ++a) {
      for (std::size_t b = a + 1; b < sides.size(); ++b) {
        findings.push_back(measure(records, context,
                                   fmt::format("{}+{}", sides[a].subject, sides[b].subject),
                                   sides[a], sides[b], is_control));
      }
    }
  }
};

}  // namespace

const Method& source_sync_method() {
  static const SourceSync kMethod;
  return kMethod;
}

}  // namespace assay::methods
