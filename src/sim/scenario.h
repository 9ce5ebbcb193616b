// A scenario: everything that a simulated run depends on. scenario_toml.h reads it from a file,
// docs/simulator.md has the parameters. Times in seconds since the epoch, UTC.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "assay/instant.h"

namespace assay::sim {

// Whom a mail host lets in: everybody, nobody (521 in place of a greeting, RFC 7504), or whom it
// has on a list (554 to RCPT for all others).
enum class Acceptance { everybody, nobody, listed };

struct MailHost {
  Acceptance accepts = Acceptance::everybody;
  std::vector<std::string> listed;  // addresses
  double strangers_per_day = 0;     // tries by hosts that are nobody's here
  std::string host = "mx1";         // what its log calls it
};

// The name that the story is about, as its zone publishes it.
struct TargetName {
  std::string qname = "news1.sender.example";
  std::string address = "203.0.113.25";
  double ttl_seconds = 3'600;
  double negative_ttl_seconds = 900;
  double removed_s = 0;  // from here on NXDOMAIN; 0: never
  MailHost mail;         // of which only whom it lets in is simulated
};

// When people are at work where a party is.
struct WorkingDay {
  std::string zone = "UTC";  // of the tz database
  double start_hour = 9;     // local
  double length_hours = 8.5;
  double lunch_hour = 12.5;     // the middle of an hour
  double lunch_share = 0.5;     // of the demand of a working hour then
  double weekend_share = 0.03;  // of the demand of a weekday
  double night_share = 0.02;    // of the demand of a working hour
  // Lessons, meetings, changes of shift: people come together at marks of the local day.
  double appointed_share = 0;             // of their moments
  double appointed_every_minutes = 30;    // marks, counted from start_hour
  double appointed_break_minutes = 0;     // more after every second mark, as in a timetable
  double appointed_spread_seconds = 120;  // standard deviation round a mark
  std::vector<std::string> holidays;      // "2021-07-05"
};

// How a host turns a wish into questions to resolvers.
struct Stub {
  double asks_both_probability = 0.3;  // the next resolver as well, within both_seconds
  double both_seconds = 3;
  double retry_probability = 0.02;  // the answer was late: asked again, at the next resolver
  std::string suffix;               // tried when the name does not exist, ndots permitting
};

// A TTL is counted exactly, or in whole seconds of the resolver's clock as real ones do: `early` is
// up to a second too short (BIND 9, PowerDNS: gone once the clock shows the second of expiry),
// `late` up to a second too long (Unbound, Knot Resolver: kept while it shows it).
enum class TtlClock { exact, early, late };

// What a resolver address keeps.
struct Cache {
  int shards = 1;  // caches behind one address; each demand meets one of them at random
  double min_ttl_seconds = 0;
  double max_ttl_seconds = 604'800;
  double max_negative_ttl_seconds = 10'800;
  TtlClock ttl_clock = TtlClock::exact;
  // A demand within the last part of the TTL is answered and refreshes: 0 is off, Unbound's 0.1.
  double prefetch_share = 0;
  double prefetch_seconds = 0;  // the same, in seconds before expiry: BIND's trigger of 2,
  double prefetch_least_ttl_seconds = 9;  // which only TTLs from this on have: its eligibility
  double restarts_per_week = 0;           // the cache is empty
  double stale_seconds = 0;  // how long an expired answer is served while no server answers
};

enum class ServerChoice { uniform, sticky, band };

// How a resolver picks an authoritative server, and what it does when none answers in time.
struct Iteration {
  ServerChoice choice = ServerChoice::band;
  double loss_probability = 0.01;  // of a question or its answer
  double repeat_probability = 0;   // a second question in the same refresh (IPv6, EDNS probe)
  double timeout_seconds = 0.8;    // of the first tries; doubles with each after them
  int steady_tries = 1;            // how many are the first: BIND 9 goes round the servers, 9
  int max_tries = 6;
  double give_up_seconds = 120;  // no try is later than this after the first: BIND 9, 10
  // Sticky: what servers that were not asked lose of their round-trip time by each answer of
  // another, at most once a second.
  double forget_share = 1.0 / 512;
  // Unbound asks for the type A of every name between the zone and the one that is wanted, and of
  // that one too where another type is wanted (RFC 9156).
  bool minimises_names = false;
};

// What its mail hosts look up about whoever connects, beside the name of the host (checks.h).
struct SenderChecks {
  bool reverse = false;                 // PTR of the address
  std::vector<std::string> blocklists;  // zones of DNS block lists
  bool policy = false;                  // TXT of the sender's domain and of its _dmarc
  // What else the recorded filters ask (docs/simulator.md), none unless stated.
  double lists_kept_seconds = 0;  // what a list answered is known so long: a life of Postfix' smtpd
  bool greeting = false;          // A of the name that the client greets with: the target
  bool exchanger = false;         // MX of the sender's domain
  bool both_families = false;     // AAAA beside the A of a name that SPF names
  std::string dkim_selector;      // of the key that signs, TXT below _domainkey
  std::vector<std::string> domain_lists;  // lists asked with the sender's domain
};

// How mail that is put off waits for its next try (mail_queue.h); the times are Postfix' own.
struct MailQueue {
  double put_off_share = 0;  // of transfers that would be accepted, either way
  double times = 1;          // on average, geometric
  double minimal_backoff_seconds = 300;
  double maximal_backoff_seconds = 4'000;
  double run_seconds = 300;  // between two runs of the queue
};

// A cause and its named parameters; those not stated are the kind's own (cause.h).
struct CauseSpec {
  std::string kind;
  std::map<std::string, double> parameters;
  double begin_s = 0, end_s = 0;  // 0: the scenario's
};

struct Party {
  std::string name;
  std::uint64_t seed = 0;                   // in place of the scenario's; 0: the scenario's
  std::vector<std::string> addresses;       // of its resolvers towards the world
  std::vector<std::string> mail_addresses;  // of its mail hosts; none: its first resolver
  WorkingDay hours;
  Stub stub;
  Cache cache;
  Iteration iteration;
  SenderChecks checks;
  MailHost mail;
  MailQueue queue;
  std::vector<CauseSpec> causes;
};

struct Outage {
  double begin_s = 0;
  double end_s = 0;
};

// Who recorded what. The rest of the world's queries is not recorded at all.
struct Vantage {
  std::vector<std::string> servers = {"203.0.113.1", "203.0.113.2", "203.0.113.3"};
  std::vector<double> latency_ms = {};    // of each, for the choice; empty: alike
  std::vector<double> skew_seconds = {};  // of each one's clock; empty: none
  std::vector<Outage> outages;            // nothing was written
  double seen_probability = 1;            // sampling
  double resolution_seconds = 1;          // times are cut to it
  bool only_target = false;               // rows of other names were left out
  bool only_type_a = false;               // rows of other types were
  std::vector<std::string> other_names;   // further names of the same zone
  double other_rows_per_day = 0;          // look-ups of those, by anybody
};

// What was done to the rows after they were recorded. 0 everywhere: nothing.
struct Edit {
  double deleted_share = 0;        // of all rows, one by one
  double invented_share = 0;       // rows of the same parties at made-up times, of all rows
  double repeated_block_rows = 0;  // a block of so many rows stands in another place again
  double rounded_share = 0;        // seconds rounded to tens
};

// Who stands in which role of the target's zone and address, as registries and the holder of the
// address would say it. Empty: nobody was asked.
struct Registrations {
  std::string registrant, administrator, technical, registrar;
  std::vector<std::string> name_servers;
  std::string network, address_holder;  // the network that holds the address: "203.0.113.0/24"
  std::string ptr;                      // reverse name of the address
  std::vector<std::string> neighbours;  // reverse names of the addresses behind it
  double fetched_s = 0;                 // 0: when the scenario ends

  bool is_told() const {
    return !(registrant + administrator + technical + registrar + address_holder + ptr).empty() ||
           !name_servers.empty() || !neighbours.empty();
  }
};

struct Scenario {
  std::string title;
  std::uint64_t seed = 1;
  double begin_s = 0, end_s = 0;
  TargetName target;
  std::vector<Party> parties;
  Registrations registrations;
  Vantage vantage;
  Edit edit;
};

}  // namespace assay::sim
