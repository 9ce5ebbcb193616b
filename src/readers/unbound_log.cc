// Unbound's log: queries, replies and what its own zones did. The format and its codes:
// docs/formats/unbound_log.md.
#include <fmt/core.h>

#include <utility>

#include "assay/reader.h"
#include "readers/head_score.h"
#include "readers/log_read.h"
#include "readers/lookup_record.h"
#include "readers/pending_lookups.h"
#include "readers/readers.h"
#include "readers/unbound_line.h"

namespace assay {

namespace {

// A reply says itself how long it took; this is only for how long a query waits for its line.
constexpr std::int64_t kPatienceUs = 150 * kMicrosPerSecond;
// So many replies at the start tell that the log has no queries.
constexpr std::size_t kMostHeldReplies = 4'096;

class UnboundRead : public LogRead {
 public:
  UnboundRead(LogClock clock, std::int64_t skew_us, std::string_view head, RecordSink& sink)
      : LogRead("unbound", std::move(clock), skew_us, sink), pending_(sink, kPatienceUs) {
    for_each_head_line(head, [this](std::string_view line) {
      parse_unbound_line(line, parsed_);
      has_queries_ |= parsed_.kind == UnboundLine::Kind::query;
    });
  }

  void take(const TextLine& line) {
    parse_unbound_line(line.text, parsed_);
    const bool was_lookup = std::exchange(was_lookup_, false);
    switch (parsed_.kind) {
      case UnboundLine::Kind::other:
        if (take_repeats(line, was_lookup, " IN")) return;
        return pass_over(line, parsed_.is_unbound ? "unbound.other_line" : "unbound.other_program");
      case UnboundLine::Kind::refused:
        return reject_line(sink_, line, parsed_.code, parsed_.why);
      case UnboundLine::Kind::query:
      case UnboundLine::Kind::reply:
      case UnboundLine::Kind::action:
        return take_lookup(line);
    }
  }

  Status finish() {
    settle_held();
    pending_.finish();
    if (by_order_ > 0) {
      sink_.note("unbound.paired_by_order", "the same question of one client waited several times",
                 by_order_);
    }
    note_crowded_out(pending_.crowded_out());
    return finish_years();
  }

 private:
  void take_lookup(const TextLine& line) {
    DnsRow row;
    if (!read_row(line, row)) return;
    was_lookup_ = true;
    const std::uint64_t key =
        mix_key(mix_key(row.client, row.qname), std::uint64_t{row.qtype} << 16 | row.qclass);
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
    if (parsed_.kind == UnboundLine::Kind::query) {
      has_queries_ = true;
      settle_held();
      row.flags |= kHasQuery;
      pending_.open(key, row);
    } else if (parsed_.kind == UnboundLine::Kind::action) {
      take_action(key, row);
    } else {
      take_reply(key, row);
    }
  }

  bool read_row(const TextLine& line, DnsRow& row) {
    if (!read_time(parsed_.line, line, row)) return false;
    const auto client = keys_.host(parsed_.client);
    if (!client) return refuse(line, "unbound.client.unreadable", "no address of a client");
    row.client = *client;
    row.client_port = parsed_.client_port;
    if (parsed_.has_question) {
      const auto qtype = keys_.qtype(parsed_.qtype);
      if (!qtype) return refuse(line, "unbound.type.unreadable", "no DNS type");
      const auto qclass = keys_.qclass(parsed_.qclass);
      if (!qclass) return refuse(line, "unbound.class.unreadable", "no DNS class");
      row.qtype = *qtype;
      row.qclass = *qclass;
      if (!read_name(line, row)) return false;
    } else {
      row.flags |= kNoQuestion;
      row.qname = sink_.name("");
    }
    if (parsed_.kind != UnboundLine::Kind::reply) return true;
    const auto rcode = parse_rcode(parsed_.rcode);
    if (!rcode) return refuse(line, "unbound.rcode.unreadable", "no rcode");
    row.rcode = *rcode;
    row.flags |= kHasAnswer | (parsed_.is_stream ? kTcp : 0u);
    if (!parsed_.server.empty()) {
      if (const auto server = keys_.constant_host(parsed_.server)) row.server = *server;
    }
    return true;
  }

  // Unbound prints a byte that it does not print as '?', and '&' for the rest of a name of full
  // length.
  bool read_name(const TextLine& line, DnsRow& row) {
    TextKeys::Name name;
    if (parsed_.qname.find_first_of("?&#") == std::string_view::npos) {
      if (const auto problem = keys_.raw_name(parsed_.qname, name)) {
        return refuse(line, problem->code, problem->text);
      }
    } else {
      if (!lossy_unbound_name(parsed_.qname, canonical_, name.had_capitals)) {
        return refuse(line, "dns.qname.unreadable", "not a name as Unbound prints it");
      }
      const bool had_capitals = name.had_capitals;
      keys_.lossy_name(canonical_, name);
      name.had_capitals = had_capitals;
      row.flags |= kNameLossy;
      sink_.note("unbound.name_lossy", line.text);
    }
    row.qname = name.key;
    if (name.had_capitals) row.flags |= kNameHadCapitals;
    return true;
  }

  // "bank.example. static 192.0.2.9@4003 www.bank.example. A IN" stands between query and reply.
  void take_action(std::uint64_t key, DnsRow& row) {
    static const FieldId kType = field_id("policy_type"), kName = field_id("policy_name"),
                         kAction = field_id("policy_action");
    PendingLookups::Found found = pending_.unanswered(key);
    if (!found.row) {  // a log without queries: the line itself shows one
      row.flags |= kHasQuery;
      found.row = &pending_.open(key, row);
    }
    found.row->client_port = row.client_port;
    RecordRow record = record_of(row);
    record.offset = found.row->offset;
    record.length = found.row->length;
    sink_.add_record(record);
    sink_.add_field(kType, parsed_.policy_type);
    sink_.add_field(kName, parsed_.policy_name);
    sink_.add_field(kAction, parsed_.policy_action);
  }

  void take_reply(std::uint64_t key, DnsRow& row) {
    const bool is_timed = parsed_.delay_us && !parsed_.is_cached;
    const PendingLookups::Found found =
        parsed_.has_question ? pending_.unanswered(key) : PendingLookups::Found{};
    if (found.row) {
      by_order_ += pending_.unanswered_count(key) > 1;
      found.row->rcode = row.rcode;
      found.row->flags |= row.flags & (kHasAnswer | kTcp);
      if (row.server != 0) found.row->server = row.server;
      if (is_timed) found.row->delay_us = *parsed_.delay_us;
      return pending_.answer(found);
    }
    if (!parsed_.has_question) return pending_.pass(row);
    if (is_timed) row.delay_us = *parsed_.delay_us;
    if (has_queries_) return pass_unasked(row);
    held_.push_back(row);
    if (held_.size() >= kMostHeldReplies) settle_held();
  }

  // The query's line stands in an earlier file, or left unanswered long ago: its row has it.
  void pass_unasked(const DnsRow& row) {
    sink_.note("unbound.reply_without_query", "a reply whose query is told elsewhere or nowhere");
    pending_.pass(row);
  }

  // Replies from before the first query: when none follows, the log tells replies alone, and each
  // is a look-up, which began before it was answered.
  void settle_held() {
    for (DnsRow& row : held_) {
      if (has_queries_) {
        pass_unasked(row);
        continue;
      }
      row.flags |= kHasQuery;
      if (row.delay_us != kNoDelay) step_back(row, row.delay_us);
      pending_.pass(row);
    }
    held_.clear();
  }

  PendingLookups pending_;
  UnboundLine parsed_;
  std::string canonical_;
  std::vector<DnsRow> held_;
  bool has_queries_ = false;
  bool was_lookup_ = false;
  std::uint64_t by_order_ = 0;
};

class UnboundLog final : public Reader {
 public:
  std::string_view name() const override { return "unbound_log"; }
  std::string_view summary() const override {
    return "log of Unbound: queries, replies and local actions";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "line"; }
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    UnboundLine parsed;
    const auto judge = [&](std::string_view line) {
      parse_unbound_line(line, parsed);
      if (parsed.kind != UnboundLine::Kind::other && parsed.kind != UnboundLine::Kind::refused &&
          parsed.has_question) {
        return LineSign::own;
      }
      return parsed.is_unbound ? LineSign::akin : LineSign::foreign;
    };
    const auto show = [&] {
      return fmt::format("'{} {} {} {}' after 'unbound[...]'", parsed.client, parsed.qname,
                         parsed.qtype, parsed.qclass);
    };
    return score_lines(head, {60, 35, "tell look-ups", 45, "of Unbound, none about a query"}, judge,
                       show);
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    UnboundRead read(std::move(*clock), context.clock.skew_us, context.head, sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& unbound_log_reader() {
  static const UnboundLog reader;
  return reader;
}

}  // namespace assay
