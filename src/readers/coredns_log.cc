// The log plugin of CoreDNS. The format and its codes: docs/formats/coredns_log.md.
#include <fmt/core.h>

#include <utility>

#include "assay/reader.h"
#include "readers/coredns_line.h"
#include "readers/head_score.h"
#include "readers/log_read.h"
#include "readers/readers.h"

namespace assay {

namespace {

class CorednsRead : public LogRead {
 public:
  CorednsRead(LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : LogRead("coredns", std::move(clock), skew_us, sink) {}

  void take(const TextLine& line) {
    parse_coredns_line(line.text, parsed_);
    const bool was_lookup = std::exchange(was_lookup_, parsed_.kind == CorednsLine::Kind::lookup);
    switch (parsed_.kind) {
      case CorednsLine::Kind::other:
        if (take_repeats(line, was_lookup, "[INFO]")) return;
        return pass_over(line, parsed_.is_coredns ? "coredns.other_line" : "coredns.other_program");
      case CorednsLine::Kind::refused:
        return reject_line(sink_, line, parsed_.code, parsed_.why);
      case CorednsLine::Kind::lookup:
        return take_lookup(line);
    }
  }

  Status finish() { return finish_years(); }

 private:
  void take_lookup(const TextLine& line) {
    DnsRow row;
    if (parsed_.line.kind == DaemonLine::Stamp::none) {
      return reject_line(sink_, line, "time.missing",
                         "CoreDNS prints no time; take the log with its container's stamps "
                         "(kubectl logs --timestamps)");
    }
    if (!read_time(parsed_.line, line, row)) return;
    const auto client = keys_.host(parsed_.client);
    if (!client) {
      return reject_line(sink_, line, "coredns.client.unreadable", "no address of a client");
    }
    const auto qtype = keys_.qtype(parsed_.qtype);
    if (!qtype) return reject_line(sink_, line, "coredns.type.unreadable", "no DNS type");
    const auto qclass = keys_.qclass(parsed_.qclass);
    if (!qclass) return reject_line(sink_, line, "coredns.class.unreadable", "no DNS class");
    TextKeys::Name name;
    if (const auto problem = keys_.name(parsed_.qname, name)) {
      return reject_line(sink_, line, problem->code, problem->text);
    }
    row.flags |= kHasQuery | parsed_.flags | (parsed_.is_stream ? kTcp : 0u) |
                 (parsed_.is_dnssec_ok ? kDnssecOk | kEdns : 0u);
    if (parsed_.rcode != "-") {
      const auto rcode = parse_rcode(parsed_.rcode);
      if (!rcode) return reject_line(sink_, line, "coredns.rcode.unreadable", "no rcode");
      row.rcode = *rcode;
      row.flags |= kHasAnswer;
      row.delay_us = parsed_.delay_us;
    }
    step_back(row, parsed_.delay_us);
    row.client = *client;
    row.client_port = parsed_.client_port;
    row.id = parsed_.id;
    row.qname = name.key;
    row.qtype = *qtype;
    row.qclass = *qclass;
    if (name.had_capitals) row.flags |= kNameHadCapitals;
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.add(row);
    sink_.used_unit();
  }

  CorednsLine parsed_;
  bool was_lookup_ = false;
};

class CorednsLog final : public Reader {
 public:
  std::string_view name() const override { return "coredns_log"; }
  std::string_view summary() const override {
    return "log plugin of CoreDNS (formats common and combined), with a container's stamps";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "line"; }
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    CorednsLine parsed;
    const auto judge = [&](std::string_view line) {
      parse_coredns_line(line, parsed);
      return parsed.kind == CorednsLine::Kind::lookup ? LineSign::own : LineSign::foreign;
    };
    const auto show = [&] {
      return fmt::format("'\"{} {} {} ...\" {}' after '[INFO]'", parsed.qtype, parsed.qclass,
                         parsed.qname, parsed.rcode);
    };
    return score_lines(head, {60, 35, "tell look-ups"}, judge, show);
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    CorednsRead read(std::move(*clock), context.clock.skew_us, sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& coredns_log_reader() {
  static const CorednsLog reader;
  return reader;
}

}  // namespace assay
