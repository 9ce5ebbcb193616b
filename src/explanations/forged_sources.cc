#include <fmt/core.h>

#include "explanations/record_signs.h"
#include "explanations/registry.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class ForgedSources final : public Explanation {
 public:
  std::string_view name() const override { return "forged_sources"; }
  std::string_view code() const override { return "E9"; }
  std::string_view title() const override { return "Forged source addresses"; }
  std::string_view proposition() const override {
    return "The look-ups were sent by somebody else, under addresses of the asker's resolvers that "
           "were forged.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "no such question in the asker's own complete record of what its resolvers sent"},
        {"dns",
         "moments that know nothing of what the cache of that resolver holds, so gaps below the "
         "TTL"},
        {"dns",
         "message ids, ports and options of another program than that resolver's, and none of its "
         "other look-ups"},
        {"flow",
         "at the asker's edge, answers of the servers that no question had asked for, unless the "
         "servers answered nothing",
         true},
        {"flow", "no connection to the named host because of them"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::edge_capture(5),
        records::resolver_client_log(5),
        records::capture_at_servers(4),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* answers : about_parties(findings, "unasked_answers")) {
      weigh_answers(findings, *answers, weighing);
    }
    for (const Finding* gaps : about_parties(findings, "gap_law")) weigh_gaps(*gaps, weighing);
    for (const Finding* demand : about_parties(findings, "cache_inversion")) {
      weigh_inversion(findings, *demand, weighing);
    }
    const bool are_packets_told = weigh_packets(findings, weighing);
    for (const Finding* leak : about_all(findings, "suffix_leak")) {
      if (!is_set(*leak, "rows_known_suffix")) continue;
      weighing.bear(*leak, Direction::weakly_against,
                    "some run-on names end in a search suffix that a party uses, as its own hosts "
                    "make them; whoever forges would have to know the suffix");
    }
    constexpr std::string_view kForgersChoice =
        "whoever forges may choose any moments, those of a timer or of a working day too";
    read_automation(findings, {Direction::neutral, kForgersChoice}, weighing);
    read_rhythm(findings, {Direction::neutral, kForgersChoice}, kForgersChoice, weighing);
    constexpr Lean kTied{Direction::weakly_against, "whoever forges would have to know when"};
    read_joins(findings, {.checks = kTied, .letters = kTied, .visits = kTied}, weighing);
    weighing.open(
        "the asker's own record of the questions that its resolvers sent: not in the case");
    weighing.open(what_is_open(findings, are_packets_told));
    return std::move(weighing).finish(role());
  }

 private:
  static std::string what_is_open(const FindingSet& findings, bool are_packets_told) {
    if (!are_packets_told) {
      return "hop counts, ports, message ids and options of the packets against those of the "
             "asker's resolvers: no finding compares them";
    }
    for (const Finding* packets : findings.by_method("path_evidence")) {
      if (packets->parameters.contains("party") &&
          packets->value_or("hop_limit_commonest", 0) > 0) {
        return "hop counts and EDNS sizes of packets that the asker's resolvers are known to have "
               "sent: nothing in the case says which";
      }
    }
    return "hop counts, EDNS sizes and spelling of the packets: no record in the case holds them";
  }

  // A sensor that sees one direction, or loses packets, leaves answers without a question too.
  static void weigh_answers(const FindingSet& findings, const Finding& answers,
                            Weighing& weighing) {
    if (!is_set(answers, "answers_without_query")) return;
    const bool is_vouched = are_lookups_declared_complete(findings, answers.vantage);
    weighing.bear(answers, is_vouched ? Direction::strongly_for : Direction::weakly_for,
                  is_vouched
                      ? fmt::format("answers reached {} that no question had asked for, in records "
                                    "that are declared complete",
                                    answers.subject)
                      : fmt::format("answers reached {} that no question had asked for; a sensor "
                                    "that misses questions makes such answers too",
                                    answers.subject));
  }

  // Whether the fields of a party's queries were told at all. A change from one habit to another at
  // one moment is what an upgrade does, and a forger would have to begin when the resolver stops.
  static bool weigh_packets(const FindingSet& findings, Weighing& weighing) {
    bool are_told = false;
    for (const Finding* packets : findings.by_method("path_evidence")) {
      if (!packets->parameters.contains("party")) continue;
      weigh_handshakes(*packets, weighing);
      are_told = are_told || packets->outcome == Outcome::found ||
                 packets->outcome == Outcome::nothing_found;
      const double in_turn = packets->value_or("reasons_in_turn", 0);
      const bool is_change = in_turn > 0 && packets->value_or("reasons", 0) == in_turn;
      if (packets->outcome == Outcome::found) {
        weighing.bear(
            *packets, is_change ? Direction::neutral : Direction::weakly_for,
            is_change
                ? fmt::format("queries under {} changed their habit at one moment, as with an "
                              "upgrade",
                              packets->subject)
                : fmt::format("queries under {} have what no one resolver does, as when two send "
                              "under one address; hosts behind one translated address and unlike "
                              "resolvers of a farm do so too{}",
                              packets->subject,
                              is_set(*packets, "hops_are_two_habits")
                                  ? ", and so does load balancing over paths of unlike lengths"
                                  : ""));
      } else if (packets->outcome == Outcome::nothing_found) {
        weighing.bear(*packets, Direction::neutral,
                      fmt::format("queries under {} are of one habit; whoever forges all of them, "
                                  "or fills the fields alike, leaves one too",
                                  packets->subject));
      }
    }
    return are_told;
  }

  // Who sends under another's address never sees the server's half of the handshake.
  static void weigh_handshakes(const Finding& packets, Weighing& weighing) {
    const double over_tcp = packets.value_or("queries_over_tcp", 0);
    if (over_tcp == 0) return;
    weighing.bear(packets, Direction::weakly_against,
                  fmt::format("{:.0f} of the queries under {} came over TCP, whose handshake ends "
                              "only where the answers arrive; of the others that says nothing",
                              over_tcp, packets.subject));
  }

  // A forger does not know when the resolver's cache is open. The reverse says little: several
  // caches behind one address ask at any moment too.
  static void weigh_gaps(const Finding& gaps, Weighing& weighing) {
    const auto source = gaps.parameters.find("ttl_source");
    const bool is_ttl_known = source != gaps.parameters.end() &&
                              (source->second == "answers" || source->second == "stated");
    if (is_set(gaps, "cache_shaped")) {
      weighing.bear(
          gaps, Direction::strongly_against,
          fmt::format("{}'s gaps begin at the TTL of {:.0f} s: whoever asked kept to what "
                      "a cache held, which a stranger does not know; he could imitate it",
                      gaps.subject, gaps.value_or("ttl_seconds", 0)));
    } else if (gaps.outcome == Outcome::nothing_found && is_ttl_known) {
      weighing.bear(gaps, Direction::weakly_for,
                    fmt::format("{}'s gaps take no notice of the TTL, as questions of a stranger "
                                "would; several caches behind one address do the same",
                                gaps.subject));
    } else if (gaps.outcome != Outcome::not_enough) {
      weighing.bear(gaps, Direction::neutral,
                    "no cache shows, and nobody tells the TTL that one would keep");
    }
  }

  static void weigh_inversion(const FindingSet& findings, const Finding& demand,
                              Weighing& weighing) {
    if (demand.outcome != Outcome::measured || !is_set(demand, "identifiable")) return;
    const Finding* gaps = findings.first("gap_law", demand.subject, demand.vantage);
    if (gaps != nullptr && is_set(*gaps, "cache_shaped")) {
      weighing.bear(demand, Direction::neutral, "the cache that the gaps show, counted there");
    } else {
      weighing.bear(
          demand, Direction::weakly_against,
          fmt::format("{}'s look-ups come as those of {:.0f} caches of one TTL with demand "
                      "behind them, of which a stranger knows nothing",
                      demand.subject, demand.value_or("caches", 1)));
    }
  }
};

}  // namespace

const Explanation& forged_sources_explanation() {
  static const ForgedSources kExplanation;
  return kExplanation;
}

}  // namespace assay
