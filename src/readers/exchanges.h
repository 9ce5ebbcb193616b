// Pairs queries with answers for the formats that say which is which: dnstap, eve.json.
//
// By the rules of QueryTable. Captures have doubts of their own (ports, packets) and keep their own
// way in packet/dns_rows.h.
#pragma once

#include "assay/reader.h"
#include "readers/packet/query_table.h"

namespace assay {

// One per read; used by one thread.
class Exchanges {
 public:
  explicit Exchanges(RecordSink& sink) : sink_(sink) {}

  // Keeps the query until its answer comes, or its time is over.
  void add_query(const PendingQuery& query);
  // Takes out the query that `answer` belongs to. Without a question of its own an answer is
  // paired by the rest.
  bool take_query(const PendingQuery& answer, PendingQuery& query);
  // Sends off the queries that wait. Call once at the end.
  void finish();

 private:
  void expire(std::int64_t now_us);

  RecordSink& sink_;
  QueryTable pending_;
};

}  // namespace assay
