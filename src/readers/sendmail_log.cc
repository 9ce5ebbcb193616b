// sendmail's log. The format and its codes: docs/formats/sendmail_log.md.
#include <fmt/core.h>

#include "assay/reader.h"
#include "readers/head_score.h"
#include "readers/line_reader.h"
#include "readers/readers.h"
#include "readers/sendmail_messages.h"

namespace assay {

namespace {

class SendmailRead {
 public:
  SendmailRead(LogClock clock, RecordSink& sink)
      : clock_(std::move(clock)), sink_(sink), rows_(sink), messages_(rows_, sink) {}

  void take(const TextLine& line) {
    SendmailLine parsed;
    if (!parse_syslog_line(line.text, parsed.syslog)) {
      return reject_line(sink_, line, "sendmail.time.unreadable",
                         "the line does not begin with a readable time stamp");
    }
    if (!is_sendmail(parsed.syslog.program)) return pass_over("sendmail.other_program", line);
    if (parsed.syslog.repeats > 0) {
      sink_.note("sendmail.repeats_missing", line.text, parsed.syslog.repeats);
      return reject_line(
          sink_, line, "sendmail.repeated",
          fmt::format("stands for {} lines whose times it does not tell", parsed.syslog.repeats));
    }
    if (!clock_.read(parsed.syslog.stamp, parsed.place.time)) {
      return reject_line(sink_, line, clock_.problem().code, clock_.problem().why);
    }
    parsed.place.offset = line.offset;
    parsed.place.length = static_cast<std::uint32_t>(line.text.size());
    take_sendmail_id(parsed);
    switch (messages_.take(parsed)) {
      case SendmailMessages::Fate::used:
        if (!line.is_terminated) sink_.note("line.unterminated", line.text);
        return sink_.used_unit();
      case SendmailMessages::Fate::blank:
        return pass_over("sendmail.other_line", line);
      case SendmailMessages::Fate::refused:
        return reject_line(sink_, line, "sendmail.transfer.unreadable",
                           "from= or to= without the parts that belong to it");
    }
  }

  Status finish() {
    messages_.finish();
    return settle_years(clock_, "sendmail.year_inferred", sink_);
  }

 private:
  void pass_over(std::string_view note, const TextLine& line) {
    sink_.note(note, line.text);
    sink_.blank_unit();
  }

  LogClock clock_;
  RecordSink& sink_;
  MailRows rows_;
  SendmailMessages messages_;
};

class SendmailLog final : public Reader {
 public:
  std::string_view name() const override { return "sendmail_log"; }
  std::string_view summary() const override {
    return "mail log of sendmail: transfers joined by queue id, refusals";
  }
  std::string_view record_kind() const override { return "mail"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    SyslogLine syslog;
    // Postfix's and Exim's own /usr/sbin/sendmail say little: they are not this format.
    const auto judge = [&](std::string_view line) {
      if (!parse_syslog_line(line, syslog)) return LineSign::undated;
      const bool is_own =
          is_sendmail(syslog.program) && syslog.program.find("postfix") == std::string_view::npos;
      return is_own ? LineSign::own : LineSign::foreign;
    };
    const auto show = [&] { return fmt::format("'{}' behind a syslog stamp", syslog.program); };
    return score_lines(head, {59, 30, "are sendmail's"}, judge, show);
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    SendmailRead read(std::move(*clock), sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& sendmail_log_reader() {
  static const SendmailLog reader;
  return reader;
}

}  // namespace assay
