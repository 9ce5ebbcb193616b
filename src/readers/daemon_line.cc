#include "readers/daemon_line.h"

#include "readers/storable_time.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "[1795290096] " and "[1795290096.123] ".
bool take_epoch(std::string_view& text, DaemonLine& out) {
  if (text.size() < 12 || text[0] != '[' || !is_digit(text[1])) return false;
  const std::size_t end = text.substr(0, 32).find("] ");
  if (end == std::string_view::npos) return false;
  const auto seconds = parse_decimal_seconds(text.substr(1, end - 1));
  if (!seconds) return false;
  out.kind = DaemonLine::Stamp::epoch;
  out.epoch_us = seconds->us;
  out.width_us = seconds->width_us;
  text.remove_prefix(end + 2);
  return true;
}

bool take_calendar(std::string_view& text, DaemonLine& out) {
  LogStamp stamp;
  const std::size_t taken = parse_log_stamp(text, stamp);
  if (taken == 0 || taken >= text.size() || text[taken] != ' ') return false;
  out.kind = DaemonLine::Stamp::calendar;
  out.stamp = stamp;
  text.remove_prefix(taken + 1);
  return true;
}

bool take_stamp(std::string_view& text, DaemonLine& out) {
  return take_epoch(text, out) || take_calendar(text, out);
}

// "unbound[123:0]" or "dnsmasq".
void set_program(std::string_view word, DaemonLine& out) {
  const std::size_t bracket = word.ends_with(']') ? word.find('[') : std::string_view::npos;
  out.program = word.substr(0, bracket);
  if (bracket != std::string_view::npos) {
    out.process = word.substr(bracket + 1, word.size() - bracket - 2);
  }
}

bool is_program_with_process(std::string_view word) {
  const std::size_t bracket = word.find('[');
  return bracket != std::string_view::npos && bracket > 0 && word.ends_with(']') &&
         bracket + 2 < word.size() && is_digit(word[bracket + 1]);
}

// "HOST PROGRAM PID MSGID STRUCTURED-DATA ".
void take_rfc5424_head(std::string_view& text, DaemonLine& out) {
  take_word(text);
  out.program = take_word(text);
  out.process = take_word(text);
  take_word(text);
  if (text.starts_with("- ")) {
    text.remove_prefix(2);
  } else if (text.starts_with('[')) {
    const std::size_t end = text.find("] ");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
}

// "[HOST ]PROGRAM[PID]: ", and Unbound's "PROGRAM[PID:THREAD] ".
void take_program(std::string_view& text, DaemonLine& out) {
  std::string_view rest = text;
  std::string_view word = take_word(rest);
  if (word.starts_with('[')) return;  // "[INFO]": the message
  const bool is_host = !word.ends_with(':') && !is_program_with_process(word);
  if (is_host) word = take_word(rest);
  if (word.ends_with(':') && word.size() > 1) {
    word.remove_suffix(1);
  } else if (!is_program_with_process(word)) {
    return;
  }
  set_program(word, out);
  text = rest;
}

}  // namespace

void parse_daemon_line(std::string_view text, DaemonLine& out) {
  out = DaemonLine{};
  bool is_rfc5424 = false;
  if (text.starts_with('<')) {
    const std::size_t end = text.substr(0, 5).find('>');
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
    is_rfc5424 = text.starts_with("1 ");
    if (is_rfc5424) text.remove_prefix(2);
  }
  if (take_stamp(text, out)) {
    for (const std::string_view stream : {"stdout F ", "stderr F "}) {
      if (text.starts_with(stream)) text.remove_prefix(stream.size());
    }
    take_stamp(text, out);
  }
  if (is_rfc5424) {
    take_rfc5424_head(text, out);
    take_stamp(text, out);
  } else {
    take_program(text, out);
  }
  out.message = text;
}

bool date_line(const DaemonLine& line, LogClock& clock, std::int64_t skew_us,
               LogClock::Reading& out, LogClock::Problem& problem) {
  if (line.kind == DaemonLine::Stamp::calendar) {
    if (clock.read(line.stamp, out)) return true;
    problem = clock.problem();
    return false;
  }
  if (line.kind == DaemonLine::Stamp::none) {
    problem = {"time.missing", "the line has no readable time stamp"};
    return false;
  }
  out = {};
  out.width_us = line.width_us;
  if (add_skew(line.epoch_us, skew_us, out.us)) return true;
  problem = {kTimeOutOfRange, kTimeOutOfRangeWhy};
  return false;
}

RepeatedLines parse_repeats(std::string_view text) {
  constexpr std::string_view kWords = "message repeated ";
  const std::size_t at = text.find(kWords);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + kWords.size());
  const auto count = parse_number<std::uint32_t>(take_word(text));
  if (!count || !text.starts_with("time")) return {};
  take_word(text);
  if (text.starts_with("[ ")) text.remove_prefix(2);
  if (text.ends_with(']')) text.remove_suffix(1);
  return {*count, text};
}

}  // namespace assay
