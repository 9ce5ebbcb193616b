// Explanation: a named account of how such records could arise, and what the findings say of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "assay/finding.h"

namespace assay {

// What the explanation predicts in one kind of record.
struct Prediction {
  std::string_view record_kind;  // "dns", "mail", "flow", "message", "host"
  std::string_view text;
  bool must_be_there = false;  // its absence in complete records of that kind excludes
};

// A record that is missing and would tell; ranked by how much it is expected to.
struct SettlingRecord {
  std::string_view record;  // "resolver_client_log", "receiving_mail_log", ... stable word
  std::string_view text;    // in words, with whose record it is
  int weight = 1;           // 1..5: how much it would be expected to tell for this explanation
};

enum class Direction { strongly_for, weakly_for, neutral, weakly_against, strongly_against };
std::string_view to_string(Direction direction);

// What one finding means for one explanation, and why.
struct Bearing {
  std::string finding;  // Finding::id
  Direction direction = Direction::neutral;
  std::string reason;
};

// Two findings, or one finding and a necessity, that cannot both be so.
struct Contradiction {
  std::vector<std::string> findings;  // ids, at least one
  std::string statement;
};

// Why an explanation is out. Made only of an Absence inside declared complete coverage or of a
// Contradiction; both cite findings. There is no other way to construct one.
class Exclusion {
 public:
  Exclusion(const Absence& absence, const Finding& cited);
  explicit Exclusion(Contradiction contradiction);
  const std::string& statement() const { return statement_; }
  const std::vector<std::string>& findings() const { return findings_; }

 private:
  std::string statement_;
  std::vector<std::string> findings_;
};

// Strength of support in words (no number in this version), always "from these records".
enum class Support { none, weak, moderate, strong };
std::string_view to_string(Support support);

struct Assessment {
  std::string explanation;  // name
  bool is_testable = true;  // false: these records cannot speak to it at all
  std::optional<Exclusion> exclusion;
  Support support = Support::none;
  std::string support_reason;
  std::vector<Bearing> bearings;
  std::vector<std::string> open;  // what it must leave behind and nobody has looked for
};

enum class ExplanationRole {
  cause,      // could have made the look-ups
  filter,     // shapes what any cause leaves (cache, prefetch, retry)
  recording,  // arises in how the records were made or handed on
};
std::string_view to_string(ExplanationRole role);

class Explanation {
 public:
  virtual ~Explanation() = default;
  virtual std::string_view name() const = 0;         // "live_mail_with_checks"
  virtual std::string_view code() const = 0;         // "E1"
  virtual std::string_view title() const = 0;        // "Live mail and its anti-spam look-ups"
  virtual std::string_view proposition() const = 0;  // one sentence that can be true or false
  virtual ExplanationRole role() const = 0;
  virtual const std::vector<Prediction>& predictions() const = 0;
  virtual const std::vector<SettlingRecord>& settles() const = 0;
  virtual Assessment assess(const FindingSet& findings) const = 0;
};

const std::vector<const Explanation*>& all_explanations();
const Explanation* find_explanation(std::string_view name);

}  // namespace assay
