// Finding: one measured statement, with everything that another expert needs to measure it again.
//
// A method that finds nothing returns a finding that says so. Explanations read findings and never
// records, so that no conclusion exists without something to cite.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/evidence.h"
#include "assay/instant.h"

namespace assay {

enum class Outcome {
  measured,        // a number, without a yes or no
  found,           // the method's pattern is there
  nothing_found,   // it looked, with enough to look at, and the pattern is not there
  not_enough,      // too few records to say
  not_applicable,  // the records lack a field that the method needs
};
std::string_view to_string(Outcome outcome);

struct Quantity {
  std::string name;  // "share", "gap_seconds_median": units last
  double value = 0;
  std::string unit;  // "", "s", "rows", "per day"
  std::optional<std::pair<double, double>> interval;
  std::string interval_method;  // "95 % Ibragimov-Mueller block t, q = 5"
};

// A table for figures and appendix: named columns of numbers, with a label for each row.
struct Table {
  std::string name;  // "day_hour", "gap_histogram"
  std::vector<std::string> columns;
  std::vector<std::string> row_labels;
  std::vector<std::vector<double>> rows;
};

// The records that a finding rests on: how to select them again, and a seal over which they were.
struct Selection {
  std::string description;  // in words: "rows of Bank for mail1.sender.example"
  std::vector<std::uint32_t> evidences;
  std::uint64_t rows = 0;
  std::string locus_sha256;  // over "evidence:offset:length\n" in (time, evidence, offset) order
  std::vector<std::string> examples;  // first few loci, "dns-1:118204"
};

// Who keeps a log: evidences of one vantage whose rows name the same servers, so the pieces of one
// rotated log. An evidence whose rows name no server is a recorder by itself (docs/ladder.md).
struct Recorder {
  std::string name;  // "203.0.113.1", "dns-2"
  std::vector<const Evidence*> pieces;
  std::string objection;  // why it vouches for nothing, whatever is declared; "" = no reason
};

// What is said not to be there.
struct Sought {
  std::string what;  // "look-up of x.sender.example by Bank"
  Interval window;
  std::vector<NamePattern> names;  // all of these; none: every name
};

// Absence inside declared complete coverage. Only establish() makes one, so an explanation cannot
// be excluded by absence that nobody vouched for: the wrong call does not compile.
class Absence {
 public:
  // nullopt unless `observed`, the rows that could be it, is zero and nothing falls short.
  static std::optional<Absence> establish(const std::vector<Recorder>& recorders,
                                          const Sought& sought, std::uint64_t observed);
  // What stands in the way, a clause for each recorder that touches the window and does not cover
  // all of it, complete for all the names, wholly read and free of rejects. Empty: nothing does.
  static std::vector<std::string> shortfalls(const std::vector<Recorder>& recorders,
                                             const Sought& sought);
  const std::string& statement() const { return statement_; }
  const std::vector<std::string>& evidence_ids() const { return evidence_ids_; }

 private:
  friend struct AbsenceReader;
  Absence() = default;
  std::string statement_;
  std::vector<std::string> evidence_ids_;
};

struct Finding {
  std::string id;  // "q1/authoritative/volume/Bank/raw": stable, unique within a case
  std::string method;
  std::string method_version;
  std::string question;
  std::string vantage;  // the group of evidences that it was measured on
  std::string subject;  // party, address, name or pair; "" = all
  Outcome outcome = Outcome::measured;
  std::string statement;  // one sentence with number, denominator, window and rule
  std::vector<Quantity> quantities;
  std::string denominator;  // "of all 3,534 rows for mail1.sender.example in these files"
  Interval window;
  std::string dedup_rule;  // "raw rows" | "identical rows collapsed" | "bursts (60 s)"
  std::map<std::string, std::string> parameters;
  Selection selection;
  std::vector<std::string> limitations;
  std::vector<Table> tables;
  std::optional<Absence> absence;

  const Quantity* quantity(std::string_view name) const;
  double value_or(std::string_view name, double otherwise) const;
  const Table* table(std::string_view name) const;
};

// All findings of one question, in the order in which methods ran.
class FindingSet {
 public:
  explicit FindingSet(std::vector<Finding> findings) : findings_(std::move(findings)) {}
  const std::vector<Finding>& all() const { return findings_; }
  // Empty arguments do not restrict.
  std::vector<const Finding*> by_method(std::string_view method, std::string_view subject = "",
                                        std::string_view vantage = "") const;
  // The first of by_method, or nullptr.
  const Finding* first(std::string_view method, std::string_view subject = "",
                       std::string_view vantage = "") const;
  const Finding* by_id(std::string_view id) const;

 private:
  std::vector<Finding> findings_;
};

}  // namespace assay
