// Which query an answer in dnsmasq's log belongs to.
//
// With log-queries=extra a serial number and the client's port tell it. Without, an answer names no
// client: it goes to the oldest query of that name whose type it can answer (to the youngest, when
// dnsmasq answered at once out of its cache or configuration), and where that is a choice it is
// counted. The records of one answer stand in lines one behind the other, and so do the links of a
// chain of CNAMEs, whose later lines name other names.
#pragma once

#include <cstdint>
#include <string>

#include "readers/dnsmasq_line.h"
#include "readers/pending_lookups.h"

namespace assay {

class DnsmasqAnswers {
 public:
  DnsmasqAnswers(PendingLookups& pending, std::uint64_t key_seed)
      : pending_(pending), key_seed_(key_seed) {}

  std::uint64_t key_of_query(const DnsmasqLine& query);

  struct Outcome {
    DnsRow* row = nullptr;  // with its rcode and flags set
    bool is_local = false;  // the first line of an answer that dnsmasq gave by itself
    bool is_ambiguous = false;
  };
  Outcome take(const DnsmasqLine& answer);
  // A line that is no answer came.
  void end_run() { run_ = {}; }
  std::uint64_t by_order() const { return by_order_; }

 private:
  // The answer whose lines are being read, without serial numbers.
  struct Run {
    bool is_going = false;
    bool expects_link = false;  // the last line was "is <CNAME>"
    std::uint64_t number = 0;   // of the query
    std::uint64_t name = 0;     // key of the last line's name
    std::string first_value;    // of that name: when it comes again, another answer begins
  };

  Outcome take_by_serial(const DnsmasqLine& answer);
  Outcome take_by_name(const DnsmasqLine& answer);
  bool goes_on(const DnsmasqLine& answer, std::uint64_t name);
  std::uint64_t key_of_name(std::string_view printed, std::string_view process);

  PendingLookups& pending_;
  std::uint64_t key_seed_;
  Run run_;
  std::string folded_;
  std::uint64_t by_order_ = 0;
};

}  // namespace assay
