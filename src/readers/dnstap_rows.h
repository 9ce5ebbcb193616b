// From dnstap messages to rows: what each kind means, pairing, and what is kept beside the row.
// See docs/formats/dnstap.md.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "readers/dnstap_message.h"
#include "readers/exchanges.h"
#include "readers/message_rows.h"
#include "readers/path_changes.h"

namespace assay {

// Where a message stands.
struct DnstapPlace {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};

// One per read; used by one thread.
class DnstapRows {
 public:
  DnstapRows(RecordSink& sink, std::int64_t skew_us)
      : sink_(sink), skew_us_(skew_us), rows_(sink), exchanges_(sink), paths_(sink) {}

  // Takes the payload of one data frame, and settles its unit.
  void take(Bytes payload, DnstapPlace place);
  // Sends off the queries that wait. Call once at the end.
  void finish();

 private:
  struct Problem {
    std::string_view code, why;
    explicit operator bool() const { return !code.empty(); }
  };
  struct Moment {
    std::int64_t us = 0;
    std::uint32_t width_us = 1;
  };

  Problem take_message(DnstapPlace place);
  Problem read_time(const DnstapTime& told, Moment& moment) const;
  Problem read_address(Bytes bytes, std::string_view note, std::uint64_t& host);
  Problem describe(DnstapPlace place, PendingQuery& exchange);
  Problem take_query(PendingQuery& query);
  Problem take_response(PendingQuery& answer);
  Problem take_query_of_response(const PendingQuery& answer, PendingQuery& query);
  bool may_imply_query(PendingQuery& answer);
  void settle_held(std::uint8_t side);
  void set_delay(DnsRow& row);
  void take_path(const DnsMessage& query, const DnsRow& row);
  void note_message();
  void note_constant();
  // A sum over what the message tells beyond its row; 0: nothing.
  std::uint64_t sum_of_extras() const;
  void add_extras(const PendingQuery& exchange, const DnsRow& row);

  RecordSink& sink_;
  std::int64_t skew_us_;
  MessageRows rows_;
  Exchanges exchanges_;
  PathChanges paths_;
  DnstapMessage tap_;
  DnsMessage message_;
  std::string identity_, version_;  // of the first message
  bool has_identity_ = false;
  bool is_identity_same_ = true;             // this message's are those of the first one
  std::array<bool, 2> has_queries_{};        // by side
  std::array<std::vector<DnsRow>, 2> held_;  // answers that may stand for their queries, by side
  std::array<std::uint64_t, kDnstapKinds + 1> kinds_{};
};

}  // namespace assay
