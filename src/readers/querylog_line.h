// The grammar of one line of BIND's query log, without what its words mean.
//
//   [<PRI>][1 ]STAMP [HOST named[PID]: ][STAMP ][CATEGORY: ][SEVERITY: ]
//   client [@0xPOINTER ]ADDRESS#PORT[/key NAME][ (QNAME)]: [view VIEW: ]
//   query: QNAME CLASS TYPE[ FLAGS][ (SERVER)][ [ECS SUBNET]]
#pragma once

#include <cstdint>
#include <string_view>

#include "readers/log_stamp.h"

namespace assay {

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
  std::uint16_t client_port = 0;
  std::string_view qname;
  std::string_view qclass;
  std::string_view qtype;
  std::uint32_t flags = 0;  // of DnsFlag
  std::string_view server;  // empty: not told
  bool has_unknown_flag = false;
  bool has_suffix = false;  // "[ECS ...]" or another bracket that we do not keep

  std::uint64_t repeats = 0;
  bool repeats_query =
      false;  // the repeated line stands in this one and is a query; else ask above
};

// Views in `out` point into `text`; `code` and `why` are set for a refused line, `stamp` for
// others, the rest for queries only.
void parse_querylog_line(std::string_view text, QuerylogLine& out);

}  // namespace assay
