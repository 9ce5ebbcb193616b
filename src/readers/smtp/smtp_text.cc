#include "readers/smtp/smtp_text.h"

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "readers/text_numbers.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, kSmtpVerbs> kVerbs = {
    "connect",  "helo", "ehlo", "mail", "rcpt", "data", "content", "bdat", "auth",
    "starttls", "rset", "noop", "quit", "vrfy", "expn", "help",    "other"};

bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(),
                                                  [](char a, char b) { return a == lower(b); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "FROM:<a@b> SIZE=3" -> "<a@b>"; a path without brackets ends at a blank. Empty: no path.
std::string_view path_of(std::string_view argument, std::string_view word) {
  if (!begins_with(argument, word)) return {};
  argument = trimmed(argument.substr(word.size()));
  if (argument.empty() || argument.front() != '<') return argument.substr(0, argument.find(' '));
  bool is_quoted = false;  // a quoted local part may hold '>'
  for (std::size_t i = 1; i < argument.size(); ++i) {
    if (argument[i] == '\\' && is_quoted) {
      ++i;
    } else if (argument[i] == '"') {
      is_quoted = !is_quoted;
    } else if (argument[i] == '>' && !is_quoted) {
      return argument.substr(0, i + 1);
    }
  }
  return argument.substr(0, argument.find(' '));
}

void read_chunk(std::string_view argument, SmtpCommand& command) {
  const std::size_t blank = argument.find(' ');
  const auto size = parse_number<std::uint64_t>(argument.substr(0, blank));
  const std::string_view rest =
      blank == std::string_view::npos ? std::string_view() : trimmed(argument.substr(blank));
  const bool is_last = rest.size() == 4 && begins_with(rest, "last");
  command.is_unsized = !size || !(rest.empty() || is_last);
  command.size = command.is_unsized ? 0 : *size;
  command.is_last = is_last && !command.is_unsized;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view verb_word(SmtpVerb verb) { return kVerbs[static_cast<std::size_t>(verb)]; }

void SmtpLines::clear() {
  line_.clear();
  is_whole_ = is_too_long_ = false;
}

bool SmtpLines::take(std::string_view& bytes, const PacketRef& packet) {
  if (bytes.empty()) return false;
  if (is_whole_) clear();
  if (line_.empty()) packet_ = packet;
  const std::size_t end = bytes.find('\n');
  const std::string_view part = bytes.substr(0, end);
  const std::size_t room = kMaxSmtpLine - std::min(kMaxSmtpLine, line_.size());
  line_ += part.substr(0, room);
  is_too_long_ |= part.size() > room;
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  if (end == std::string_view::npos) return false;
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  is_whole_ = true;
  return true;
}

SmtpCommand parse_command(std::string_view line) {
  SmtpCommand command;
  line = trimmed(line);
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, blank);
  std::size_t verb = 0;
  while (verb < kSmtpVerbs &&
         !(word.size() == kVerbs[verb].size() && begins_with(word, kVerbs[verb]))) {
    ++verb;
  }
  if (verb == kSmtpVerbs) return command;
  command.verb = static_cast<SmtpVerb>(verb);
  command.argument = trimmed(line.substr(blank));
  bool is_right = true;
  switch (command.verb) {
    case SmtpVerb::connect:
    case SmtpVerb::content:
      is_right = false;
      break;
    case SmtpVerb::mail:
      command.argument = path_of(command.argument, "from:");
      is_right = !command.argument.empty();
      break;
    case SmtpVerb::rcpt:
      command.argument = path_of(command.argument, "to:");
      is_right = !command.argument.empty();
      break;
    case SmtpVerb::bdat:
      read_chunk(command.argument, command);
      break;
    case SmtpVerb::data:
    case SmtpVerb::starttls:
    case SmtpVerb::rset:
    case SmtpVerb::quit:
      is_right = command.argument.empty();
      break;
    case SmtpVerb::auth:
      is_right = !command.argument.empty();
      command.argument = command.argument.substr(0, command.argument.find(' '));
      break;
    default:
      break;
  }
  return is_right ? command : SmtpCommand();
}

std::uint16_t parse_reply_line(std::string_view line, bool& is_final) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) ||
      !is_digit(line[2]) || (line.size() > 3 && line[3] != ' ' && line[3] != '-')) {
    return 0;
  }
  is_final = line.size() == 3 || line[3] == ' ';
  return static_cast<std::uint16_t>((line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0');
}

bool may_answer(SmtpVerb verb, std::uint16_t code) {
  if (code >= 400) return true;
  switch (verb) {
    case SmtpVerb::data:
      return code == 354;
    case SmtpVerb::auth:
      return code == 334 || code == 235;
    case SmtpVerb::connect:
    case SmtpVerb::starttls:
      return code == 220;
    case SmtpVerb::other:
      return true;
    case SmtpVerb::quit:
      return code < 300;
    default:  // not what greets, says farewell or lets in
      return code < 300 && code != 220 && code != 221 && code != 235;
  }
}

}  // namespace assay
