// What direct_records says of one ordered pair and one kind of record.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "methods/support/direct_pairs.h"

namespace assay::methods {

inline constexpr char kDirectVantage[] = "";  // records of other kinds meet no vantage

// From the first to the last moment of which a vantage of look-ups tells.
Interval time_of_lookups(const std::vector<QuestionRecords>& vantages);

// The rows of all kinds between the parties, brought together once.
class DirectSurvey {
 public:
  // `losses` may be nullptr. `lookups`: the time of the look-ups, of which an absence speaks where
  // the question states no window. `kinds`: those of which rows() is asked. The referred-to objects
  // outlive this one.
  DirectSurvey(const MethodContext& context, const std::vector<int>& parties,
               const std::vector<RecorderLoss>* losses, const Interval& lookups,
               const std::vector<RecordKind>& kinds);

  const MethodContext& context() const { return context_; }
  const OtherRecords& others() const { return others_; }
  const Interval& window() const { return window_; }
  const DirectRows& rows(RecordKind kind, const PartyPair& pair) const;
  // Payments of the pair's accounts, the right way, whose other side is not told: maybe theirs.
  std::uint64_t untold_payments(const PartyPair& pair) const;
  // Evidences of flows or mail that the party kept and that speak of the whole window.
  std::size_t kept_by(RecordKind kind, int party) const;
  // Evidences of flows (numbers) that were recorded in the network of the pair's `from`.
  std::set<std::uint32_t> own_flows(const PartyPair& pair) const;
  // A mail server's log, or one whose vantage nobody stated, that could be the party's own while
  // its rows do not show it.
  bool could_keep_mail(const Evidence& evidence, int party) const;
  // Sets the finding's absence where a party's own complete records allow it; says what stands in
  // the way otherwise, in the finding's limitations. `observed`: rows that are it, or could be.
  void vouch(RecordKind kind, const PartyPair& pair, const std::string& what,
             std::uint64_t observed, Finding& finding) const;

 private:
  std::vector<Recorder> recorders_of(RecordKind kind, int party) const;
  std::string missing_account(const std::vector<Recorder>& recorders, const Party& party) const;
  std::vector<const Evidence*> logs_of(RecordKind kind, int party) const;
  std::string objection_to(const Evidence& evidence) const;

  const MethodContext& context_;
  const OtherRecords& others_;
  const std::vector<RecorderLoss>* losses_;
  Interval window_;
  Interval absence_window_;
  Keepers keepers_;
  std::map<std::uint32_t, std::set<std::string>> statements_;     // accounts, by evidence
  std::map<int, std::uint64_t> paid_to_untold_, paid_by_untold_;  // by party
  std::map<RecordKind, std::map<PartyPair, DirectRows>> rows_;
};

void fill_in(const DirectSurvey& survey, const PartyPair& pair, RecordKind kind, Finding& finding);

}  // namespace assay::methods
