// BIND's query log, in every layout that named has printed since version 9. The format and its
// codes: docs/formats/bind_querylog.md.
#include <fmt/core.h>

#include "assay/reader.h"
#include "readers/head_score.h"
#include "readers/line_reader.h"
#include "readers/log_stamp.h"
#include "readers/querylog_line.h"
#include "readers/readers.h"
#include "readers/text_keys.h"

namespace assay {

namespace {

// Reads one evidence: the state that lives from its first line to its last.
class QuerylogRead {
 public:
  QuerylogRead(LogClock clock, RecordSink& sink)
      : clock_(std::move(clock)), sink_(sink), keys_(sink) {}

  void take(const TextLine& line) {
    parser_.parse(line.text, parsed_);
    const bool is_after_query = was_query_;
    was_query_ = parsed_.kind == QuerylogLine::Kind::query;
    switch (parsed_.kind) {
      case QuerylogLine::Kind::query:
        take_query(line);
        return;
      case QuerylogLine::Kind::repeated:
        was_query_ = is_after_query;
        take_repeated(line, parsed_.repeats_query || is_after_query);
        return;
      case QuerylogLine::Kind::other:
        sink_.note("bind.other_line", line.text);
        sink_.blank_unit();
        return;
      case QuerylogLine::Kind::foreign:
        sink_.note("bind.other_program", line.text);
        sink_.blank_unit();
        return;
      case QuerylogLine::Kind::refused:
        reject_line(sink_, line, parsed_.code, parsed_.why);
        return;
    }
  }

  Status finish() {
    if (suffixes_ > 0) {
      sink_.note("bind.suffix_not_kept", "client subnet or another bracket at the line's end",
                 suffixes_);
    }
    if (clock_.yearless_count() == 0) return {};
    if (auto problem = clock_.contradiction()) return *problem;
    if (const auto year = clock_.better_first_year()) {
      sink_.want_first_year(*year);
      return Error{ErrorCode::usage,
                   fmt::format("the stamps have no year, and the log runs through a new year: its "
                               "first line lies in {}",
                               *year),
                   fmt::format("read it again with --year {}", *year)};
    }
    sink_.note("bind.year_inferred", clock_.year_story(), clock_.yearless_count());
    return {};
  }

 private:
  // Syslog held lines back: how many look-ups there were is told, when they were is not.
  void take_repeated(const TextLine& line, bool is_query) {
    if (!is_query) {
      sink_.note("bind.other_line", line.text);
      return sink_.blank_unit();
    }
    sink_.note("bind.repeats_missing", line.text, parsed_.repeats);
    reject_line(
        sink_, line, "bind.repeated",
        fmt::format("stands for {} look-ups whose times it does not tell", parsed_.repeats));
  }

  // What the words behind the name mean; kept in the tail when it is readable.
  std::optional<NameProblem> resolve(QuerylogTail& tail) {
    const auto qclass = keys_.qclass(tail.qclass);
    if (!qclass) return NameProblem{"bind.class.unreadable", "no DNS class"};
    auto qtype = keys_.qtype(tail.qtype);
    if (!qtype && tail.qtype == "RESERVED0") qtype = kNoQtype;  // named's word for type 0
    if (!qtype) return NameProblem{"bind.type.unreadable", "no DNS type"};
    std::optional<std::uint64_t> server = 0;
    if (!tail.server.empty()) server = keys_.host(tail.server.substr(0, tail.server.find('#')));
    if (!server) return NameProblem{"bind.server.unreadable", "no address in the brackets"};
    tail.class_number = *qclass;
    tail.type_number = *qtype;
    tail.server_key = *server;
    tail.is_resolved = true;
    return std::nullopt;
  }

  void take_query(const TextLine& line) {
    LogClock::Reading time;
    if (!clock_.read(parsed_.stamp, time)) {
      return reject_line(sink_, line, clock_.problem().code, clock_.problem().why);
    }
    const auto client =
        parsed_.is_client_v4 ? keys_.host_v4(parsed_.client_v4) : keys_.host(parsed_.client);
    if (!client) return reject_line(sink_, line, "bind.client.unreadable", "no address before '#'");
    QuerylogTail& tail = *parsed_.tail;
    if (!tail.is_resolved) {
      if (const auto problem = resolve(tail)) {
        return reject_line(sink_, line, problem->code, problem->text);
      }
    }
    TextKeys::Name name;
    if (const auto problem = keys_.name(parsed_.qname, name)) {
      return reject_line(sink_, line, problem->code, problem->text);
    }
    DnsRow row;
    row.time_us = time.us;
    row.width_us = time.width_us;
    row.client = *client;
    row.server = tail.server_key;
    row.client_port = parsed_.client_port;
    row.qname = name.key;
    row.qtype = tail.type_number;
    row.qclass = tail.class_number;
    row.flags = tail.flags | time.flags | kHasQuery;
    if (name.had_capitals) row.flags |= kNameHadCapitals;
    row.offset = line.offset;
    row.length = static_cast<std::uint32_t>(line.text.size());
    if (tail.has_suffix) ++suffixes_;
    if (tail.has_unknown_flag) sink_.note("bind.flag_unknown", line.text);
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.add(row);
    sink_.used_unit();
  }

  LogClock clock_;
  RecordSink& sink_;
  TextKeys keys_;
  QuerylogParser parser_;
  QuerylogLine parsed_;
  std::uint64_t suffixes_ = 0;
  bool was_query_ = false;
};

class BindQuerylog final : public Reader {
 public:
  std::string_view name() const override { return "bind_querylog"; }
  std::string_view summary() const override {
    return "query log of BIND 9 (named), from a file or through syslog";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "line"; }
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    QuerylogParser parser;
    QuerylogLine parsed;
    const auto judge = [&](std::string_view line) {
      parser.parse(line, parsed);
      if (parsed.kind == QuerylogLine::Kind::query) return LineSign::own;
      const bool is_akin =
          parsed.kind == QuerylogLine::Kind::other && line.find("client ") < line.size();
      return is_akin ? LineSign::akin : LineSign::foreign;
    };
    const auto show = [&] {
      return fmt::format("'query: {} {}' after 'client {}#{}'", parsed.qname, parsed.tail->qtype,
                         parsed.client, parsed.client_port);
    };
    return score_lines(head, {60, 35, "are queries", 45, "of named, none about a query"}, judge,
                       show);
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    QuerylogRead read(std::move(*clock), sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& bind_querylog_reader() {
  static const BindQuerylog reader;
  return reader;
}

}  // namespace assay
