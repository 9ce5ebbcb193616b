// Exim's main log, from its file or through syslog. The format: docs/formats/exim_mainlog.md.
#include <fmt/core.h>

#include "assay/reader.h"
#include "readers/exim_messages.h"
#include "readers/head_score.h"
#include "readers/line_reader.h"
#include "readers/readers.h"
#include "readers/syslog_line.h"

namespace assay {

namespace {

class EximRead {
 public:
  EximRead(LogClock clock, RecordSink& sink)
      : clock_(std::move(clock)), sink_(sink), rows_(sink), messages_(rows_, sink) {}

  void take(const TextLine& line) {
    EximLine parsed;
    if (!parse_exim_line(line.text, parsed)) {
      return reject_line(sink_, line, "exim.time.unreadable",
                         "the line does not begin with a readable time stamp");
    }
    if (parsed.is_foreign) {
      sink_.note("exim.other_program", line.text);
      return sink_.blank_unit();
    }
    MailPlace place;
    if (!clock_.read(parsed.stamp, place.time)) {
      return reject_line(sink_, line, clock_.problem().code, clock_.problem().why);
    }
    place.offset = line.offset;
    place.length = static_cast<std::uint32_t>(line.text.size());
    const EximFate fate = messages_.take(parsed, place);
    if (fate.kind == EximFate::refused) return reject_line(sink_, line, fate.code, fate.why);
    if (fate.kind == EximFate::blank) {
      sink_.note("exim.other_line", line.text);
      return sink_.blank_unit();
    }
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  Status finish() {
    messages_.finish();
    return settle_years(clock_, "exim.year_inferred", sink_);
  }

 private:
  LogClock clock_;
  RecordSink& sink_;
  MailRows rows_;
  EximMessages messages_;
};

// A line that no other log has: an arrow behind an id, or a refusal behind H=.
// The reject log has the envelope and the header of what was refused below its line, each field
// behind a letter for its kind ("P Received: ...") and its lines indented.
bool is_below_reject(std::string_view line) {
  if (line.starts_with("Envelope-") || line.starts_with("-----")) return true;
  const bool is_field = line.size() > 2 && line[1] == ' ' &&
                        (line[0] == ' ' || line[0] == '*' || (line[0] >= 'A' && line[0] <= 'Z'));
  return line.front() == '\t' || (is_field && line.find(':') < line.size());
}

bool is_sure(const EximLine& line) {
  if (line.is_foreign) return false;
  if (!line.id.empty()) {
    const std::string_view arrow = line.message.substr(0, 3);
    for (const std::string_view each : {"<= ", "=> ", "-> ", "** ", "== ", ">> ", "*> "}) {
      if (arrow == each) return true;
    }
    return line.message.starts_with("Completed") || line.message.starts_with("H=");
  }
  return line.message.starts_with("H=") || line.message.starts_with("no MAIL in SMTP") ||
         line.message.starts_with("SMTP ") ||
         line.message.find(" authenticator failed for ") != std::string_view::npos ||
         line.message.find(" daemon started: pid=") != std::string_view::npos;
}

class EximMainlog final : public Reader {
 public:
  std::string_view name() const override { return "exim_mainlog"; }
  std::string_view summary() const override {
    return "main log of Exim: transfers joined by message, refusals, connections";
  }
  std::string_view record_kind() const override { return "mail"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    EximLine parsed;
    const auto judge = [&](std::string_view line) {
      parsed = {};
      if (!parse_exim_line(line, parsed)) {
        return is_below_reject(line) ? LineSign::detail : LineSign::undated;
      }
      return is_sure(parsed) ? LineSign::own : LineSign::foreign;
    };
    const auto show = [&] {
      const std::string_view words = parsed.message.substr(0, parsed.message.find(' ', 3));
      return fmt::format("'{}' behind a stamp", words);
    };
    return score_lines(head, {61, 30, "are Exim's"}, judge, show);
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    EximRead read(std::move(*clock), sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& exim_mainlog_reader() {
  static const EximMainlog reader;
  return reader;
}

}  // namespace assay
