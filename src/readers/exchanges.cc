#include "readers/exchanges.h"

namespace assay {

void Exchanges::expire(std::int64_t now_us) {
  while (!pending_.is_empty() && pending_.oldest().row.time_us + kPairingWindowUs < now_us) {
    sink_.add(pending_.pop_oldest().row);
  }
}

void Exchanges::add_query(const PendingQuery& query) {
  expire(query.row.time_us);
  if (pending_.is_full()) {
    sink_.note("dns.pending_queries_full",
               "more than 262,144 queries waited for an answer; the oldest counted as unanswered");
    sink_.add(pending_.pop_oldest().row);
  }
  pending_.insert(query);
}

bool Exchanges::take_query(const PendingQuery& answer, PendingQuery& query) {
  expire(answer.row.time_us);
  const bool has_question = (answer.row.flags & kNoQuestion) == 0;
  const Pairing pairing =
      has_question ? pending_.take(answer, query) : pending_.take_any_question(answer, query);
  if (pairing == Pairing::one_of_several) {
    sink_.note("dns.pairing_ambiguous",
               "answers for which equal queries waited; the latest query got the answer");
  }
  return pairing != Pairing::none;
}

void Exchanges::finish() {
  while (!pending_.is_empty()) sink_.add(pending_.pop_oldest().row);
}

}  // namespace assay
