#include "readers/syslog_line.h"

#include <fmt/core.h>

#include "readers/text_numbers.h"

namespace assay {

namespace {

std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

// "mx1 postfix/smtpd[123]: " behind an RFC 3164 stamp. A first word that ends in a colon is the
// program already: some relays drop the host.
void take_tag(std::string_view& text, SyslogLine& out) {
  if (text.starts_with('<')) take_word(text);  // "<mail.info> " of FreeBSD's verbose form
  std::string_view rest = text;
  std::string_view word = take_word(rest);
  if (!word.ends_with(':')) {
    out.host = word;
    text = rest;
    word = take_word(rest);
  }
  if (word.empty() || !word.ends_with(':')) return;
  text = rest;
  word.remove_suffix(1);
  const std::size_t bracket = word.find('[');
  out.program = word.substr(0, bracket);
  if (bracket != std::string_view::npos && word.back() == ']') {
    out.process = word.substr(bracket + 1, word.size() - bracket - 2);
  }
}

// "mx1 postfix/smtpd 123 MSGID [STRUCTURED DATA] " of RFC 5424.
void take_fields(std::string_view& text, SyslogLine& out) {
  out.host = take_word(text);
  out.program = take_word(text);
  out.process = take_word(text);
  take_word(text);
  if (out.program == "-") out.program = {};
  if (text.starts_with("- ")) {
    text.remove_prefix(2);
  } else if (text.starts_with('[')) {
    const std::size_t end = text.find("] ");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
}

// rsyslog's "message repeated 3 times: [ MESSAGE]", and "last message repeated 3 times".
void take_repeats(SyslogLine& out) {
  std::string_view text = out.message;
  if (text.starts_with("last ")) text.remove_prefix(5);
  constexpr std::string_view kWords = "message repeated ";
  if (!text.starts_with(kWords)) return;
  text.remove_prefix(kWords.size());
  const auto repeats = parse_number<std::uint32_t>(take_word(text));
  if (!repeats || !text.starts_with("time")) return;
  out.repeats = *repeats;
  const std::size_t begin = text.find(": [ ");
  const bool is_whole = begin != std::string_view::npos && text.ends_with(']');
  out.message = is_whole ? text.substr(begin + 4, text.size() - begin - 5) : std::string_view();
}

}  // namespace

bool parse_syslog_line(std::string_view text, SyslogLine& out) {
  out.host = out.program = out.process = out.message = {};
  out.repeats = 0;
  bool is_rfc5424 = false;
  if (text.starts_with('<')) {
    const std::size_t end = text.substr(0, 5).find('>');
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
    is_rfc5424 = text.starts_with("1 ");
    if (is_rfc5424) text.remove_prefix(2);
  }
  const std::size_t taken = parse_log_stamp(text, out.stamp);
  if (taken == 0 || taken >= text.size() || text[taken] != ' ') return false;
  text.remove_prefix(taken + 1);
  is_rfc5424 ? take_fields(text, out) : take_tag(text, out);
  if (text.starts_with("[ID ")) {  // of Solaris
    const std::size_t end = text.find("] ");
    if (end != std::string_view::npos) text.remove_prefix(end + 2);
  }
  out.message = text;
  take_repeats(out);
  return true;
}

Status settle_years(const LogClock& clock, std::string_view note_code, RecordSink& sink) {
  if (clock.yearless_count() == 0) return {};
  if (auto problem = clock.contradiction()) return *problem;
  if (const auto year = clock.better_first_year()) {
    sink.want_first_year(*year);
    return Error{ErrorCode::usage,
                 fmt::format("the stamps have no year, and the log runs through a new year: its "
                             "first line lies in {}",
                             *year),
                 fmt::format("read it again with --year {}", *year)};
  }
  sink.note(note_code, clock.year_story(), clock.yearless_count());
  return {};
}

}  // namespace assay
