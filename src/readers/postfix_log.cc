// The mail log of Postfix. The format and its codes: docs/formats/postfix_log.md.
#include <fmt/core.h>

#include "assay/reader.h"
#include "readers/head_score.h"
#include "readers/line_reader.h"
#include "readers/mail_fields.h"
#include "readers/postfix_queue.h"
#include "readers/postfix_sessions.h"
#include "readers/readers.h"

namespace assay {

namespace {

// What became of a line.
enum class Fate : std::uint8_t { used, blank, refused };

class PostfixRead {
 public:
  PostfixRead(LogClock clock, RecordSink& sink)
      : clock_(std::move(clock)),
        sink_(sink),
        rows_(sink),
        queue_(rows_, sink),
        sessions_(rows_, sink) {}

  void take(const TextLine& line) {
    SyslogLine syslog;
    if (!parse_syslog_line(line.text, syslog)) {
      return reject_line(sink_, line, "postfix.time.unreadable",
                         "the line does not begin with a readable time stamp");
    }
    const PostfixDaemon daemon = postfix_daemon(syslog.program);
    if (daemon == PostfixDaemon::foreign) return pass_over("postfix.other_program", line);
    if (syslog.repeats > 0) {
      sink_.note("postfix.repeats_missing", line.text, syslog.repeats);
      return reject_line(
          sink_, line, "postfix.repeated",
          fmt::format("stands for {} lines whose times it does not tell", syslog.repeats));
    }
    if (daemon == PostfixDaemon::other) return pass_over("postfix.other_daemon", line);
    PostfixLine parsed;
    if (!clock_.read(syslog.stamp, parsed.place.time)) {
      return reject_line(sink_, line, clock_.problem().code, clock_.problem().why);
    }
    parsed.syslog = &syslog;
    parsed.place.offset = line.offset;
    parsed.place.length = static_cast<std::uint32_t>(line.text.size());
    parsed.message = syslog.message;
    if (const auto id = take_queue_id(parsed.message)) parsed.queue_id = *id;
    if (parsed.message.starts_with("NOQUEUE: ")) parsed.message.remove_prefix(9);
    switch (dispatch(daemon, parsed)) {
      case Fate::used:
        if (!line.is_terminated) sink_.note("line.unterminated", line.text);
        return sink_.used_unit();
      case Fate::blank:
        return pass_over(is_warning(parsed.message) ? "postfix.warning" : "postfix.other_line",
                         line);
      case Fate::refused:
        return reject_line(sink_, line, refusal_, why_);
    }
  }

  Status finish() {
    queue_.finish();
    sessions_.finish();
    return settle_years(clock_, "postfix.year_inferred", sink_);
  }

 private:
  static bool is_warning(std::string_view message) {
    return message.starts_with("warning: ") || message.starts_with("fatal: ") ||
           message.starts_with("error: ") || message.starts_with("panic: ");
  }
  void pass_over(std::string_view note, const TextLine& line) {
    sink_.note(note, line.text);
    sink_.blank_unit();
  }
  Fate refuse(std::string_view code, std::string_view why) {
    refusal_ = code;
    why_ = why;
    return Fate::refused;
  }

  Fate dispatch(PostfixDaemon daemon, const PostfixLine& line) {
    switch (daemon) {
      case PostfixDaemon::smtpd:
        return take_smtpd(line);
      case PostfixDaemon::postscreen:
        if (is_verdict(line)) return take_verdict(line);
        return sessions_.take_screened(line) ? Fate::used : Fate::blank;
      case PostfixDaemon::cleanup:
        return take_cleanup(line);
      case PostfixDaemon::pickup:
        return take_pickup(line);
      case PostfixDaemon::qmgr:
        return queue_.take_manager(line) ? Fate::used : take_agent(line);
      case PostfixDaemon::agent:
        return take_agent(line);
      case PostfixDaemon::bounce:
        return queue_.take_bounce(line) ? Fate::used : take_agent(line);
      case PostfixDaemon::master:
        return take_master(line);
      case PostfixDaemon::foreign:
      case PostfixDaemon::other:
        break;
    }
    return Fate::blank;
  }

  Fate take_agent(const PostfixLine& line) {
    bool is_refused = false;
    if (!queue_.take_agent(line, is_refused)) return Fate::blank;
    if (!is_refused) return Fate::used;
    return refuse("postfix.delivery.unreadable", "a recipient without status= behind it");
  }

  Fate take_smtpd(const PostfixLine& line) {
    if (line.message.starts_with("client=")) return take_client(line);
    if (is_verdict(line)) return take_verdict(line);
    bool is_refused = false;
    if (!sessions_.take(line, is_refused)) return Fate::blank;
    if (!is_refused) return Fate::used;
    return refuse("postfix.client.unreadable", "no NAME[ADDRESS] behind 'connect from'");
  }

  // "client=NAME[A]:P, sasl_method=M, sasl_username=U, orig_queue_id=Q, orig_client=NAME[A]"
  Fate take_client(const PostfixLine& line) {
    MailPeer peer;
    const std::string_view rest = line.message.substr(7);
    if (parse_peer(rest, peer) == 0) {
      return refuse("postfix.client.unreadable", "no NAME[ADDRESS] behind 'client='");
    }
    MailClient& client = sessions_.client_of(line, peer);
    client.auth_method = kept_text(value_of(rest, "sasl_method="));
    client.auth_user = kept_text(value_of(rest, "sasl_username="));
    if (peer.port != 0) client.port = peer.port;
    if (line.queue_id.empty()) return Fate::used;
    MailMessage& message = queue_.begin(line);
    message.client = client;
    message.program = line.syslog->program;
    message.previous = kept_text(value_of(rest, "orig_queue_id="));
    if (MailPeer origin; parse_peer(value_of(rest, "orig_client="), origin) != 0) {
      message.source_address = kept_text(origin.address);
    }
    return Fate::used;
  }

  static bool is_verdict(const PostfixLine& line) {
    PostfixVerdict verdict;
    return !line.message.starts_with("warning: ") && parse_verdict(line.message, verdict) &&
           !verdict.step.empty();
  }

  // A refusal becomes a record; other verdicts tell the helo, and what was done to the message.
  Fate take_verdict(const PostfixLine& line) {
    PostfixVerdict verdict;
    parse_verdict(line.message, verdict);
    if (verdict.is_envelope_doubtful) sink_.note("postfix.envelope_doubtful", line.message);
    MailClient client;
    const bool is_smtpd = postfix_daemon(line.syslog->program) == PostfixDaemon::smtpd;
    if (is_smtpd) {
      MailClient& session = sessions_.client_of(line, verdict.peer);
      if (!verdict.helo.empty()) session.helo = kept_text(verdict.helo);
      if (!verdict.protocol.empty()) session.protocol = kept_text(verdict.protocol);
      client = session;
    } else if (!line.queue_id.empty()) {
      client = queue_.of_line(line).client;
    }
    if (client.key == 0 && client.name.empty()) {
      client.key = rows_.host(verdict.peer.address);
      client.port = verdict.peer.port;
      client.name = kept_text(verdict.peer.name);
    }
    if (!verdict.helo.empty()) client.helo = kept_text(verdict.helo);
    if (!verdict.protocol.empty()) client.protocol = kept_text(verdict.protocol);
    if (!verdict.auth_user.empty()) client.auth_user = kept_text(verdict.auth_user);
    if (verdict.action.ends_with("reject") || verdict.action.ends_with("discard")) {
      queue_.write_verdict(line, verdict, client);
      return Fate::used;
    }
    if (!line.queue_id.empty()) {
      MailMessage& message = queue_.of_line(line);
      message.client = client;
      if (verdict.action.ends_with("hold")) {
        message.action = kept_text(verdict.action);
        message.reason = kept_text(verdict.text.empty() ? verdict.header : verdict.text);
      }
    }
    return Fate::used;
  }

  Fate take_cleanup(const PostfixLine& line) {
    if (line.queue_id.empty()) return Fate::blank;
    if (line.message.starts_with("message-id=")) {
      queue_.take_message_id(line, line.message.substr(11));
      return Fate::used;
    }
    if (line.message.starts_with("resent-message-id=")) return Fate::blank;
    PostfixVerdict verdict;
    return parse_verdict(line.message, verdict) ? take_verdict(line) : Fate::blank;
  }

  // "uid=0 from=<root>": mail from this machine
  Fate take_pickup(const PostfixLine& line) {
    if (line.queue_id.empty() || !line.message.starts_with("uid=")) return Fate::blank;
    MailMessage& message = queue_.begin(line);
    message.program = line.syslog->program;
    message.envelope_from = kept_text(address_value_of(line.message, "from=<"));
    message.previous = kept_text(value_of(line.message, "orig_id="));
    return Fate::used;
  }

  // When Postfix ran: what the log can cover at most.
  Fate take_master(const PostfixLine& line) {
    const MailFields& f = mail_fields();
    const std::string_view text = line.message;
    const bool is_start = text.starts_with("daemon started") || text.starts_with("starting the");
    const bool is_end = text.starts_with("terminating on") || text.starts_with("stopping the");
    if (!is_start && !is_end && !text.starts_with("reload")) return Fate::blank;
    rows_.add(MailRows::row_at(RecordKind::recorder, line.place));
    rows_.field(f.host, line.syslog->host);
    rows_.field(f.software, "Postfix");
    if (const std::size_t at = text.find("version "); at != std::string_view::npos) {
      const std::string_view version = text.substr(at + 8);
      rows_.field(f.version, version.substr(0, version.find(',')));
    }
    rows_.field(f.event, text);
    rows_.field(f.program, line.syslog->program);
    return Fate::used;
  }

  LogClock clock_;
  RecordSink& sink_;
  MailRows rows_;
  PostfixQueue queue_;
  PostfixSessions sessions_;
  std::string_view refusal_, why_;
};

class PostfixLog final : public Reader {
 public:
  std::string_view name() const override { return "postfix_log"; }
  std::string_view summary() const override {
    return "mail log of Postfix: transfers joined by queue id, refusals, connections";
  }
  std::string_view record_kind() const override { return "mail"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    SyslogLine syslog;
    const auto judge = [&](std::string_view line) {
      if (!parse_syslog_line(line, syslog)) return LineSign::undated;
      const bool is_own = postfix_daemon(syslog.program) != PostfixDaemon::foreign;
      return is_own ? LineSign::own : LineSign::foreign;
    };
    const auto show = [&] { return fmt::format("'{}' behind a syslog stamp", syslog.program); };
    return score_lines(head, {60, 30, "are Postfix's"}, judge, show);
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    PostfixRead read(std::move(*clock), sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& postfix_log_reader() {
  static const PostfixLog reader;
  return reader;
}

}  // namespace assay
