// Cause: the door through which a reason to look up names enters. One file each in causes/, one
// line in cause_registry.cc. A cause draws what hosts inside a network want, and what passes
// between servers because of it; rows of records follow from those, never from the cause itself.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/happenings.h"
#include "sim/random.h"
#include "sim/rhythm.h"
#include "sim/scenario.h"

namespace assay::sim {

struct Parameter {
  std::string_view name;     // with its unit last: "period_seconds"
  double usual = 0;          // when a scenario does not state it
  double low = 0, high = 0;  // what is drawn when scenarios are made at random
  std::string_view meaning;
  double most = 0;  // that a scenario may state; 0: a hundredfold of `high`
};

// What a cause may know while it draws.
class CauseContext {
 public:
  CauseContext(const Scenario& scenario, const Party& party, const CauseSpec& spec,
               std::span<const Parameter> parameters, const Rhythm& rhythm, Random& random);

  // As stated, or as usual. Throws std::logic_error for a name that the kind does not have, which
  // is a programmer's error.
  double operator[](std::string_view parameter) const;

  double begin_s() const { return begin_s_; }
  double end_s() const { return end_s_; }
  double days() const { return (end_s_ - begin_s_) / 86'400; }
  bool is_within(double time_s) const { return time_s >= begin_s_ && time_s < end_s_; }
  // Times that follow the party's working day, so many on an ordinary weekday.
  std::vector<double> working_times(double per_weekday) {
    return rhythm.draw(per_weekday, begin_s_, end_s_, random);
  }
  // Times of a Poisson process of constant rate.
  std::vector<double> times(double per_day);
  // By chance, so many of all; a share of 0 takes nothing from the randomness.
  bool is_own(double share) const { return share > 0 && random.chance(share); }
  // Gives the reply of the receiving mail host's policy to a transfer; false when it refuses.
  bool is_let_in(Transfer& transfer) const;

  const Scenario& scenario;
  const Party& party;
  const Rhythm& rhythm;
  Random& random;

 private:
  const CauseSpec& spec_;
  std::span<const Parameter> parameters_;
  double begin_s_, end_s_;
};

// What a cause is, for those who ask whether a method told it right.
struct CauseTruth {
  bool is_automatic = false;     // no person chose the moments of the look-ups
  bool follows_people = false;   // but their rate follows what people do at work
  bool is_contact = false;       // content passed between the parties because of it
  bool is_conversation = false;  // and persons answered one another
};

class CauseKind {
 public:
  virtual ~CauseKind() = default;
  virtual std::string_view name() const = 0;     // "archive_rescan"
  virtual std::string_view code() const = 0;     // of the explanation: "E2"
  virtual std::string_view summary() const = 0;  // a sentence
  virtual CauseTruth truth() const = 0;
  virtual Asker asker() const { return Asker::server; }  // where a draw does not say
  virtual std::span<const Parameter> parameters() const = 0;
  // In any order of time; nothing outside the context's time.
  virtual void draw(CauseContext& context, Happenings& out) const = 0;
};

const std::vector<const CauseKind*>& all_causes();
const CauseKind* find_cause(std::string_view name);

}  // namespace assay::sim
