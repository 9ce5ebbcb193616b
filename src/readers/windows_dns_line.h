// A line of the debug log of Windows DNS Server, taken apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

// A date whose order is not known yet: the three numbers as printed.
struct WindowsDate {
  enum class Order { year_first, day_first, either } order = Order::either;
  int first = 0, second = 0;  // of day and month; with year_first the month stands first
  int year = 0;
  std::int64_t day_us = 0;    // since midnight
  bool has_half_day = false;  // "AM", "PM"
};

struct WindowsDnsLine {
  enum class Kind {
    packet,
    other,    // begins with a stamp and tells something else
    detail,   // belongs to the packet above it, or to the file's head
    refused,  // a packet that cannot be read
  } kind = Kind::detail;

  WindowsDate date;
  bool is_tcp = false;
  bool is_sent = false;  // Snd, else Rcv
  bool is_response = false;
  char opcode = 'Q';  // Q, N, U or ?
  std::string_view remote;
  std::uint16_t id = 0;
  std::uint16_t flags = 0;  // as on the wire
  std::string_view qtype;
  std::string_view qname;  // "(3)www(7)example(0)"

  std::string_view code, why;  // refused
};

// The views are into `text`.
void parse_windows_dns_line(std::string_view text, WindowsDnsLine& out);

struct WindowsName {
  std::string canonical;
  bool had_capitals = false;
  bool is_lossy = false;
};
// "(3)www(7)example(0)", or with dots (".www.example."), as some tools leave it. The code of a
// problem, or an empty text.
std::string_view read_windows_name(std::string_view printed, WindowsName& out);

}  // namespace assay
