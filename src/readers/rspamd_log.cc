// The log of the spam filter Rspamd. The format and its codes: docs/formats/rspamd_log.md.
#include <fmt/core.h>

#include <algorithm>

#include "assay/reader.h"
#include "readers/head_score.h"
#include "readers/line_reader.h"
#include "readers/mail_fields.h"
#include "readers/mail_message.h"
#include "readers/readers.h"
#include "readers/syslog_line.h"

namespace assay {

namespace {

// One line about a message that was scanned.
struct RspamdTask {
  LogStamp stamp;
  std::string_view host, tag;
  std::string_view message_id, queue_id, address, user, envelope_from;
  std::string_view action, score, threshold, symbols;
  std::string_view length, recipients, forced;
  bool is_doubtful = false;  // "(default: " stands in it more than once
};
enum class RspamdKind : std::uint8_t { task, other, foreign, no_time, unreadable };

// The text between `begin` and `end`; empty when either is missing.
std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
  const std::size_t at = text.find(begin);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + begin.size());
  const std::size_t stop = text.find(end);
  return stop == std::string_view::npos ? std::string_view() : text.substr(0, stop);
}

// "id: <M>, qid: <Q>, ip: A, user: U, from: <S>, (default: F (no action): [3.20/15.00]
// [SYMBOL(1.00){options;}]), len: N, time: T, dns req: N, digest: <D>, rcpts: <R>, ..."; 3.4 has no
// comma before rcpts.
bool parse_task(std::string_view text, RspamdTask& out) {
  constexpr std::string_view kId = "id: <";
  constexpr std::string_view kDefault = "(default: ";
  out.is_doubtful = text.find(kDefault) != text.rfind(kDefault);
  if (const std::size_t id = text.find(kId); id != std::string_view::npos) {
    // Its sender chose it: nothing else is looked for within.
    out.message_id = between(text, kId, ">, ");
    text.remove_prefix(id + kId.size() + out.message_id.size());
  }
  const std::size_t verdict = text.find(kDefault);
  if (verdict == std::string_view::npos) return false;
  const std::string_view rest = text.substr(0, verdict);
  out.queue_id = between(rest, ", qid: <", ">, ");
  out.address = between(rest, ", ip: ", ", ");
  out.user = between(rest, ", user: ", ", ");
  out.envelope_from = between(rest, ", from: <", ">, ");
  if (rest.find(", from: <>") != std::string_view::npos) out.envelope_from = "<>";
  text.remove_prefix(verdict + kDefault.size());
  out.action = between(text, "(", "): [");
  const std::string_view scores = between(text, "): [", "]");
  const std::size_t slash = scores.find('/');
  if (out.action.empty() || slash == std::string_view::npos) return false;
  out.score = scores.substr(0, slash);
  out.threshold = scores.substr(slash + 1);
  const std::size_t symbols = text.find("] [");
  const std::size_t end = text.rfind("]), len: ");
  if (symbols == std::string_view::npos || end == std::string_view::npos) return false;
  if (end > symbols + 3) out.symbols = text.substr(symbols + 3, end - symbols - 3);
  const std::string_view tail = text.substr(end + 2);
  out.length = between(tail, ", len: ", ", ");
  const std::size_t rcpts = tail.find(" rcpts: <");
  if (rcpts != std::string_view::npos) out.recipients = between(tail.substr(rcpts), "<", ">");
  if (const std::size_t at = tail.find(" forced: "); at != std::string_view::npos) {
    out.forced = tail.substr(at + 9);
    out.forced = out.forced.substr(0, out.forced.find(", settings_id: "));
  }
  return true;
}

// "2026-03-03 09:00:00 #7(normal) <ed2abb>; task; FUNCTION: TEXT", or behind syslog's head
// "rspamd[7]: <ed2abb>; task; FUNCTION: TEXT". A proxy that scans itself writes "proxy" for "task".
RspamdKind parse_rspamd_line(std::string_view line, RspamdTask& out) {
  out = {};
  std::string_view text = line;
  const std::size_t taken = parse_log_stamp(text, out.stamp);
  if (taken != 0 && taken + 2 < text.size() && text.substr(taken, 2) == " #") {
    text.remove_prefix(taken + 2);
  } else {
    SyslogLine syslog;
    if (!parse_syslog_line(text, syslog)) return RspamdKind::no_time;
    if (!syslog.program.starts_with("rspamd")) return RspamdKind::foreign;
    out.stamp = syslog.stamp;
    out.host = syslog.host;
    text = syslog.message;
  }
  constexpr std::string_view kFunction = "rspamd_task_write_log: ";
  const std::size_t function = text.find(kFunction);
  const std::size_t task = text.find("; ");
  if (function == std::string_view::npos || task >= function ||
      text.find("; ", task + 2) != function - 2) {
    return RspamdKind::other;
  }
  out.tag = between(text.substr(0, task + 1), "<", ">;");
  return parse_task(text.substr(function + kFunction.size()), out) ? RspamdKind::task
                                                                   : RspamdKind::unreadable;
}

class RspamdRead {
 public:
  RspamdRead(LogClock clock, RecordSink& sink)
      : clock_(std::move(clock)), sink_(sink), rows_(sink) {}

  void take(const TextLine& line) {
    switch (parse_rspamd_line(line.text, task_)) {
      case RspamdKind::task:
        return take_task(line);
      case RspamdKind::other:
        sink_.note("rspamd.other_line", line.text);
        return sink_.blank_unit();
      case RspamdKind::foreign:
        sink_.note("rspamd.other_program", line.text);
        return sink_.blank_unit();
      case RspamdKind::no_time:
        return reject_line(sink_, line, "rspamd.time.unreadable",
                           "the line does not begin with a readable time stamp");
      case RspamdKind::unreadable:
        return reject_line(sink_, line, "rspamd.task.unreadable",
                           "a scanned message without its action, score and symbols");
    }
  }

  Status finish() { return settle_years(clock_, "rspamd.year_inferred", sink_); }

 private:
  void take_task(const TextLine& line) {
    MailPlace place;
    if (!clock_.read(task_.stamp, place.time)) {
      return reject_line(sink_, line, clock_.problem().code, clock_.problem().why);
    }
    place.offset = line.offset;
    place.length = static_cast<std::uint32_t>(line.text.size());
    if (task_.is_doubtful) sink_.note("rspamd.verdict_doubtful", line.text);
    std::string_view list = task_.recipients;
    for (bool is_first = true; is_first || !list.empty(); is_first = false) {
      const std::size_t end = std::min(list.find(','), list.size());
      write(place, list.substr(0, end), is_first || rows_.may_repeat(line.text.size(), place));
      list.remove_prefix(std::min(list.size(), end + 1));
    }
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  // Not whole: the recipient alone, without what the line tells of all of them.
  void write(const MailPlace& place, std::string_view recipient, bool is_whole) {
    const MailFields& f = mail_fields();
    RecordRow row = MailRows::row_at(RecordKind::mail, place);
    row.client = rows_.host(task_.address);
    row.name = rows_.domain_of(recipient);
    rows_.add(row);
    if (is_whole) rows_.field(f.host, task_.host);
    rows_.field(f.queue_id, task_.queue_id);
    if (is_whole) rows_.field(f.message_id, whole_message_id(task_.message_id));
    if (is_whole) rows_.field(f.envelope_from, task_.envelope_from);
    rows_.field(f.recipient, recipient);
    rows_.field(f.status, "scanned");
    if (!is_whole) return;
    rows_.field(f.spam_action, task_.action);
    rows_.field(f.spam_score, task_.score);
    rows_.field(f.spam_threshold, task_.threshold);
    rows_.field(f.spam_symbols, task_.symbols);
    rows_.field(f.message_size, task_.length);
    rows_.field(f.auth_user, task_.user);
    rows_.field(f.reason, task_.forced);
    rows_.field(f.software, "Rspamd");
  }

  LogClock clock_;
  RecordSink& sink_;
  MailRows rows_;
  RspamdTask task_;
};

class RspamdLog final : public Reader {
 public:
  std::string_view name() const override { return "rspamd_log"; }
  std::string_view summary() const override {
    return "log of Rspamd: messages scanned, with client, score and symbols";
  }
  std::string_view record_kind() const override { return "mail"; }
  std::string_view unit() const override { return "line"; }
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    RspamdTask task;
    const auto judge = [&](std::string_view line) {
      const RspamdKind kind = parse_rspamd_line(line, task);
      if (kind == RspamdKind::task) return LineSign::own;
      if (kind == RspamdKind::no_time) return LineSign::undated;
      return kind == RspamdKind::other ? LineSign::akin : LineSign::foreign;
    };
    return score_lines(head,
                       {62, 30, "are scanned messages", 44, "of Rspamd, none about a message"},
                       judge, [] { return "'rspamd_task_write_log' with a verdict"; });
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    RspamdRead read(std::move(*clock), sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& rspamd_log_reader() {
  static const RspamdLog reader;
  return reader;
}

}  // namespace assay
