// dnsmasq's log of queries (log-queries, also =extra). The format and its codes:
// docs/formats/dnsmasq_log.md.
#include <fmt/core.h>

#include <utility>

#include "assay/reader.h"
#include "readers/dnsmasq_answer.h"
#include "readers/dnsmasq_line.h"
#include "readers/head_score.h"
#include "readers/log_read.h"
#include "readers/lookup_record.h"
#include "readers/pending_lookups.h"
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::int64_t kPatienceUs = 40 * kMicrosPerSecond;
constexpr std::uint64_t kLinger = 64;  // an answer's lines may stand apart by others' lines
constexpr std::uint32_t kFineStampUs = 1'000;

class DnsmasqRead : public LogRead {
 public:
  DnsmasqRead(LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : LogRead("dnsmasq", std::move(clock), skew_us, sink),
        pending_(sink, kPatienceUs, kLinger),
        answers_(pending_, sink.key_seed()) {}

  void take(const TextLine& line) {
    parse_dnsmasq_line(line.text, parsed_);
    const bool was_query = std::exchange(was_query_, parsed_.kind == DnsmasqLine::Kind::query);
    switch (parsed_.kind) {
      case DnsmasqLine::Kind::query:
        answers_.end_run();
        return take_query(line);
      case DnsmasqLine::Kind::answer:
        return take_answer(line);
      case DnsmasqLine::Kind::upstream:
        answers_.end_run();
        return pass_over(line, "dnsmasq.upstream_line");
      case DnsmasqLine::Kind::other:
        answers_.end_run();
        if (take_repeats(line, was_query, "query[")) return;
        return pass_over(line, parsed_.is_dnsmasq ? "dnsmasq.other_line" : "dnsmasq.other_program");
    }
  }

  Status finish() {
    pending_.finish();
    if (answers_.by_order() > 0) {
      sink_.note("dnsmasq.paired_by_order", "a name and type was asked for again before its answer",
                 answers_.by_order());
    }
    note_crowded_out(pending_.crowded_out());
    return finish_years();
  }

 private:
  void take_query(const TextLine& line) {
    DnsRow row;
    row.flags = kHasQuery;
    if (!read_time(parsed_.line, line, row)) return;
    const auto client = keys_.host(parsed_.client);
    if (!client) {
      reject_line(sink_, line, "dnsmasq.client.unreadable", "no address after 'from'");
      return;
    }
    row.client = *client;
    row.client_port = parsed_.client_port;
    if (!read_type(line, row) || !read_name(line, row)) return;
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    pending_.open(answers_.key_of_query(parsed_), row);
    sink_.used_unit();
  }

  bool read_type(const TextLine& line, DnsRow& row) {
    if (parsed_.qtype.starts_with("type=")) {
      const auto number = parse_qtype(fmt::format("TYPE{}", parsed_.qtype.substr(5)));
      if (!number) return refuse(line, "dnsmasq.type.unreadable", "no number of a DNS type");
      row.qtype = *number;
      return true;
    }
    if (const auto qtype = keys_.qtype(parsed_.qtype)) {
      row.qtype = *qtype;
    } else {
      sink_.note("dnsmasq.type_unknown", line.text);
    }
    return true;
  }

  bool read_name(const TextLine& line, DnsRow& row) {
    TextKeys::Name name;
    if (parsed_.qname == kUnprintableName) {
      // Somewhere in it is a byte that is not printed: so it is no plain name.
      keys_.lossy_name("\\*\\?\\*", name);
      row.flags |= kNameLossy;
      sink_.note("dnsmasq.name_lossy", line.text);
    } else if (const auto problem = keys_.raw_name(parsed_.qname, name)) {
      return refuse(line, problem->code, problem->text);
    }
    row.qname = name.key;
    if (name.had_capitals) row.flags |= kNameHadCapitals;
    return true;
  }

  void take_answer(const TextLine& line) {
    LogClock::Problem problem;
    LogClock::Reading time;
    if (!date_line(parsed_.line, clock_, skew_us_, time, problem)) {
      reject_line(sink_, line, problem.code, problem.why);
      return;
    }
    const DnsmasqAnswers::Outcome outcome = answers_.take(parsed_);
    if (!outcome.row) {
      return pass_over(
          line, outcome.is_ambiguous ? "dnsmasq.answer_ambiguous" : "dnsmasq.answer_without_query");
    }
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
    DnsRow& row = *outcome.row;
    const bool is_fine = time.width_us <= kFineStampUs && row.width_us <= kFineStampUs;
    if (row.delay_us == kNoDelay && is_fine && time.us >= row.time_us &&
        time.us - row.time_us <= kPatienceUs) {
      row.delay_us = static_cast<std::uint32_t>(time.us - row.time_us);
    }
    if (outcome.is_local) add_policy(row);
  }

  // What dnsmasq answered out of its own configuration, a hosts file or a block list.
  void add_policy(const DnsRow& row) {
    static const FieldId kType = field_id("policy_type"), kValue = field_id("policy_value");
    RecordRow record = record_of(row);
    sink_.add_record(record);
    sink_.add_field(kType, parsed_.source);
    sink_.add_field(kValue, parsed_.value);
  }

  PendingLookups pending_;
  DnsmasqAnswers answers_;
  DnsmasqLine parsed_;
  bool was_query_ = false;
};

class DnsmasqLog final : public Reader {
 public:
  std::string_view name() const override { return "dnsmasq_log"; }
  std::string_view summary() const override {
    return "log of dnsmasq with log-queries, from a file or through syslog";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "line"; }
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    DnsmasqLine parsed;
    const auto judge = [&](std::string_view line) {
      parse_dnsmasq_line(line, parsed);
      if (parsed.kind == DnsmasqLine::Kind::query) return LineSign::own;
      return parsed.is_dnsmasq ? LineSign::akin : LineSign::foreign;
    };
    const auto show = [&] {
      return fmt::format("'query[{}] {} from {}' after 'dnsmasq'", parsed.qtype, parsed.qname,
                         parsed.client);
    };
    return score_lines(head, {60, 35, "are queries", 45, "of dnsmasq, none about a query"}, judge,
                       show);
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    DnsmasqRead read(std::move(*clock), context.clock.skew_us, sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& dnsmasq_log_reader() {
  static const DnsmasqLog reader;
  return reader;
}

}  // namespace assay
