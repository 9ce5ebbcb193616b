// The query logs of PowerDNS Recursor and PowerDNS Authoritative Server. The format and its codes:
// docs/formats/powerdns_log.md.
#include <fmt/core.h>

#include <utility>

#include "assay/reader.h"
#include "readers/head_score.h"
#include "readers/log_read.h"
#include "readers/pending_lookups.h"
#include "readers/powerdns_line.h"
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::int64_t kPatienceUs = 60 * kMicrosPerSecond;

class PowerdnsRead : public LogRead {
 public:
  PowerdnsRead(LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : LogRead("powerdns", std::move(clock), skew_us, sink), pending_(sink, kPatienceUs) {}

  void take(const TextLine& line) {
    parse_powerdns_line(line.text, parsed_);
    const bool was_lookup = std::exchange(was_lookup_, false);
    switch (parsed_.kind) {
      case PowerdnsLine::Kind::other:
        if (take_repeats(line, was_lookup, "'")) return;
        return pass_over(line,
                         parsed_.is_powerdns ? "powerdns.other_line" : "powerdns.other_program");
      case PowerdnsLine::Kind::refused:
        return reject_line(sink_, line, parsed_.code, parsed_.why);
      case PowerdnsLine::Kind::question:
      case PowerdnsLine::Kind::cached:
        return take_question(line);
      case PowerdnsLine::Kind::answer:
        return take_answer(line);
    }
  }

  Status finish() {
    pending_.finish();
    note_crowded_out(pending_.crowded_out());
    return finish_years();
  }

 private:
  void take_question(const TextLine& line) {
    DnsRow row;
    if (!read_row(line, row)) return;
    was_lookup_ = true;
    row.flags |= kHasQuery;
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
    if (parsed_.kind == PowerdnsLine::Kind::cached) {
      row.flags |= kHasAnswer;
      return pending_.pass(row);
    }
    if (parsed_.task.empty()) return pending_.pass(row);  // of the authoritative server
    pending_.open(key(), row);
  }

  void take_answer(const TextLine& line) {
    const PendingLookups::Found found = pending_.unanswered(key());
    if (!found.row) return take_answer_alone(line);
    found.row->flags |= kHasAnswer | (parsed_.is_recursion_desired ? kRecursionDesired : 0u);
    if (parsed_.rcode) found.row->rcode = *parsed_.rcode;
    if (parsed_.delay_us) found.row->delay_us = *parsed_.delay_us;
    pending_.answer(found);
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  // Its question stands in an earlier file. A plain answer names no client.
  void take_answer_alone(const TextLine& line) {
    if (parsed_.client.empty()) return pass_over(line, "powerdns.answer_without_question");
    DnsRow row;
    if (!read_row(line, row)) return;
    sink_.note("powerdns.answer_without_question", line.text);
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
    row.flags |= kHasAnswer;
    if (parsed_.rcode) row.rcode = *parsed_.rcode;
    if (parsed_.delay_us) row.delay_us = *parsed_.delay_us;
    pending_.pass(row);
  }

  // A task of a thread works on one question at a time; its number comes again, so the question
  // has to agree too.
  std::uint64_t key() const {
    const std::uint64_t seed = sink_.key_seed();
    const std::uint64_t task =
        mix_key(name_key(parsed_.thread, seed).key, name_key(parsed_.task, seed).key);
    return mix_key(task,
                   mix_key(name_key(parsed_.qname, seed).key, name_key(parsed_.qtype, seed).key));
  }

  bool read_row(const TextLine& line, DnsRow& row) {
    if (!read_time(parsed_.line, line, row)) return false;
    const auto client = keys_.host(parsed_.client);
    if (!client) return refuse(line, "powerdns.client.unreadable", "no address of a client");
    row.client = *client;
    row.client_port = parsed_.client_port;
    if (parsed_.is_stream) row.flags |= kTcp;
    if (parsed_.is_recursion_desired) row.flags |= kRecursionDesired;
    if (parsed_.is_dnssec_ok) row.flags |= kDnssecOk | kEdns;
    TextKeys::Name name;
    if (!parsed_.has_name) {
      keys_.lossy_name("\\*", name);
      row.flags |= kNameLossy;
      sink_.note("powerdns.name_not_told", line.text);
      row.qname = name.key;
      return true;
    }
    const auto qtype = keys_.qtype(parsed_.qtype);
    if (!qtype) return refuse(line, "powerdns.type.unreadable", "no DNS type");
    row.qtype = *qtype;
    if (const auto problem = keys_.name(parsed_.qname, name)) {
      return refuse(line, problem->code, problem->text);
    }
    row.qname = name.key;
    if (name.had_capitals) row.flags |= kNameHadCapitals;
    return true;
  }

  PendingLookups pending_;
  PowerdnsLine parsed_;
  bool was_lookup_ = false;
};

class PowerdnsLog final : public Reader {
 public:
  std::string_view name() const override { return "powerdns_log"; }
  std::string_view summary() const override {
    return "query logs of PowerDNS Recursor (quiet=no) and Authoritative Server (log-dns-queries)";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "line"; }
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    PowerdnsLine parsed;
    const auto judge = [&](std::string_view line) {
      parse_powerdns_line(line, parsed);
      if (parsed.kind != PowerdnsLine::Kind::other && parsed.kind != PowerdnsLine::Kind::refused) {
        return LineSign::own;
      }
      const bool is_logged = parsed.line.kind != DaemonLine::Stamp::none;
      const bool is_banner =
          is_logged && parsed.is_powerdns && line.find("PowerDNS ") < line.size();
      return is_banner ? LineSign::akin : LineSign::foreign;
    };
    const auto show = [&] {
      return parsed.has_name
                 ? fmt::format("'{}|{}' as PowerDNS logs it", parsed.qname, parsed.qtype)
                 : std::string("a question answered from the packet cache, as PowerDNS logs it");
    };
    return score_lines(head, {60, 35, "tell look-ups", 45, "of PowerDNS, none about a question"},
                       judge, show);
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    PowerdnsRead read(std::move(*clock), context.clock.skew_us, sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& powerdns_log_reader() {
  static const PowerdnsLog reader;
  return reader;
}

}  // namespace assay
