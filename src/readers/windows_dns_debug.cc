// The debug log of Windows DNS Server. The format and its codes: docs/formats/windows_dns_debug.md.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "assay/reader.h"
#include "readers/head_score.h"
#include "readers/log_read.h"
#include "readers/pending_lookups.h"
#include "readers/readers.h"
#include "readers/text_numbers.h"
#include "readers/windows_date_order.h"
#include "readers/windows_dns_line.h"

namespace assay {

namespace {

constexpr std::int64_t kPatienceUs = 60 * kMicrosPerSecond;
constexpr std::uint32_t kMaxBlockBytes = 1u << 20;  // of a packet with its details
constexpr std::string_view kHead =
    "DNS "
    "Server log file creation";
constexpr std::string_view kKey = "Message logging key (for packets";
// What a first read hands to the second in the place of a year, of which these stamps lack none.
constexpr int kDaysFirst = 1, kMonthsFirst = 2;

std::uint32_t flags_of_wire(std::uint16_t wire) {
  std::uint32_t flags = static_cast<std::uint32_t>(wire >> 11 & 15) << 28;
  constexpr std::pair<std::uint16_t, std::uint32_t> kBits[] = {
      {0x0400, kAuthoritative},      {0x0200, kTruncated},     {0x0100, kRecursionDesired},
      {0x0080, kRecursionAvailable}, {0x0020, kAuthenticData}, {0x0010, kCheckingDisabled}};
  for (const auto& [bit, flag] : kBits) flags |= (wire & bit) != 0 ? flag : 0u;
  return flags;
}

std::optional<bool> order_of_first_read(std::optional<int> handed_on) {
  if (!handed_on) return std::nullopt;
  return *handed_on == kDaysFirst;
}

class WindowsDnsRead : public LogRead {
 public:
  WindowsDnsRead(LogClock clock, const ReadContext& context, RecordSink& sink)
      : LogRead("windows_dns", std::move(clock), context.clock.skew_us, sink),
        order_(order_of_first_read(context.first_year), context.clock.last_change_us),
        pending_(sink, kPatienceUs) {}

  void take(const TextLine& line) {
    parse_windows_dns_line(line.text, parsed_);
    switch (parsed_.kind) {
      case WindowsDnsLine::Kind::detail:
        return take_detail(line);
      case WindowsDnsLine::Kind::other:
        block_ = Block::none;
        return pass_over(line, line.text.find(" Note:") == std::string_view::npos
                                   ? "windows_dns.other_line"
                                   : "windows_dns.note_line");
      case WindowsDnsLine::Kind::refused:
        block_ = Block::refused;
        return reject_line(sink_, line, parsed_.code, parsed_.why);
      case WindowsDnsLine::Kind::packet:
        block_ = Block::refused;
        return take_packet(line);
    }
  }

  Status finish() {
    pending_.finish();
    note_crowded_out(pending_.crowded_out());
    if (const auto is_day_first = order_.better()) {
      sink_.want_first_year(*is_day_first ? kDaysFirst : kMonthsFirst);
      return Error{ErrorCode::usage,
                   fmt::format("the dates of this log are written {} first",
                               *is_day_first ? "day" : "month"),
                   "read it again in this order"};
    }
    if (order_.choices() > 0) {
      sink_.note(order_.is_assumed() ? "windows_dns.day_order_assumed" : "windows_dns.day_order",
                 order_.story(), order_.choices());
    }
    return {};
  }

 private:
  enum class Block { none, packet, refused };

  void take_packet(const TextLine& line) {
    DnsRow row;
    if (!read_row(line, row)) return;
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
    block_ = Block::packet;
    section_ = Section::none;
    const bool is_upstream = parsed_.is_sent != parsed_.is_response;
    is_of_client_ = !is_upstream;
    is_query_ = !parsed_.is_response;
    const std::uint64_t key = mix_key(mix_key(is_upstream ? row.server : row.client, row.qname),
                                      std::uint64_t{row.id} << 32 | std::uint64_t{row.qtype} << 8 |
                                          (row.flags & kTcp ? 2u : 0u) | (is_upstream ? 1u : 0u));
    if (is_upstream) sink_.note("windows_dns.client_not_told", line.text);
    if (is_query_) {
      row.flags |= kHasQuery;
      pending_.open(key, row);
      number_ = pending_.last_number();
      return;
    }
    row.flags |= kHasAnswer;
    row.rcode = parsed_.flags & 15;
    const PendingLookups::Found found = pending_.unanswered(key);
    if (!found.row) {
      sink_.note("windows_dns.answer_without_query", line.text);
      is_query_ = true;  // its details are its own
      pending_.pass(row);
      number_ = pending_.last_number();
      return;
    }
    found.row->flags |= row.flags;
    found.row->rcode = row.rcode;
    pending_.answer(found);
    number_ = found.number;
  }

  bool read_row(const TextLine& line, DnsRow& row) {
    LogStamp stamp;
    if (!order_.read(parsed_.date, stamp)) {
      return refuse(line, "windows_dns.date.unreadable",
                    "a day above 12 stands where this log has months");
    }
    LogClock::Reading time;
    if (!clock_.read(stamp, time)) return refuse(line, clock_.problem().code, clock_.problem().why);
    row.time_us = time.us;
    row.width_us = time.width_us;
    row.flags = time.flags | flags_of_wire(parsed_.flags) | (parsed_.is_tcp ? kTcp : 0u);
    row.offset = line.offset;
    row.length = static_cast<std::uint32_t>(line.text.size());
    row.id = parsed_.id;
    const auto remote = keys_.host(parsed_.remote);
    if (!remote)
      return refuse(line, "windows_dns.remote.unreadable", "no address after Rcv or Snd");
    (parsed_.is_sent == parsed_.is_response ? row.client : row.server) = *remote;
    const auto qtype = type_of(parsed_.qtype);
    if (!qtype) return refuse(line, "windows_dns.type.unreadable", "no DNS type");
    row.qtype = *qtype;
    const std::string_view problem = read_windows_name(parsed_.qname, name_);
    if (!problem.empty()) return refuse(line, problem, "not a name as Windows DNS prints it");
    row.qname = sink_.name(name_.canonical);
    if (name_.had_capitals) row.flags |= kNameHadCapitals;
    if (name_.is_lossy) {
      row.flags |= kNameLossy;
      sink_.note("windows_dns.name_lossy", line.text);
    }
    return true;
  }

  // "ALL" is any type; types without a mnemonic are numbers, also with 0x.
  std::optional<std::uint16_t> type_of(std::string_view word) {
    if (word == "ALL") return 255;
    if (const auto type = keys_.qtype(word)) return type;
    if (word.starts_with("0x") || word.starts_with("0X")) {
      std::uint16_t value = 0;
      const auto [end, error] =
          std::from_chars(word.data() + 2, word.data() + word.size(), value, 16);
      if (error == std::errc() && end == word.data() + word.size()) return value;
      return std::nullopt;
    }
    return parse_number<std::uint16_t>(word);
  }

  // Lines behind a packet: "  Remote addr 192.0.2.7, port 59612" and the message, field by field.
  void take_detail(const TextLine& line) {
    const bool is_of_packet = line.text[0] == ' ' || line.text[0] == '\t' ||
                              line.text.starts_with("UDP ") || line.text.starts_with("TCP ");
    if (block_ == Block::none || !is_of_packet) {
      block_ = Block::none;
      return pass_over(line, "windows_dns.head_line");
    }
    DnsRow* row = block_ == Block::packet ? pending_.row(number_) : nullptr;
    if (row && is_query_) {
      const std::uint64_t length = line.offset + line.text.size() - row->offset;
      if (length > kMaxBlockBytes) {
        block_ = Block::none;
        return pass_over(line, "windows_dns.detail_too_long");
      }
      row->length = static_cast<std::uint32_t>(length);
    }
    sink_.join_units(1);
    if (row) read_detail(line.text, *row);
  }

  void read_detail(std::string_view text, DnsRow& row) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    if (text.starts_with("Remote addr ") && is_of_client_) {
      const std::size_t at = text.rfind("port ");
      if (at == std::string_view::npos) return;
      if (const auto port = parse_number<std::uint16_t>(text.substr(at + 5))) {
        row.client_port = *port;
      }
    } else if (text.ends_with(" SECTION:")) {
      section_ = text.starts_with("QUESTION") ? Section::question
                 : text.starts_with("ANSWER") ? Section::answer
                                              : Section::none;
    } else if (section_ == Section::question && text.starts_with("QCLASS")) {
      if (const auto value = last_number(text)) row.qclass = static_cast<std::uint16_t>(*value);
    } else if (section_ == Section::answer && text.starts_with("TTL")) {
      if (const auto value = last_number(text)) row.ttl = std::min(row.ttl, *value);
    }
  }

  static std::optional<std::uint32_t> last_number(std::string_view text) {
    text = text.substr(0, text.find_last_not_of(" \t") + 1);
    return parse_number<std::uint32_t>(text.substr(text.find_last_of(" \t") + 1));
  }

  enum class Section { none, question, answer };

  WindowsDateOrder order_;
  PendingLookups pending_;
  WindowsDnsLine parsed_;
  WindowsName name_;
  Block block_ = Block::none;
  Section section_ = Section::none;
  std::uint64_t number_ = 0;  // of the row that the details are about
  bool is_query_ = false;     // the row's own packet is the one that the details tell
  bool is_of_client_ = false;
};

// What stands below a packet's line, or in the file's head; the words of a letter begin their line.
bool is_detail_of_packet(std::string_view line) {
  for (const std::string_view begin : {" ", "\t", "UDP ", "TCP ", "Log file wrap at "}) {
    if (line.starts_with(begin)) return true;
  }
  return line.starts_with(kHead) || line.find(kKey) < line.size();
}

class WindowsDnsDebug final : public Reader {
 public:
  std::string_view name() const override { return "windows_dns_debug"; }
  std::string_view summary() const override {
    return "debug log of DNS on Windows Server, with or without details";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    if (begins_as_page_or_code(head)) return {};
    LineCount count;
    bool has_head = false;
    WindowsDnsLine parsed;
    for_each_head_line(head, [&](std::string_view line) {
      has_head |= line.starts_with(kHead) || line.find(kKey) < line.size();
      parse_windows_dns_line(line, parsed);
      const bool is_detail = parsed.kind == WindowsDnsLine::Kind::detail;
      if (is_detail && is_detail_of_packet(line)) return;
      ++count.lines;
      if (is_detail) count_undated(line, count);
      if (parsed.kind == WindowsDnsLine::Kind::packet && count.own++ == 0) {
        count.first = fmt::format("'PACKET ... {} {} {}'", parsed.is_sent ? "Snd" : "Rcv",
                                  parsed.remote, parsed.qname);
      }
    });
    if (is_quotation(count)) return {};
    if (count.own == 0 && has_head) {
      return {75, "the head of a debug log of DNS on Windows Server"};
    }
    return score_of(count, {93, 0, "are packets"});
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, {});
    if (!clock.ok()) return clock.error();
    WindowsDnsRead read(std::move(*clock), context, sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& windows_dns_debug_reader() {
  static const WindowsDnsDebug reader;
  return reader;
}

}  // namespace assay
