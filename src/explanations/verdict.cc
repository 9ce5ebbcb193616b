// The ladder, the survivors and the ranking of what is missing; docs/ladder.md has the rules.
#include "assay/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "explanations/claims.h"
#include "explanations/climb.h"
#include "explanations/direct.h"
#include "explanations/held_records.h"
#include "explanations/likelihood/shipped_model.h"
#include "explanations/timing_weights.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

const Explanation& explanation_of(const Assessment& assessment) {
  return *find_explanation(assessment.explanation);
}

// Silence of a party about its own names says nothing of the others.
bool asks_own_names(const Question& question, const CaseFile& case_file, std::string_view party) {
  const Party* holder = case_file.find_party(party);
  if (holder == nullptr || question.names.empty()) return false;
  return std::all_of(question.names.begin(), question.names.end(), [&](const NamePattern& pattern) {
    return holder->holds_name(pattern.base());
  });
}

// The highest rung that the kinds of record in the case could show.
Rung ceiling(const FindingSet& findings) {
  Rung highest = vantages_with_rows(findings).empty() ? Rung::nothing : ceiling_of("dns");
  for (const Finding* coverage : findings.by_method("coverage")) {
    if (is_set(*coverage, "evidences") && is_set(*coverage, "rows")) {
      highest = std::max(highest, ceiling_of(coverage->subject));
    }
  }
  return highest;
}

// "bank.example, *.sender.example and 3 more"; "" when the case states none.
std::string names_of(const Question& question, const CaseFile& case_file) {
  constexpr std::size_t kListed = 4;
  std::vector<std::string> names;
  const auto take = [&](const std::vector<NamePattern>& patterns) {
    for (const NamePattern& pattern : patterns) names.push_back(pattern.to_string());
  };
  take(question.names);
  if (question.names.empty()) {
    for (const std::string& name : question.between) {
      if (const Party* party = case_file.find_party(name)) take(party->names);
    }
  }
  const std::size_t more = names.size() - std::min(names.size(), kListed);
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

// "the authoritative servers' records".
std::string records_of(std::string_view vantage) {
  if (vantage == "authoritative") return "the authoritative servers' records";
  if (vantage == "resolver") return "the resolvers' records";
  if (vantage == "passive_sensor") return "a passive sensor's records";
  if (vantage.empty() || vantage == "unknown") return "records whose vantage nobody stated";
  return fmt::format("records of the vantage '{}'", vantage);
}

// "883 rows, 2021-05-04T00:00:10Z to 2021-05-06T11:00:00Z, in the authoritative servers' records".
std::string rows_text(const Finding& volume, double rows) {
  const auto& told = volume.parameters;
  const auto first = told.find("first_for_others_names");
  const auto last = told.find("last_for_others_names");
  const bool has_times = first != told.end() && last != told.end();
  return fmt::format("{}{}, in {}", counted(rows, "rows"),
                     has_times ? fmt::format(", {} to {}", first->second, last->second) : "",
                     records_of(volume.vantage));
}

// Rung 1 needs one look-up, by a party that the question names, of a name that this party does not
// hold itself. Whose a look-up is tells its source address, which anybody can write: the sentence
// says so, since no record of another end bears it out on this rung.
void climb_by_lookups(const Question& question, const CaseFile& case_file,
                      const FindingSet& findings, Verdict& verdict) {
  std::vector<std::string> seen, parties;
  for (const Finding* volume : about_parties(findings, "volume", "raw")) {
    const bool is_between = std::find(question.between.begin(), question.between.end(),
                                      volume->subject) != question.between.end();
    const double rows = volume->value_or("rows_for_others_names", 0);
    if (!is_between || rows <= 0) continue;
    verdict.rung = Rung::asked_for_a_name;
    verdict.rung_findings.push_back(volume->id);
    seen.push_back(fmt::format("{}'s: {}", volume->subject, rows_text(*volume, rows)));
    const bool is_new = std::find(parties.begin(), parties.end(), volume->subject) == parties.end();
    if (is_new) parties.push_back(volume->subject);
  }
  verdict.rung = std::min(verdict.rung, ceiling(findings));
  if (verdict.rung == Rung::nothing) {
    verdict.rung_findings.clear();
    verdict.rung_statement =
        "No look-up by one of the question's parties of a name that it does not hold itself stands "
        "in the records.";
    return;
  }
  const std::string names = names_of(question, case_file);
  verdict.rung_statement = fmt::format(
      "Look-ups of {} are recorded whose source address the case states to be {}. They do not show "
      "that {} sent them (a source address can be forged), who or what caused them, or that "
      "anything followed.",
      names.empty() ? "the question's names" : names, fmt::join(seen, "; "),
      fmt::join(parties, " or "));
}

// What records of other kinds show goes before look-ups, which stay cited below it. Gives what
// shows contact; its rung is nothing where nothing does.
Reached climb(const Question& question, const CaseFile& case_file, const FindingSet& findings,
              Verdict& verdict) {
  climb_by_lookups(question, case_file, findings, verdict);
  Reached contact;
  const Reached direct = climb_by_direct_records(question, findings);
  if (direct.rung > verdict.rung) {
    const bool has_lookups = verdict.rung != Rung::nothing;
    verdict.rung_statement =
        direct.statement + (has_lookups ? " Below it: " + verdict.rung_statement : "");
    verdict.rung = direct.rung;
    verdict.rung_findings.insert(verdict.rung_findings.begin(), direct.findings.begin(),
                                 direct.findings.end());
    contact = direct;
  }
  for (const Reached& beside :
       {forgeable_flows(question, findings), messages_at_rest(question, findings),
        financial_link(question, findings)}) {
    if (beside.statement.empty()) continue;
    verdict.rung_statement += " " + beside.statement;
    verdict.rung_findings.insert(verdict.rung_findings.end(), beside.findings.begin(),
                                 beside.findings.end());
  }
  return contact;
}

// "Bank" of those of the question's parties whose look-ups are vouched to be absent: by the names'
// own servers, since whoever is silent at one resolver may have asked through another.
std::vector<std::string> vouched_silent(const Question& question, const CaseFile& case_file,
                                        const FindingSet& findings) {
  std::vector<std::string> silent;
  for (const std::string& party : question.between) {
    if (asks_own_names(question, case_file, party)) continue;
    for (const Finding* volume : findings.by_method("volume", party)) {
      if (volume->absence && volume->id.ends_with("/raw") && volume->vantage == "authoritative") {
        silent.push_back(party);
        break;
      }
    }
  }
  return silent;
}

int support_rank(const Assessment& assessment) { return -static_cast<int>(assessment.support); }

void sort_out(Verdict& verdict) {
  std::vector<const Assessment*> alive;
  for (const Assessment& assessment : verdict.assessments) {
    if (assessment.exclusion) {
      verdict.excluded.push_back(assessment.explanation);
    } else {
      alive.push_back(&assessment);
    }
  }
  std::stable_sort(alive.begin(), alive.end(), [](const Assessment* a, const Assessment* b) {
    const ExplanationRole role_a = explanation_of(*a).role(), role_b = explanation_of(*b).role();
    if (role_a != role_b) return role_a < role_b;
    return support_rank(*a) < support_rank(*b);
  });
  for (const Assessment* assessment : alive) verdict.surviving.push_back(assessment->explanation);
}

// A record's weight is the sum of what it would be expected to tell. A cause counts double: the
// question is about the parties, and a record that tells causes apart answers it, while one that
// only tells how the file was made guards the answer. Filters answer no question about the parties.
int times(ExplanationRole role) {
  switch (role) {
    case ExplanationRole::cause:
      return 2;
    case ExplanationRole::recording:
      return 1;
    case ExplanationRole::filter:
      return 0;
  }
  return 0;
}

// On simulated cases, in bits of whether there was contact; nothing where no such record was
// simulated.
std::optional<double> bits_added_by(std::string_view record) {
  const likelihood::ShippedModel* shipped = likelihood::shipped_model();
  if (shipped == nullptr) return std::nullopt;
  for (const likelihood::RecordGain& gain : shipped->model.gains()) {
    if (gain.record == record) return gain.bits;
  }
  return std::nullopt;
}

void rank_missing(const FindingSet& findings, Verdict& verdict) {
  std::map<std::string, MissingRecord> by_record;
  for (const std::string& name : verdict.surviving) {
    const Explanation& explanation = *find_explanation(name);
    const int factor = times(explanation.role());
    for (const SettlingRecord& settles : explanation.settles()) {
      if (factor == 0 || is_in_the_case(settles.record, findings)) continue;
      MissingRecord& missing = by_record[std::string(settles.record)];
      missing.record = std::string(settles.record);
      if (missing.text.empty()) missing.text = std::string(settles.text);
      missing.weight += factor * settles.weight;
      missing.would_separate.push_back(name);
    }
  }
  for (auto& [record, missing] : by_record) {
    missing.bits = bits_added_by(record);
    verdict.missing.push_back(std::move(missing));
  }
  // The map's order breaks ties, so equal weights always stand in the same order.
  std::stable_sort(
      verdict.missing.begin(), verdict.missing.end(),
      [](const MissingRecord& a, const MissingRecord& b) { return a.weight > b.weight; });
  // Where it was measured what records add, that decides among them; the others keep their places.
  std::vector<MissingRecord*> measured;
  for (MissingRecord& missing : verdict.missing) {
    if (missing.bits) measured.push_back(&missing);
  }
  std::vector<MissingRecord> ordered;
  for (const MissingRecord* missing : measured) ordered.push_back(*missing);
  std::stable_sort(
      ordered.begin(), ordered.end(),
      [](const MissingRecord& a, const MissingRecord& b) { return *a.bits > *b.bits; });
  for (std::size_t i = 0; i < ordered.size(); ++i) *measured[i] = std::move(ordered[i]);
}

std::size_t count_surviving_causes(const Verdict& verdict) {
  return static_cast<std::size_t>(std::count_if(
      verdict.surviving.begin(), verdict.surviving.end(), [](const std::string& name) {
        return find_explanation(name)->role() == ExplanationRole::cause;
      }));
}

std::string reached(const Verdict& verdict) {
  return fmt::format("{} (rung {} of 6)", describe(verdict.rung), static_cast<int>(verdict.rung));
}

// " (bank.example, *.sender.example)": who reads that nobody asked for "the names" has to see
// which.
std::string names_text(const Question& question, const CaseFile& case_file) {
  const std::string names = names_of(question, case_file);
  return names.empty() ? "" : fmt::format(" ({})", names);
}

void conclude_without_lookups(const Question& question, const CaseFile& case_file,
                              const std::vector<std::string>& silent, Verdict& verdict) {
  verdict.conclusion = Conclusion::insufficient;
  const std::string names = names_text(question, case_file);
  if (silent.empty()) {
    // Of the records, not of the parties: nobody vouches that these hold every look-up.
    verdict.statement = fmt::format(
        "Insufficient. The records say nothing about {}: they hold no look-up by one of these of a "
        "name of the question that it does not hold itself{}.",
        fmt::join(question.between, " and "), names);
  } else {
    verdict.statement = fmt::format(
        "Insufficient. In records declared complete for the window {} did not look the names "
        "up{}; whether there was contact without a look-up, these records cannot tell.",
        fmt::join(silent, " and "), names);
  }
}

// Invented or changed rows would take every other conclusion with them.
bool is_integrity_in_doubt(const Verdict& verdict) {
  return std::any_of(verdict.assessments.begin(), verdict.assessments.end(),
                     [](const Assessment& assessment) {
                       return assessment.explanation == "edited_log" && !assessment.exclusion &&
                              assessment.support >= Support::moderate;
                     });
}

// The test that found the clock or period of an automation finding, by its own p.
double p_of_clock(const Finding& automation) {
  for (const auto& [period, p] : {std::pair("clock_period_seconds", "p_clock"),
                                  {"line_period_seconds", "p_line"},
                                  {"steady_gap_seconds", "p_steady"},
                                  {"timer_interval_seconds", "p_timer"}}) {
    if (automation.value_or(period, 0) > 0) return automation.value_or(p, 1);
  }
  return 1;
}

// A kept clock is a finding of its own, with its p, and no weight of support: it shows a program,
// or people at appointed times, and not which cause the program belongs to. So it stands beside the
// causes.
void say_automation(const Question& question, const FindingSet& findings, Verdict& verdict) {
  for (const std::string& party : question.between) {
    for (const Finding* automation : findings.by_method("automation", party)) {
      if (automation->outcome != Outcome::found) continue;
      const double p = p_of_clock(*automation);
      const std::string found_with = p >= 1     ? ""
                                     : p < 1e-9 ? ", found with p below 1e-9"
                                                : fmt::format(", found with p = {:.1g}", p);
      verdict.statement += fmt::format(
          " Beside the causes: in {}'s look-ups a clock is kept (a period of about {} s{}). {}",
          party, claims::number_text(automation->value_or("period_seconds", 0)), found_with,
          automation->value_or("could_be_appointed", 0) != 0
              ? "A program set the moments that keep it, or people did who come together at "
                "appointed times."
              : "A program set the moments that keep it, whoever ran it and whichever cause it "
                "belongs to; people may have acted beside it.");
      break;
    }
  }
}

// Whether there was contact and why are two questions: the first is answered where records of other
// kinds climb, however many causes survive. An address shows a host, and no more.
std::string contact_text(const Question& question, const Reached& contact, bool is_settled) {
  if (contact.rung == Rung::nothing) return "";
  const char* parties = question.between.size() == 2 ? "the two" : "parties of the question";
  if (contact.rung <= Rung::service_answered || contact.is_of_hosts) {
    return fmt::format(
        "That hosts at addresses of {} exchanged {} is shown by {}; who used them{} not. ", parties,
        contact.rung >= Rung::content_passed ? "content" : "packets", contact.shown,
        is_settled ? " is" : ", and what for, is");
  }
  return fmt::format("That {} were in contact is shown by {}{}. ", parties, contact.shown,
                     is_settled ? "" : "; what for is not");
}

void conclude(const Question& question, const CaseFile& case_file, const FindingSet& findings,
              const std::vector<std::string>& silent, const Reached& contact, Verdict& verdict) {
  const std::size_t causes = count_surviving_causes(verdict);
  const char* unsettled =
      contact.rung == Rung::nothing ? "Inconclusive" : "Inconclusive as to the cause";
  if (verdict.rung == Rung::nothing) {
    conclude_without_lookups(question, case_file, silent, verdict);
  } else if (causes == 1) {
    verdict.conclusion = Conclusion::settled;
    verdict.statement = fmt::format(
        "Settled as far as these records go: {}, and of the explanations considered one cause "
        "survives: {}.",
        reached(verdict), find_explanation(verdict.surviving.front())->title());
  } else if (causes == 0) {
    verdict.conclusion = Conclusion::inconclusive;
    verdict.statement = fmt::format(
        "{}. The records show that {}; none of the causes considered fits, so it was "
        "something else.",
        unsettled, reached(verdict));
  } else {
    verdict.conclusion = Conclusion::inconclusive;
    verdict.statement = fmt::format(
        "{}. The records show that {}, not why: {} causes survive that answer the "
        "question differently.",
        unsettled, reached(verdict), causes);
  }
  verdict.statement.insert(0, contact_text(question, contact, causes == 1));
  if (verdict.rung != Rung::nothing) say_automation(question, findings, verdict);
  if (verdict.rung != Rung::nothing && is_integrity_in_doubt(verdict)) {
    verdict.statement += " Whether the rows are as the servers wrote them has to be settled first.";
  }
  if (!verdict.missing.empty() && verdict.conclusion != Conclusion::settled) {
    verdict.statement +=
        fmt::format(" The record that would tell most: {}.", verdict.missing.front().text);
  }
}

// The parties of the case that the question is not about.
std::set<std::string> third_parties(const Question& question, const CaseFile& case_file) {
  std::set<std::string> third;
  for (const Party& party : case_file.parties) third.insert(party.name);
  for (const std::string& name : question.between) third.erase(name);
  return third;
}

// How somebody else's look-ups come tells nothing of why these parties asked: a third party's timer
// is no sign against mail between them. That he asked, and whether together with them, stays; and
// how the file was made shows in all rows.
FindingSet without_third_parties(const Question& question, const CaseFile& case_file,
                                 const FindingSet& findings) {
  static const std::set<std::string_view> kOfOneAsker{
      "gap_law",     "automation",   "cache_inversion", "circadian",     "day_hour",
      "holidays",    "time_zone",    "chains",          "change_points", "event_coincidence",
      "turn_taking", "tunnel_signs", "unasked_answers", "path_evidence"};
  const std::set<std::string> third = third_parties(question, case_file);
  const auto is_third = [&](const Finding& finding) {
    const auto party = finding.parameters.find("party");
    if (party != finding.parameters.end() && third.contains(party->second)) return true;
    const std::size_t plus = finding.subject.find('+');
    if (plus == std::string::npos) return third.contains(finding.subject);
    return third.contains(finding.subject.substr(0, plus)) ||
           third.contains(finding.subject.substr(plus + 1));
  };
  std::vector<Finding> kept;
  for (const Finding& finding : findings.all()) {
    if (!kOfOneAsker.contains(finding.method) || !is_third(finding)) kept.push_back(finding);
  }
  return FindingSet(std::move(kept));
}

}  // namespace

Verdict judge(const Question& question, const CaseFile& case_file, const FindingSet& findings) {
  Verdict verdict;
  verdict.question = question.id;
  const Reached contact = climb(question, case_file, findings, verdict);
  const FindingSet of_the_parties = without_third_parties(question, case_file, findings);
  for (const Explanation* explanation : all_explanations()) {
    const bool is_of_the_file = explanation->role() == ExplanationRole::recording;
    verdict.assessments.push_back(explanation->assess(is_of_the_file ? findings : of_the_parties));
  }
  sort_out(verdict);
  rank_missing(findings, verdict);
  conclude(question, case_file, findings, vouched_silent(question, case_file, findings), contact,
           verdict);
  verdict.claims = answer_claims(question, case_file, findings);
  if (const likelihood::ShippedModel* shipped = likelihood::shipped_model()) {
    verdict.weights = timing_weights(shipped->model, findings);
    verdict.model_sha256 = shipped->sha256;
  }
  return verdict;
}

}  // namespace assay
