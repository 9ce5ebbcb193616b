#include "readers/mail_record.h"

#include <algorithm>

#include "core/mail_address.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "5.7.1" at the start of `text`: class, subject and detail, RFC 3463 section 2.
std::size_t enhanced_length(std::string_view text) {
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5')) return 0;
  std::size_t at = 1;
  for (int part = 0; part < 2; ++part) {
    if (at >= text.size() || text[at++] != '.') return 0;
    std::size_t digits = 0;
    while (at < text.size() && is_digit(text[at]) && digits < 3) ++at, ++digits;
    if (digits == 0) return 0;
  }
  return at == text.size() || text[at] == ' ' || text[at] == ':' || text[at] == ';' ? at : 0;
}

}  // namespace

std::size_t parse_peer(std::string_view text, MailPeer& peer) {
  peer = {};
  const std::size_t open = text.find('[');
  const std::size_t blank = text.find(' ');
  if (open == std::string_view::npos || (blank < open)) return 0;
  const std::size_t close = text.find(']', open);
  if (close == std::string_view::npos) return 0;
  peer.name = text.substr(0, open);
  peer.address = text.substr(open + 1, close - open - 1);
  std::size_t at = close + 1;
  if (at + 1 < text.size() && text[at] == ':' && is_digit(text[at + 1])) {
    std::size_t end = at + 1;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (const auto port = parse_number<std::uint16_t>(text.substr(at + 1, end - at - 1))) {
      peer.port = *port;
      at = end;
    }
  }
  return at;
}

MailReply parse_reply(std::string_view text) {
  MailReply reply;
  if (text.size() >= 3 && text[0] >= '2' && text[0] <= '5' && is_digit(text[1]) &&
      is_digit(text[2]) && (text.size() == 3 || text[3] == ' ' || text[3] == '-')) {
    reply.code =
        static_cast<std::uint16_t>((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
    text.remove_prefix(std::min<std::size_t>(4, text.size()));
  }
  if (text.starts_with('#')) text.remove_prefix(1);
  reply.enhanced = text.substr(0, enhanced_length(text));
  return reply;
}

std::string_view bare_address(std::string_view text) {
  if (text.size() > 2 && text.front() == '<' && text.back() == '>') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

std::string whole_message_id(std::string_view text) {
  if (text.empty() || text == "<>" || text == "undef") return {};
  if (text.front() == '<') return std::string(text);
  return "<" + std::string(text) + ">";
}

bool MailRows::may_repeat(std::uint64_t bytes, const MailPlace& place) {
  bytes_read_ = std::max(bytes_read_, place.offset + place.length);
  const bool is_allowed = repeats_.allow(bytes, bytes_read_);
  if (!is_allowed) sink_.note("mail.repeats_bounded", "");
  return is_allowed;
}

std::uint64_t MailRows::host(std::string_view address) {
  constexpr std::string_view kSix = "IPv6:";
  if (address.starts_with(kSix)) address.remove_prefix(kSix.size());
  return keys_.host(address).value_or(0);
}

std::uint64_t MailRows::domain_of(std::string_view address) {
  const std::string_view domain = domain_of_mailbox(address);
  TextKeys::Name name;
  if (domain.empty() || keys_.name(domain, name)) return 0;
  return name.key;
}

RecordRow MailRows::row_at(RecordKind kind, const MailPlace& place) {
  RecordRow row;
  row.kind = kind;
  row.time_us = row.until_us = place.time.us;
  row.width_us = place.time.width_us;
  row.flags = place.time.flags;
  row.offset = place.offset;
  row.length = place.length;
  return row;
}

}  // namespace assay
