// What the explanations share: picking findings, collecting bearings, and the one rule that turns
// bearings into words.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/explanation.h"

namespace assay {

// Findings of a method whose subject is a party (no address, no pair, not "other"); with a
// `variant` only those whose id ends in "/<variant>".
std::vector<const Finding*> about_parties(const FindingSet& findings, std::string_view method,
                                          std::string_view variant = "");
// Findings of a method about everything (subject "").
std::vector<const Finding*> about_all(const FindingSet& findings, std::string_view method,
                                      std::string_view variant = "");
// Findings of exclusivity that tell which networks asked. A resolver's own log tells which of the
// hosts that it serves did: the asker's own desks are no strangers.
std::vector<const Finding*> about_who_asked(const FindingSet& findings);
// True when a quantity is there and not zero.
bool is_set(const Finding& finding, std::string_view quantity);
// The finding's id ends in this variant; "" is any.
bool has_variant(const Finding& finding, std::string_view variant);

// True when the finding rests on look-ups, as every finding does but those about other records:
// their coverage, mail hosts, signs of use and registrations, mailings in a mail log, dealings
// between the parties, and what is joined with those.
bool rests_on_lookups(const Finding& finding);
// True when the look-ups of this vantage are declared complete over the window by every evidence
// there is of it: name servers share the work, so one complete log among three shows a part.
bool are_lookups_declared_complete(const FindingSet& findings, std::string_view vantage);
// True when the finding comes from the names' own servers and their records are declared complete:
// only then does "few others asked" mean that few others asked.
bool shows_every_asker(const FindingSet& findings, const Finding& exclusivity);
// True when so many unrelated askers stand beside the named ones that they are no exception.
bool has_many_others(const Finding& exclusivity);
// Findings of source_sync about two parties that move together.
std::vector<const Finding*> parties_moving_together(const FindingSet& findings);
// Why two rates of demand tell the causes apart no more than one does: every cause that pauses
// leaves them.
std::string demand_that_comes_and_goes(const Finding& gaps);
// Vantages at which rows were found, each once.
std::vector<std::string> vantages_with_rows(const FindingSet& findings);

// Collects an Assessment. Findings of one method about several parties, series or vantages lean on
// the same effect, so each method counts once for and once against, by its strongest bearing;
// exclusivity, rarity and campaign_fan_out, which all look at who asked, count as one.
class Weighing {
 public:
  explicit Weighing(const Explanation& explanation);
  void bear(const Finding& finding, Direction direction, std::string reason);
  // Something the explanation must leave behind and no evidence in the case could show.
  void open(std::string text);
  // Excludes when records of this kind ("mail", "flow"), which the explanation must leave, are
  // vouched to be absent between all of the question's parties by one of each two (direct_records),
  // and says whether they are. That a file is empty is no ground: it may be anybody's. The first
  // exclusion is the one told.
  bool exclude_without(const FindingSet& findings, std::string_view record_kind);
  void exclude(Contradiction contradiction);
  // Look-ups of this cause differ from those of all others, so that they may support it.
  void has_lookups_of_its_own() { has_lookups_of_its_own_ = true; }

  // What look-ups say supports a cause at most weakly, since most causes leave the same look-ups
  // behind one cache; what other records say comes on top of that (docs/ladder.md).
  Assessment finish(ExplanationRole role) &&;

 private:
  Assessment assessment_;
  bool has_lookups_of_its_own_ = false;
  std::map<std::string, int> for_;  // by effect: a method, or methods that see the same
  std::map<std::string, int> against_;
  std::map<std::string, int> for_by_other_records_;
};

}  // namespace assay
