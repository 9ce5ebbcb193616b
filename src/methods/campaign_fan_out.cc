// campaign_fan_out: do many unrelated askers ask in the same hours, as after a mailing to many?

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "methods/registry.h"
#include "methods/support/bulk_signs.h"
#include "methods/support/calendar.h"
#include "methods/support/dedup.h"
#include "methods/support/fan_out.h"
#include "methods/support/mailings.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"
#include "methods/support/other_findings.h"

namespace assay::methods {
namespace {

constexpr std::size_t kFewestAskers = 10;
constexpr std::size_t kMostHours = 40'000;  // hours asked in, over all askers; beyond, fewer askers
constexpr std::size_t kListed = 20;
constexpr std::int64_t kHourUs = 3'600 * kMicrosPerSecond;

// Clients of one party are one asker, other clients of one network (IPv4 /24, IPv6 /48) are one.
struct Asker {
  int party = -1;
  std::array<std::uint8_t, 16> network{};
  auto operator<=>(const Asker&) const = default;
};

Asker asker_of(const HostInfo& host) {
  if (host.party >= 0) return {host.party, {}};
  Asker asker{-1, host.address.bytes};
  const std::size_t kept = host.address.is_v4() ? 15 : 6;
  std::fill(asker.network.begin() + static_cast<std::ptrdiff_t>(kept), asker.network.end(), 0);
  return asker;
}

struct Days {
  std::int64_t first = 0;         // number of the first day
  std::vector<bool> is_observed;  // from the first observed day to the last
  double observed = 0;
};

Days days_of(const ObservedTime& observed) {
  const ObservedDays all = ObservedDays::of(observed);
  Days days;
  if (all.count() == 0) return days;
  days.first = all.day(0);
  days.is_observed.assign(static_cast<std::size_t>(all.day(all.count() - 1) - days.first + 1),
                          false);
  for (std::size_t i = 0; i < all.count(); ++i) {
    days.is_observed[static_cast<std::size_t>(all.day(i) - days.first)] = true;
  }
  days.observed = static_cast<double>(all.count());
  return days;
}

struct Askings {
  std::vector<AskerHours> askers;
  double bursts = 0;
  std::size_t one_in = 1;  // of the askers
};

Askings askings_of(const QuestionRecords& records, const RowIndices& rows, const Days& days) {
  std::map<Asker, AskerHours> hours;
  Askings result;
  std::size_t total = 0;
  for (const std::uint32_t index :
       burst_heads(records, rows, group_by_address(records), kBurstSeconds)) {
    const LookupRow& row = records.rows[index];
    if (row.client == 0) continue;
    const std::int64_t hour = row.time_us / kHourUs - days.first * 24;
    if (hour < 0 || static_cast<std::size_t>(hour / 24) >= days.is_observed.size() ||
        !days.is_observed[static_cast<std::size_t>(hour / 24)]) {
      continue;
    }
    result.bursts += 1;
    AskerHours& own = hours[asker_of(records.hosts[row.client])];
    const auto at = static_cast<std::uint32_t>(hour);
    if (!own.empty() && own.back() == at) continue;
    own.push_back(at);
    ++total;
  }
  result.one_in = total / kMostHours + 1;
  std::size_t n = 0;
  for (auto& [asker, own] : hours) {
    if (n++ % result.one_in == 0) result.askers.push_back(std::move(own));
  }
  return result;
}

// --- the finding about look-ups ---

Finding begin(const QuestionRecords& records, const MethodContext& context,
              const RowIndices& rows) {
  Finding finding = make_finding(campaign_fan_out_method(), records, context, "");
  finding.dedup_rule =
      fmt::format("{} of one address; an asker once an hour", bursts_rule(kBurstSeconds));
  finding.denominator = fmt::format(
      "of all {} for {}", plural(static_cast<double>(rows.size()), "row"), target_text(records));
  finding.selection = seal(records, rows, fmt::format("rows for {}", target_text(records)));
  finding.parameters["asker"] = "a party, else a network: IPv4 /24, IPv6 /48";
  finding.parameters["least_askers"] = std::to_string(kFewestAskers);
  return finding;
}

void say_limits(const QuestionRecords& records, const Askings& askings, Finding& finding) {
  auto& says = finding.limitations;
  if (finding.outcome == Outcome::found) {
    says.emplace_back(
        "A mailing to many does this; so do news that many react to, a change of a page or of "
        "software that many use, and an outage that ends. Times alone do not tell them apart: the "
        "sender's mail log does.");
  } else {
    says.emplace_back(
        "A mailing to few, one that is spread over days, or one whose recipients' resolvers still "
        "held the name does not show.");
  }
  says.emplace_back(
      "Only askers that this vantage could see are counted. Networks are taken for unrelated; one "
      "resolver service with addresses in many of them is not.");
  if (askings.one_in > 1) {
    says.push_back(fmt::format("One in {} of the askers was looked at.", askings.one_in));
  }
  say_window(records, finding);
}

std::string hour_text(const Days& days, std::uint32_t hour) {
  return format_utc((days.first * 24 + hour) * kHourUs);
}

void add_hours(const FanOut& result, const Days& days, Finding& finding) {
  Table table{"hours", {"askers", "askers_expected", "score"}, {}, {}};
  for (std::size_t i = 0; i < std::min(result.hours.size(), kListed); ++i) {
    const FanOutHour& hour = result.hours[i];
    table.row_labels.push_back(hour_text(days, hour.hour));
    table.rows.push_back({hour.askers, hour.expected, hour.score});
  }
  finding.tables.push_back(std::move(table));
}

// Of the hours of fan-out, those that begin within three hours after a mailing began.
void add_mailings(const FanOut& result, const Days& days, const MethodContext& context,
                  Finding& finding) {
  const Mailings sent = sent_by_parties(context);
  if (sent.transfers.empty()) return;
  std::set<std::int64_t> hours;
  for (const Mailing& mailing : sent.mailings) hours.insert(mailing.hour);
  double after = 0;
  for (const FanOutHour& hour : result.hours) {
    const std::int64_t at = days.first * 24 + hour.hour;
    const auto last = hours.upper_bound(at);
    after += last != hours.begin() && at - *std::prev(last) <= 3;
  }
  add(finding, "mailings", static_cast<double>(hours.size()), "hours");
  add(finding, "hours_after_mailings", after, "hours");
}

Finding measure_lookups(const QuestionRecords& records, const MethodContext& context) {
  const Askers split = split_by_asker(records, context);
  Finding finding = begin(records, context, split.all);
  const Days days = days_of(ObservedTime::of(records));
  const Askings askings = askings_of(records, split.all, days);
  const double askers = static_cast<double>(askings.askers.size() * askings.one_in);
  add(finding, "askers", askers, "askers");
  add(finding, "bursts", askings.bursts, "bursts");
  const std::size_t weeks = days.is_observed.size() / 7;
  finding.outcome = Outcome::not_enough;
  if (weeks < kFewestWeeks || weeks > kMostWeeks) {
    finding.statement = fmt::format(
        "{} whole weeks were observed {}; {} to {} are wanted to know what an hour of the week "
        "brings by itself.",
        weeks, window_text(records.window), kFewestWeeks, kMostWeeks);
    say_limits(records, askings, finding);
    return finding;
  }
  if (askings.askers.size() < kFewestAskers) {
    finding.statement = fmt::format(
        "{} asked for {} {}; a mailing to many brings many, at least {} are wanted to tell its "
        "hours from chance.",
        plural(askers, "unrelated asker"), target_text(records), window_text(records.window),
        kFewestAskers);
    say_limits(records, askings, finding);
    return finding;
  }
  const FanOut result =
      fan_out(askings.askers, days.is_observed, Random(context.random_seed, finding.id));
  finding.outcome = result.is_found ? Outcome::found : Outcome::nothing_found;
  finding.parameters["null"] = "each asker moved by whole weeks, up to four either way";
  finding.parameters["surrogates"] = std::to_string(kFanOutSurrogates);
  finding.parameters["seed"] = std::to_string(context.random_seed);
  finding.parameters["level"] = fmt::format("{:g}", kFanOutLevel);
  add(finding, "observed_days", days.observed, "days");
  add(finding, "p", result.p);
  add(finding, "fan_out_hours", result.is_found ? static_cast<double>(result.hours.size()) : 0,
      "hours");
  add(finding, "excess_askers", result.is_found ? result.excess : 0, "askers");
  if (result.hours.empty()) {
    finding.statement = fmt::format("No two of the {} that asked for {} {} did so in one hour.",
                                    plural(askers, "unrelated asker"), target_text(records),
                                    window_text(records.window));
    say_limits(records, askings, finding);
    return finding;
  }
  const FanOutHour& top = result.hours.front();
  add(finding, "most_askers_in_an_hour", top.askers, "askers");
  add(finding, "expected_in_that_hour", top.expected, "askers");
  add_hours(result, days, finding);
  if (result.is_found) add_mailings(result, days, context, finding);
  const Quantity* after = finding.quantity("hours_after_mailings");
  finding.statement = fmt::format(
      "{} asked for {} {}; in the hour from {} it was {} of them where {} are expected ({} for the "
      "most uneven hour of all){}.",
      plural(askers, "unrelated asker"), target_text(records), window_text(records.window),
      hour_text(days, top.hour), count_text(top.askers), number_text(top.expected),
      probability_text(result.p),
      result.is_found
          ? fmt::format(": many at once, in {}{}",
                        plural(static_cast<double>(result.hours.size()), "hour"),
                        after == nullptr ? ""
                                         : fmt::format(", {} of them within three hours after a "
                                                       "mailing of a mail log",
                                                       count_text(after->value)))
          : ": no more at once than the week brings by itself");
  say_limits(records, askings, finding);
  return finding;
}

// --- the finding about mail ---

Selection seal_transfers(const Mailings& mailings, const MethodContext& context) {
  SelectionSeal sealed = open_seal(context, "transfers whose sender is of a party of the question");
  for (const MailTransfer& transfer : mailings.transfers) {
    sealed.add(transfer.evidence, transfer.offset, transfer.length);
  }
  return sealed.finish();
}

Finding measure_mail(const Mailings& mailings, const MethodContext& context) {
  QuestionRecords across;
  across.vantage = "across";
  across.window = {mailings.transfers.front().time_us, mailings.transfers.back().time_us + 1};
  Finding finding = make_finding(campaign_fan_out_method(), across, context, "mail");
  const double transfers = static_cast<double>(mailings.transfers.size());
  finding.dedup_rule = "recipients' domains, each once an hour and sender";
  finding.denominator =
      fmt::format("of {} that parties of the question sent", plural(transfers, "transfer"));
  finding.selection = seal_transfers(mailings, context);
  finding.parameters["least_domains"] = fmt::format("{:g}", kFewestDomains);
  finding.parameters["times_usual"] = fmt::format("{:g}", kTimesUsual);
  const std::vector<Mailing>& found = mailings.mailings;
  Table table{"mailings", {"domains", "usual_an_hour"}, {}, {}};
  double most = 0;
  for (const Mailing& one : found) {
    most = std::max(most, one.domains);
    if (table.rows.size() == kListed) continue;
    table.row_labels.push_back(
        fmt::format("{} {}", mailings.domains[one.sender], format_utc(one.hour * kHourUs)));
    table.rows.push_back({one.domains, one.usual});
  }
  add(finding, "transfers", transfers, "transfers");
  add(finding, "mailings", static_cast<double>(found.size()), "hours");
  add(finding, "most_domains_in_an_hour", most, "domains");
  finding.tables.push_back(std::move(table));
  finding.outcome = found.empty() ? Outcome::nothing_found : Outcome::found;
  finding.statement =
      found.empty()
          ? fmt::format(
                "In none of the hours of {} a sender wrote to {:g} domains or more, five "
                "times what is usual for it.",
                plural(transfers, "transfer"), kFewestDomains)
          : fmt::format(
                "In {} a sender wrote to many more domains than is usual for it, to {} in "
                "the fullest: as with mail in bulk ({} in all).",
                plural(static_cast<double>(found.size()), "hour"), count_text(most),
                plural(transfers, "transfer"));
  finding.limitations.emplace_back(
      "Only mail that these logs tell of is counted, by the domain of the envelope's sender, which "
      "the sender writes. A receiver's log sees the part that came to it, and never a mailing's "
      "other recipients.");
  if (mailings.left_out > 0) {
    finding.limitations.push_back(
        fmt::format("{} of mail more were not loaded.",
                    plural(static_cast<double>(mailings.left_out), "record")));
  }
  return finding;
}

class CampaignFanOut : public Method {
 public:
  std::string_view name() const override { return "campaign_fan_out"; }
  std::string_view version() const override { return "3"; }
  std::string_view summary() const override {
    return "whether many unrelated askers ask in the same hours, as after a mailing to many";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    return {measure_lookups(records, context)};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    std::vector<Finding> findings;
    const Mailings sent = sent_by_parties(context);
    if (!sent.transfers.empty()) findings.push_back(measure_mail(sent, context));
    const BulkSenders senders = bulk_senders(context);
    if (!senders.rows.empty()) findings.push_back(bulk_finding(*this, context, senders));
    return findings;
  }
};

}  // namespace

const Method& campaign_fan_out_method() {
  static const CampaignFanOut kMethod;
  return kMethod;
}

}  // namespace assay::methods
