#include "sim/cache.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "sim/minimised_names.h"

namespace assay::sim {
namespace {

constexpr double kWeek = 7 * 86'400;
constexpr double kNever = 1e300;
// Nobody asks servers that do not answer more often than this (RFC 8767 section 5).
constexpr double kFailureSeconds = 30;

struct Entry {
  double expiry_s = -kNever;
  double prefetch_from_s = kNever;
  double asked_until_s = -kNever;  // a question is under way: who asks now waits for its answer
};

class Shard {
 public:
  // `minimised` where names are minimised, else null.
  Shard(const Scenario& scenario, const Party& party, Iterator& iterator, MinimisedNames* minimised,
        Random& random)
      : target_(scenario.target),
        cache_(party.cache),
        iterator_(iterator),
        minimised_(minimised),
        random_(random) {
    draw_restart(scenario.begin_s);
  }

  void ask(StubQuestion question, std::vector<UpstreamQuery>& out) {
    if (minimised_ != nullptr && !has(question)) walk_down(question, out);
    ask_whole(question, out);
  }

 private:
  // Whether nothing would be asked now.
  bool has(const StubQuestion& question) const {
    const auto found = entries_.find(key_of(question));
    if (found == entries_.end() || question.time_s >= restart_s_) return false;
    const Entry& entry = found->second;
    return question.time_s < entry.asked_until_s ||
           question.time_s < std::min(entry.expiry_s, entry.prefetch_from_s);
  }

  // Asks for the names between the zone and the one that is wanted, one after the other, until one
  // is not there; the question itself follows when the last has been answered.
  void walk_down(StubQuestion& question, std::vector<UpstreamQuery>& out) {
    for (const std::uint32_t name : minimised_->steps(question.name, question.qtype)) {
      StubQuestion step = question;
      step.name = name;
      step.qtype = kTypeA;
      if (!has(step)) question.time_s = ask_whole(step, out);
      if (!question.exists) return;
    }
  }

  static std::uint64_t key_of(const StubQuestion& question) {
    return (std::uint64_t{question.name} << 16) | question.qtype;
  }

  // Returns when the answer is there.
  double ask_whole(const StubQuestion& question, std::vector<UpstreamQuery>& out) {
    const double t = question.time_s;
    while (t >= restart_s_) {
      entries_.clear();
      draw_restart(restart_s_);
    }
    Entry& entry = entries_[key_of(question)];
    if (t < entry.asked_until_s || (t < entry.expiry_s && t < entry.prefetch_from_s)) {
      return std::max(t, entry.asked_until_s);
    }
    const UpstreamQuery query{
        t, question.name, question.qtype,       question.cause, question.address,
        0, false,         question.is_elsewhere};
    const Iterator::Answer answer =
        question.is_elsewhere ? ask_elsewhere(query, out) : iterator_.resolve(query, out);
    entry.asked_until_s = answer.time_s;
    keep(entry, question, answer);
    return answer.time_s;
  }

  // Other zones have one server, which always answers: what it is like is nobody's question here.
  static Iterator::Answer ask_elsewhere(const UpstreamQuery& query,
                                        std::vector<UpstreamQuery>& out) {
    constexpr double kRoundTripSeconds = 0.03;
    out.push_back(query);
    return {query.time_s + kRoundTripSeconds, true};
  }

  void draw_restart(double after_s) {
    restart_s_ = cache_.restarts_per_week > 0
                     ? after_s + random_.exponential(kWeek / cache_.restarts_per_week)
                     : kNever;
  }

  void keep(Entry& entry, const StubQuestion& question, const Iterator::Answer& answer) {
    if (!answer.has_come) {
      // The old answer goes on being served, if stale ones are, or nobody is answered for a while.
      const bool is_stale = answer.time_s < entry.expiry_s + cache_.stale_seconds;
      if (is_stale) entry.expiry_s = answer.time_s + kFailureSeconds;
      entry.prefetch_from_s = kNever;
      return;
    }
    const bool is_gone =
        question.name == 0 && target_.removed_s != 0 && answer.time_s >= target_.removed_s;
    const bool is_there = question.exists && !is_gone;
    const double ttl =
        is_there ? std::clamp(target_.ttl_seconds, cache_.min_ttl_seconds,
                              std::max(cache_.min_ttl_seconds, cache_.max_ttl_seconds))
                 : std::min(target_.negative_ttl_seconds, cache_.max_negative_ttl_seconds);
    set_times(entry, answer.time_s, ttl);
  }

  void set_times(Entry& entry, double time_s, double ttl) const {
    const bool is_exact = cache_.ttl_clock == TtlClock::exact;
    const double counted_from = is_exact ? time_s : std::floor(time_s);
    const double share = ttl * cache_.prefetch_share;
    double ahead = is_exact ? share : std::floor(share);
    if (ttl >= cache_.prefetch_least_ttl_seconds) ahead = std::max(ahead, cache_.prefetch_seconds);
    entry.expiry_s = counted_from + ttl + (cache_.ttl_clock == TtlClock::late ? 1 : 0);
    // Short TTLs have no tenth in whole seconds, yet Unbound prefetches in their last second.
    const bool has_late_second = cache_.ttl_clock == TtlClock::late && share > 0;
    entry.prefetch_from_s = ahead > 0 || has_late_second ? counted_from + ttl - ahead : kNever;
  }

  const TargetName& target_;
  const Cache& cache_;
  Iterator& iterator_;
  MinimisedNames* minimised_;
  Random& random_;
  double restart_s_ = kNever;
  std::unordered_map<std::uint64_t, Entry> entries_;
};

}  // namespace

std::vector<UpstreamQuery> pass_caches(const std::vector<StubQuestion>& questions,
                                       const Scenario& scenario, const Party& party, Random& random,
                                       Names* names) {
  std::vector<Iterator> iterators;
  std::vector<Shard> shards;
  const auto per_address = static_cast<std::size_t>(std::max(1, party.cache.shards));
  iterators.reserve(party.addresses.size());
  shards.reserve(party.addresses.size() * per_address);
  std::optional<MinimisedNames> minimised;
  if (party.iteration.minimises_names && names != nullptr) {
    minimised.emplace(scenario.target, party.checks, *names);
  }
  MinimisedNames* const steps = minimised ? &*minimised : nullptr;
  for (std::size_t i = 0; i < party.addresses.size(); ++i) {
    iterators.emplace_back(party.iteration, scenario.vantage, random);
    for (std::size_t k = 0; k < per_address; ++k) {
      shards.emplace_back(scenario, party, iterators.back(), steps, random);
    }
  }
  std::vector<UpstreamQuery> out;
  for (const StubQuestion& question : questions) {
    const std::size_t shard = per_address == 1 ? 0 : random.below(per_address);
    shards[question.address * per_address + shard].ask(question, out);
  }
  return out;
}

}  // namespace assay::sim
