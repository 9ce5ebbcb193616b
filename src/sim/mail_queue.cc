#include "sim/mail_queue.h"

#include <algorithm>
#include <cmath>

namespace assay::sim {

double next_try_s(const MailQueue& queue, double arrived_s, double tried_s, double run_phase_s) {
  const double longest = std::max(queue.minimal_backoff_seconds, queue.maximal_backoff_seconds);
  const double waited = std::floor(tried_s) - std::floor(arrived_s);
  const double due_s =
      std::floor(tried_s) + std::clamp(waited, queue.minimal_backoff_seconds, longest);
  const double run = queue.run_seconds;
  if (run <= 0) return due_s;
  return run_phase_s + run * std::ceil((due_s - run_phase_s) / run);
}

void put_off(const Party& party, const TargetName& target, double end_s, Happenings& happened,
             Random& random) {
  constexpr double kMostTries = 1'000;
  const MailQueue& queue = party.queue;
  if (queue.put_off_share <= 0) return;
  const std::uint32_t domain =
      happened.names.number(target.qname.substr(target.qname.find('.') + 1));
  const double phase_s = random.uniform(0, std::max(1.0, queue.run_seconds));
  const std::size_t count = happened.transfers.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (happened.transfers[i].code != 250 || !random.chance(queue.put_off_share)) continue;
    Transfer next = happened.transfers[i];
    happened.transfers[i].code = 450;
    const double arrived_s = next.time_s;
    const double tries = std::min(kMostTries, static_cast<double>(random.geometric(queue.times)));
    for (double left = tries; left > 0; --left) {
      next.time_s = next_try_s(queue, arrived_s, next.time_s, phase_s);
      if (next.time_s >= end_s) break;
      if (!next.is_inbound) happened.ask(next.time_s, domain, kTypeMx);
      happened.ask(next.time_s, 0, kTypeA);
      if (next.is_inbound) next.checked_s = next.time_s;
      next.code = left > 1 ? 450 : 250;
      happened.transfers.push_back(next);
    }
  }
}

}  // namespace assay::sim
