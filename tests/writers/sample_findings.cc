#include <fmt/format.h>

#include <cmath>

#include "sample_case.h"

namespace assay::sample {
namespace {

constexpr Interval kWindow{kBeginS * kMicrosPerSecond,
                           (kBeginS + 142 * 86'400 + 50'190) * kMicrosPerSecond};

// Numbers that look alive and are the same on every machine.
class Dice {
 public:
  int below(int n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<int>((state_ >> 33) % static_cast<std::uint64_t>(n));
  }

 private:
  std::uint64_t state_ = 20'210'504;
};

std::string date_of(int day) {
  return format_utc((kBeginS + day * 86'400LL) * kMicrosPerSecond).substr(0, 10);
}

struct Maker {
  std::string question, vantage;
  Interval window;
  std::vector<Finding> findings;

  Finding& add(std::string method, std::string subject, Outcome outcome, std::string statement,
               std::string variant = "") {
    Finding finding;
    finding.id =
        fmt::format("{}/{}/{}/{}{}{}", question, vantage, method, subject.empty() ? "all" : subject,
                    variant.empty() ? "" : "/", variant);
    finding.method = std::move(method);
    finding.method_version = "1";
    finding.question = question;
    finding.vantage = vantage;
    finding.subject = std::move(subject);
    finding.outcome = outcome;
    finding.statement = std::move(statement);
    finding.window = window;
    finding.dedup_rule = variant == "collapsed" ? "identical rows collapsed"
                         : variant == "bursts"  ? "bursts (60 s)"
                                                : "raw rows";
    finding.denominator = "of all 3,534 rows for news1.sender.example in these files";
    finding.parameters = {{"burst_gap_seconds", "60"}};
    finding.selection = {"rows for news1.sender.example, raw rows",
                         {1, 2, 3},
                         2'820,
                         "5b3f0c6f4f0a5a7f7b1e1f0c0d9e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f",
                         {"dns-1:118204", "dns-2:118370", "dns-1:118502"}};
    finding.limitations = {
        "Rows are queries that reached an authoritative server: what a cache answered is unseen."};
    findings.push_back(std::move(finding));
    return findings.back();
  }
};

struct Asker {
  const char* name;
  double rows, share, low, high;
};
constexpr Asker kAskers[] = {{"Bank", 2'820, 0.798, 0.751, 0.838},
                             {"Clinic", 714, 0.202, 0.162, 0.249},
                             {"Sender", 0, 0, -1, -1},
                             {"other", 49, 0.014, 0.004, 0.024}};
constexpr const char* kAddresses[] = {"192.0.2.17", "192.0.2.18", "198.51.100.7",
                                      "2001:db8:53:1::5353", "203.0.113.201"};

void add_volume(Maker& maker) {
  Dice dice;
  for (const char* variant : {"raw", "collapsed", "bursts"}) {
    Finding& all = maker.add("volume", "", Outcome::measured,
                             "3,583 rows for news1.sender.example from 12 addresses between "
                             "2021-05-04T00:00:00Z and 2021-09-23T13:56:30Z, counted as rows.",
                             variant);
    all.quantities = {{"rows", 3'583, "rows", std::nullopt, ""},
                      {"askers", 12, "addresses", std::nullopt, ""},
                      {"effective_number_of_parties", 1.478, "", std::nullopt, ""}};
    if (std::string_view(variant) == "raw") {
      Table shares{"shares", {"rows", "share", "share_low", "share_high"}, {}, {}};
      Table daily{"daily_counts", {}, {}, {}};
      for (const Asker& asker : kAskers) {
        shares.row_labels.push_back(asker.name);
        shares.rows.push_back({asker.rows, asker.share, asker.low, asker.high});
        daily.columns.push_back(asker.name);
      }
      for (int day = 0; day < kDays; ++day) {
        daily.row_labels.push_back(date_of(day));
        const bool is_silent = day == 80 || day == 81;
        const int busy = day < 50 ? 6 : day < 80 ? 40 : 66;
        daily.rows.push_back({is_silent ? 0.0 : dice.below(busy), is_silent ? 0.0 : dice.below(17),
                              0.0, day % 11 == 0 ? dice.below(4) : 0.0});
      }
      Table addresses{"address_shares", {"rows", "share", "party_index"}, {}, {}};
      for (const char* address : kAddresses) {
        addresses.row_labels.emplace_back(address);
        addresses.rows.push_back({700, 0.2, 0});
      }
      all.tables = {shares, daily, addresses};
    }
    for (const Asker& asker : kAskers) {
      Finding& one = maker.add(
          "volume", asker.name, asker.rows > 0 ? Outcome::measured : Outcome::nothing_found,
          fmt::format("{} made {} of 3,583 rows ({:.1f} %; 95 % block interval {:.1f} % to "
                      "{:.1f} %) for news1.sender.example between 2021-05-04T00:00:00Z and "
                      "2021-09-23T13:56:30Z, counted as {}.",
                      asker.name, asker.rows, 100 * asker.share, 100 * asker.low, 100 * asker.high,
                      variant),
          variant);
      one.quantities = {
          {"rows", asker.rows, "rows", std::nullopt, ""},
          {"rows_total", 3'583, "rows", std::nullopt, ""},
          {"rows_for_others_names", asker.rows, "rows", std::nullopt, ""},
          {"share", asker.share, "", std::pair{asker.low, asker.high},
           "95 % Ibragimov-Mueller block t, q = 8"},
          {"share_if_independent", asker.share, "", std::pair{asker.share - .01, asker.share + .01},
           "95 % Clopper-Pearson, if every row were independent"},
          {"rate_per_day", asker.rows / 142.58, "rows per day", std::nullopt, ""},
          {"dispersion_index", 17.3, "", std::nullopt, ""}};
      one.parameters = {{"first", "2021-05-04T02:11:09Z"}, {"last", "2021-09-23T13:56:29Z"}};
    }
  }
  for (const char* address : kAddresses) {
    maker
        .add("volume", address, Outcome::measured,
             fmt::format("{} made 700 of 3,583 rows (19.5 %) for news1.sender.example.", address),
             "raw")
        .quantities = {{"rows", 700, "rows", std::nullopt, ""}};
  }
}

void add_types_and_bursts(Maker& maker) {
  for (const char* subject : {"", "Bank", "Clinic", "other"}) {
    Finding& types = maker.add("type_profile", subject, Outcome::found,
                               "All 3,583 rows asked for type A and for nothing else.");
    types.quantities = {{"types", 1, "", std::nullopt, ""}, {"share_A", 1, "", std::nullopt, ""}};
    types.parameters = {{"only_type", "A"}, {"types", "A:3583"}};
    types.tables = {{"types", {"rows"}, {"A"}, {{3'583}}}};
  }
  for (const char* subject : {"Bank", "Clinic", "other", "192.0.2.17", "192.0.2.18"}) {
    Finding& bursts = maker.add(
        "bursts", subject,
        std::string_view(subject) == "other" ? Outcome::not_enough : Outcome::found,
        fmt::format("The rows of {} fall into 1,204 bursts of at most 60 s; 41 % of them repeat "
                    "one query at another server within 30 s, as retries do.",
                    subject));
    bursts.quantities = {{"bursts", 1'204, "bursts", std::nullopt, ""},
                         {"share_hopping", 0.93, "", std::nullopt, ""}};
    bursts.tables = {{"burst_sizes", {"size", "bursts"}, {"1", "2"}, {{1, 700}, {2, 504}}},
                     {"burst_widths", {"from", "to", "bursts"}, {"0"}, {{0, 1, 900}}}};
  }
}

void add_gaps(Maker& maker) {
  for (const char* subject : {"Bank", "Clinic", "192.0.2.17", "192.0.2.18"}) {
    Finding& gaps = maker.add(
        "gap_law", subject, Outcome::found,
        fmt::format("After a look-up, {} asked again no sooner than 3,598 s later in 97.9 % of 968 "
                    "gaps; the record's TTL is 3,600 s: the shape of a cache.",
                    subject));
    gaps.quantities = {{"cache_shaped", 1, "", std::nullopt, ""},
                       {"clock_shaped", 0, "", std::nullopt, ""},
                       {"ttl_seconds", 3'600, "s", std::nullopt, ""},
                       {"gaps", 968, "gaps", std::nullopt, ""},
                       {"gap_seconds_median", 5'163, "s", std::nullopt, ""},
                       {"share_below_ttl", 0.021, "", std::nullopt, ""},
                       {"demand_per_ttl", 1.7, "", std::pair{1.2, 2.4}, "95 % profile likelihood"}};
    gaps.parameters = {{"ttl_source", "stated"}, {"series", "pooled"}};
    Table histogram{"gap_histogram", {"gap_seconds_from", "gap_seconds_to", "gaps"}, {}, {}};
    for (int bin = 0; bin < 180; ++bin) {
      const double gaps_in = bin < 60 ? bin % 9 == 4 : std::floor(260 * std::exp((60 - bin) / 3.0));
      histogram.row_labels.push_back(fmt::format("{} s to {} s", 60 * bin, 60 * bin + 60));
      histogram.rows.push_back({60.0 * bin, 60.0 * bin + 60, gaps_in});
    }
    histogram.row_labels.push_back("10800 s to 432254 s");
    histogram.rows.push_back({10'800, 432'254, 153});
    gaps.tables = {histogram};
  }
  maker.add("gap_law", "other", Outcome::not_enough, "Too few gaps of clients of no named party.");
}

void add_sync_and_silence(Maker& maker) {
  for (const char* subject : {"Bank", "192.0.2.17+192.0.2.18"}) {
    Finding& sync =
        maker.add("source_sync", subject, Outcome::found,
                  "Two addresses of Bank ask within 5 s of each other 62 % of the time, against "
                  "1.4 % when one of them is shifted: they act as one system.");
    sync.quantities = {{"acts_as_one", 1, "", std::nullopt, ""},
                       {"share_synchronous", 0.62, "", std::nullopt, ""},
                       {"p_synchronous", 0.0005, "", std::nullopt, ""}};
  }
  maker.add("source_sync", "Bank+Clinic", Outcome::nothing_found,
            "Bank and Clinic do not move together more than chance explains.");
  maker.add("source_sync", "Clinic", Outcome::not_applicable, "Clinic asks from one address.");
  Finding& silence = maker.add(
      "coverage_gaps", "", Outcome::found,
      "All sources fell silent together for 49.2 hours from 2021-07-23T00:11:04Z; unrelated "
      "sources would do so by chance with p = 0.00002: ask the collector first.");
  silence.quantities = {{"silence_seconds", 177'120, "s", std::nullopt, ""},
                        {"p_joint", 0.00002, "", std::nullopt, ""},
                        {"sources_silent", 3, "sources", std::nullopt, ""}};
  silence.parameters = {{"begin", "2021-07-23T00:11:04Z"}, {"end", "2021-07-25T01:23:04Z"}};
  const double day = 86'400, begin = kBeginS;
  silence.tables = {
      {"silences",
       {"begin_s", "end_s", "hours", "sources_silent", "p_joint", "background_rows"},
       {"2021-07-23"},
       {{begin + 80 * day, begin + 82 * day, 49.2, 3, 0.00002, 0}}},
      {"declared_gaps", {"begin_s", "end_s"}, {"1"}, {{begin + 120 * day, begin + 123 * day}}},
      {"declared_coverage",
       {"begin_s", "end_s"},
       {"1", "2"},
       {{begin, begin + 120 * day}, {begin + 123 * day, begin + 143 * day}}}};
}

void add_calendar(Maker& maker) {
  Dice dice;
  for (const auto& [subject, zone] :
       {std::pair{"Bank", "Europe/Berlin"}, std::pair{"Clinic", "America/New_York"}}) {
    Finding& rhythm = maker.add(
        "day_hour", subject,
        std::string_view(subject) == "Bank" ? Outcome::nothing_found : Outcome::found,
        fmt::format("No daily rhythm in the bursts of {} (p = 0.31, zone {}).", subject, zone));
    rhythm.quantities = {{"p_daily_rhythm", 0.31, "", std::nullopt, ""},
                         {"peak_hour", 14, "h", std::nullopt, ""}};
    rhythm.parameters = {{"zone", zone}, {"office_hours", "08-18"}};
    Table raster{"day_hour", {}, {}, {}}, hours{"hour_of_day", {"bursts", "rows"}, {}, {}};
    for (int hour = 0; hour < 24; ++hour) {
      raster.columns.push_back(fmt::format("{:02}", hour));
      hours.row_labels.push_back(fmt::format("{:02}", hour));
      hours.rows.push_back({50.0 + dice.below(20), 110.0 + dice.below(40)});
    }
    for (int day = 0; day < kDays; ++day) {
      raster.row_labels.push_back(date_of(day));
      std::vector<double>& row = raster.rows.emplace_back();
      for (int hour = 0; hour < 24; ++hour) {
        row.push_back(day == 80 || day == 81 || dice.below(100) > day / 2 ? 0 : 1 + dice.below(2));
      }
    }
    rhythm.tables = {
        raster, hours, {"weekday", {"bursts", "rows", "days"}, {"Mon"}, {{170, 400, 21}}}};
    Finding& changes = maker.add("change_points", subject, Outcome::found,
                                 fmt::format("The rate of {} changed 2 times.", subject));
    changes.tables = {
        {"changes",
         {"time_s", "low_s", "high_s", "rate_before", "rate_after", "in_gap", "p"},
         {"2021-06-23", "2021-07-25"},
         {{kBeginS + 50 * 86'400.0, kBeginS + 48 * 86'400.0, kBeginS + 52 * 86'400.0, 3, 20, 0, 0},
          {kBeginS + 82 * 86'400.0, kBeginS + 80 * 86'400.0, kBeginS + 83 * 86'400.0, 20, 34, 1,
           0}}}};
  }
}

void add_rest(Maker& maker) {
  maker
      .add("suffix_leak", "", Outcome::found,
           "5 rows ask for news1.sender.example with Bank's search suffix corp.bank.example run "
           "on, each within 2 s after the name alone had failed.")
      .quantities = {{"rows", 5, "rows", std::nullopt, ""},
                     {"rows_known_suffix", 5, "rows", std::nullopt, ""}};
  maker.add("duplicates", "", Outcome::nothing_found, "No block of rows stands twice.")
      .quantities = {{"exact_duplicates", 0, "rows", std::nullopt, ""}};
  maker.add("duplicates", "dns-1+dns-2", Outcome::nothing_found, "No event stands in both files.");
  maker.add("coverage", "dns", Outcome::measured,
            "3 evidences hold look-ups; coverage of 97.9 % of the window is declared, not "
            "complete.");
  for (const char* kind : {"flow", "mail", "message"}) {
    maker.add("coverage", kind, Outcome::nothing_found,
              fmt::format("No evidence of the kind '{}' is in the case.", kind));
  }
  maker
      .add("exclusivity", "", Outcome::measured,
           "9 addresses outside the named parties made 49 of 3,583 rows (1.4 %).")
      .quantities = {{"outside_askers", 9, "addresses", std::nullopt, ""},
                     {"outside_rows", 49, "rows", std::nullopt, ""},
                     {"named_askers", 3, "addresses", std::nullopt, ""},
                     {"complete_coverage", 0, "", std::nullopt, ""}};
  maker.add("server_balance", "Bank", Outcome::nothing_found, "Servers are chosen evenly.");
  maker.add("digit_pattern", "", Outcome::nothing_found, "Seconds are spread evenly.");
}

}  // namespace

std::vector<Finding> list_findings() {
  Maker maker{"list", "authoritative", kWindow, {}};
  add_volume(maker);
  add_types_and_bursts(maker);
  add_gaps(maker);
  add_sync_and_silence(maker);
  add_calendar(maker);
  add_rest(maker);
  return std::move(maker.findings);
}

std::vector<Finding> lab_findings() {
  Maker maker{"lab", "resolver", {kWindow.begin_us, kWindow.begin_us + 300 * kMicrosPerSecond}, {}};
  maker.add("volume", "Bank", Outcome::measured, "Bank made 12 of 12 rows.", "raw").quantities = {
      {"rows", 12, "rows", std::nullopt, ""}};
  maker.add("gap_law", "Bank", Outcome::not_enough, "Bank: 3 gaps are too few.");
  maker.add("day_hour", "Bank", Outcome::not_enough, "Bank: less than 7 days.");
  return std::move(maker.findings);
}

}  // namespace assay::sample
