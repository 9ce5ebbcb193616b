// The grammar of one line of BIND's query log, without what its words mean.
//
//   [<PRI>][1 ]STAMP [HOST named[PID]: ][STAMP ][CATEGORY: ][SEVERITY: ]
//   client [@0xPOINTER ]ADDRESS#PORT[/key NAME][ (QNAME)]: [view VIEW: ]
//   query: QNAME CLASS TYPE[ FLAGS][ (SERVER)][ [ECS SUBNET]]
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "readers/log_stamp.h"

namespace assay {

// What stands behind the name: CLASS TYPE FLAGS (SERVER). There are few such texts in a log, so
// each is read once and kept, with what its reader made of it.
struct QuerylogTail {
  static constexpr std::size_t kMaxText = 88;

  std::string_view qclass;
  std::string_view qtype;
  std::uint32_t flags = 0;  // of DnsFlag
  std::string_view server;  // empty: not told
  bool has_unknown_flag = false;
  bool has_suffix = false;  // "[ECS ...]" or another bracket that we do not keep

  // The reader's: what the words mean.
  bool is_resolved = false;
  std::uint16_t class_number = 0, type_number = 0;
  std::uint64_t server_key = 0;
};

struct QuerylogLine {
  enum class Kind {
    query,
    other,     // a line of named about something else
    foreign,   // a line that another program wrote to the same syslog
    repeated,  // syslog's word for `repeats` more lines like one before
    refused,   // see `code` and `why`
  };
  Kind kind = Kind::refused;
  std::string_view code;
  std::string_view why;

  LogStamp stamp;
  std::string_view client;
  bool is_client_v4 = false;    // then `client_v4` is the address that stands there
  std::uint32_t client_v4 = 0;  // host order
  std::uint16_t client_port = 0;
  std::string_view qname;
  QuerylogTail* tail = nullptr;  // of a query; valid until the next line

  std::uint64_t repeats = 0;
  bool repeats_query =
      false;  // the repeated line stands in this one and is a query; else ask above
};

// Reads line after line. Lines of one log are alike: what it learns of one makes the next cheaper,
// and never changes what is read.
class QuerylogParser {
 public:
  QuerylogParser();
  ~QuerylogParser();

  // Views in `out` point into `text` or live until the next call; `code` and `why` are set for a
  // refused line, `stamp` for others, the rest for queries only.
  void parse(std::string_view text, QuerylogLine& out);

 private:
  struct Head;
  class Tails;

  bool take_head(std::string_view& text, QuerylogLine& out, Head& head);
  bool take_known_lead(std::string_view& text, Head& head) const;
  void learn_lead(std::string_view lead, const Head& head);

  StampMemo stamps_;
  // What stood between stamp and message in the line before, and what it told.
  static constexpr std::size_t kMaxLead = 96;
  char lead_[kMaxLead];
  std::size_t lead_size_ = 0;  // 0: nothing is known
  std::unique_ptr<Head> lead_head_;
  std::unique_ptr<Tails> tails_;
};

}  // namespace assay
