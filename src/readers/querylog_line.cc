#include "readers/querylog_line.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "assay/record.h"
#include "core/ipv4_text.h"
#include "core/short_bytes.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

using Kind = QuerylogLine::Kind;

constexpr std::string_view kClientWord = "client ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Of a literal, so that its bytes are compared as a word or two.
template <std::size_t kSize>
[[gnu::always_inline]] inline bool take(std::string_view& text, const char (&word)[kSize]) {
  if (text.size() < kSize - 1 || std::memcmp(text.data(), word, kSize - 1) != 0) return false;
  text.remove_prefix(kSize - 1);
  return true;
}

// The bytes before the next blank, which is dropped with them; all when there is none.
[[gnu::always_inline]] inline std::string_view take_word(std::string_view& text) {
  const auto end = static_cast<std::size_t>(
      find_short(text.data(), text.data() + text.size(), ' ') - text.data());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == text.size() ? end : end + 1);
  return word;
}

void refuse(QuerylogLine& out, std::string_view code, std::string_view why) {
  out.kind = Kind::refused;
  out.code = code;
  out.why = why;
}

// "queries: ", "info: " and the like in front of the message. True when one of them was "queries".
bool skip_category_and_severity(std::string_view& text) {
  bool is_queries = false;
  for (int n = 0; n < 3 && !text.starts_with(kClientWord); ++n) {
    std::size_t at = 0;
    while (at < text.size() && (text[at] == '-' || (text[at] >= 'a' && text[at] <= 'z'))) ++at;
    if (at == 0 || at + 1 >= text.size() || text[at] != ':' || text[at + 1] != ' ') break;
    is_queries |= text.substr(0, at) == "queries";
    text.remove_prefix(at + 2);
  }
  return is_queries;
}

// What syslog puts between its stamp and the message: "HOST named[PID]: ", or after RFC 5424
// "HOST named PID MSGID STRUCTURED-DATA ". Nothing of it when the line came straight from named.
// False when it names another program than named; the message may be named's all the same, which
// runs as "bind9" or under a container's name elsewhere.
bool skip_syslog_prefix(std::string_view& text, bool is_rfc5424) {
  if (text.starts_with(kClientWord) || text.starts_with("queries: ")) return true;
  std::string_view rest = text;
  const std::string_view host = take_word(rest);
  if (host.empty() || host.back() == ':') return true;
  if (is_rfc5424) {
    const bool is_named = take_word(rest).find("named") != std::string_view::npos;
    for (int n = 0; n < 2; ++n) take_word(rest);
    if (!take(rest, "- ") && rest.starts_with('[')) {
      const std::size_t end = rest.find("] ");
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    text = rest;
    return is_named;
  }
  const std::string_view program = take_word(rest);
  if (program.empty() || program.back() != ':') return true;  // words of named's own
  text = rest;
  return program.find("named") != std::string_view::npos;
}

// "192.0.2.1#", or anything else in front of a "#".
bool take_address(std::string_view& text, QuerylogLine& out) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  const char* hash = parse_ipv4_text(begin, end, out.client_v4);
  out.is_client_v4 = hash != nullptr && hash != end && *hash == '#';
  if (!out.is_client_v4) {
    end = begin + std::min<std::size_t>(text.size(), 64);
    hash = find_short(begin, end, '#');
    if (hash == end || hash == begin) return false;
  }
  out.client = {begin, static_cast<std::size_t>(hash - begin)};
  text.remove_prefix(out.client.size() + 1);
  return true;
}

// "(name): ". Names hold no blank: named writes it \032. So the first "): " ends this one.
bool take_bracketed_name(std::string_view& text) {
  const char* begin = text.data();
  const char* blank = find_short(begin, begin + text.size(), ' ');
  auto end = static_cast<std::size_t>(blank - begin);
  if (end < 2 || end == text.size() || blank[-1] != ':' || blank[-2] != ')') {
    end = text.find("): ");
    if (end == std::string_view::npos) return false;
    end += 2;
  }
  text.remove_prefix(end - 1);
  return true;
}

// "client @0x7f156c711098 192.0.2.1#57350/key k (name): view v: " in front of "query: ".
bool take_client(std::string_view& text, QuerylogLine& out) {
  if (!take(text, "client ")) return false;
  if (text.starts_with('@')) take_word(text);
  if (!take_address(text, out)) return false;
  std::size_t at = 0;
  unsigned port = 0;
  while (at < text.size() && at < 6 && is_digit(text[at])) {
    port = port * 10 + static_cast<unsigned>(text[at++] - '0');
  }
  if (at == 0 || port > 65'535 || at >= text.size()) return false;
  out.client_port = static_cast<std::uint16_t>(port);
  text.remove_prefix(at);
  if (take(text, "/key ")) {
    const std::size_t end = text.find_first_of(" :");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  }
  if (take(text, " (") && !take_bracketed_name(text)) return false;
  if (!take(text, ": ")) return false;
  if (text.starts_with("view ")) {
    const std::size_t end = text.find(": query: ");
    if (end == std::string_view::npos) return true;  // about something else than a query
    text.remove_prefix(end + 2);
  }
  return true;
}

// "+SE(0)TDCK": RD or not, then signed, EDNS version, TCP, DO, CD, cookie (V: a valid one).
// Capitals that later versions may add are let pass and told by `has_unknown`.
bool parse_flags(std::string_view word, std::uint32_t& flags, bool& has_unknown) {
  if (word.empty() || (word[0] != '+' && word[0] != '-')) return false;
  if (word[0] == '+') flags |= kRecursionDesired;
  for (std::size_t i = 1; i < word.size(); ++i) {
    switch (word[i]) {
      case 'S':
        flags |= kTsig;
        break;
      case 'T':
        flags |= kTcp;
        break;
      case 'D':
        flags |= kDnssecOk;
        break;
      case 'C':
        flags |= kCheckingDisabled;
        break;
      case 'V':
      case 'K':
        flags |= kCookie;
        break;
      case 'E': {
        flags |= kEdns;
        if (i + 1 >= word.size() || word[i + 1] != '(') break;
        const std::size_t end = word.find(')', i);
        if (end == std::string_view::npos) return false;
        i = end;
        break;
      }
      default:
        if (word[i] < 'A' || word[i] > 'Z') return false;
        has_unknown = true;
    }
  }
  return true;
}

// Class and type, then flags, server, suffix; each of these may be missing in older versions.
bool parse_tail(std::string_view text, QuerylogTail& tail, QuerylogLine& out) {
  tail = {};
  tail.qclass = take_word(text);
  tail.qtype = take_word(text);
  if (tail.qtype.empty()) {
    refuse(out, "bind.query.unreadable", "name, class and type must follow 'query:'");
    return false;
  }
  if (text.starts_with('+') || text.starts_with('-')) {
    if (!parse_flags(take_word(text), tail.flags, tail.has_unknown_flag)) {
      refuse(out, "bind.flags.unreadable", "the flags after the type are none that named prints");
      return false;
    }
  }
  if (text.starts_with('(')) {
    const std::size_t end = text.find(')');
    if (end == std::string_view::npos) {
      refuse(out, "bind.server.unreadable", "the address in brackets does not end");
      return false;
    }
    tail.server = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    take(text, " ");
  }
  if (text.starts_with('[') && text.ends_with(']')) {
    tail.has_suffix = true;
    text = {};
  }
  if (!text.empty()) {
    refuse(out, "bind.tail.unreadable",
           "the line goes on after the query; two lines run together?");
    return false;
  }
  return true;
}

// "last message repeated 3 times", "message repeated 3 times: [ client ...]" as rsyslog has it.
bool take_repeats(std::string_view line, QuerylogLine& out) {
  constexpr std::string_view kWords = "message repeated ";
  const std::size_t at = line.find(kWords);
  if (at == std::string_view::npos) return false;
  line.remove_prefix(at + kWords.size());
  const auto repeats = parse_number<std::uint32_t>(take_word(line));
  if (!repeats || !line.starts_with("time")) return false;
  out.kind = Kind::repeated;
  out.repeats = *repeats;
  out.repeats_query = line.find("query: ") != std::string_view::npos;
  return true;
}

// A line with a stamp that is no query.
void take_other(std::string_view whole, bool is_named, bool has_client, bool is_queries,
                QuerylogLine& out) {
  if (take_repeats(whole, out)) return;
  const bool tells_query = whole.find("query: ") != std::string_view::npos;
  if (!is_named && !(tells_query && whole.find("client ") != std::string_view::npos)) {
    out.kind = Kind::foreign;
  } else if (has_client && !is_queries) {
    out.kind = Kind::other;
  } else if (tells_query) {
    refuse(out, "bind.client.unreadable", "no 'client ADDRESS#PORT' stands before 'query:'");
  } else if (is_queries) {
    refuse(out, "bind.query.unreadable", "a line of category queries without 'query:'");
  } else {
    out.kind = Kind::other;
  }
}

}  // namespace

// What stands in front of the message told.
struct QuerylogParser::Head {
  bool is_own_stamp = false;  // of named, not of syslog
  bool is_rfc5424 = false;
  bool is_named = true;
  bool is_queries = false;
};

// The tails met, each at one of two places that its bytes choose.
class QuerylogParser::Tails {
 public:
  // The tail with these bytes; nullptr when it is refused, which `out` says then.
  QuerylogTail* parse(std::string_view text, QuerylogLine& out) {
    if (text.size() > QuerylogTail::kMaxText || text.size() < 4) {
      return parse_tail(text, odd_, out) ? &odd_ : nullptr;
    }
    const std::size_t place = place_of(text);
    Slot& slot = slots_[place];
    if (slot.holds(text)) return &slot.tail;
    Slot& other = slots_[place ^ 1];
    if (other.holds(text)) return &other.tail;
    if (slot.size != 0) other.take(slot);
    slot.size = 0;  // stays so when it is refused
    copy_short(slot.text, text.data(), text.size());
    if (!parse_tail({slot.text, text.size()}, slot.tail, out)) return nullptr;
    slot.size = text.size();
    return &slot.tail;
  }

 private:
  struct Slot {
    std::size_t size = 0;
    char text[QuerylogTail::kMaxText];
    QuerylogTail tail;

    bool holds(std::string_view wanted) const {
      return size == wanted.size() && equal_short(text, wanted.data(), size);
    }
    void take(const Slot& from) {
      size = from.size;
      tail = from.tail;
      std::memcpy(text, from.text, size);
      for (std::string_view* view : {&tail.qclass, &tail.qtype, &tail.server}) {
        if (!view->empty()) *view = {text + (view->data() - from.text), view->size()};
      }
    }
  };

  static std::size_t place_of(std::string_view text) {
    // Products that do not wait for one another.
    constexpr std::uint64_t kOdd[] = {0x9e37'79b9'7f4a'7c15u, 0xc2b2'ae3d'27d4'eb4fu,
                                      0x1656'67b1'9e37'79f9u};
    const char* begin = text.data();
    const char* end = begin + text.size();
    if (text.size() < 8) return ((load32(begin) ^ load32(end - 4) * 31u) * kOdd[0]) >> 54;
    const std::uint64_t middle = load64(begin + text.size() / 2 - 4);
    return (load64(begin) * kOdd[0] ^ middle * kOdd[1] ^ load64(end - 8) * kOdd[2]) >> 54;
  }

  std::array<Slot, 1024> slots_;
  QuerylogTail odd_;
};

QuerylogParser::QuerylogParser() : lead_head_(new Head), tails_(new Tails) {}
QuerylogParser::~QuerylogParser() = default;

// What a lead tells hangs on nothing behind it but the word "client ", which is kept with it.
bool QuerylogParser::take_known_lead(std::string_view& text, Head& head) const {
  if (lead_size_ == 0 || text.size() < lead_size_ ||
      head.is_own_stamp != lead_head_->is_own_stamp || head.is_rfc5424 != lead_head_->is_rfc5424 ||
      !equal_short(text.data(), lead_, lead_size_)) {
    return false;
  }
  head = *lead_head_;
  text.remove_prefix(lead_size_ - kClientWord.size());
  return true;
}

void QuerylogParser::learn_lead(std::string_view lead, const Head& head) {
  lead_size_ = lead.size() <= kMaxLead ? lead.size() : 0;
  copy_short(lead_, lead.data(), lead_size_);
  *lead_head_ = head;
}

// Stamp and prefixes; on success `text` begins with the message. False when the line is done with.
bool QuerylogParser::take_head(std::string_view& text, QuerylogLine& out, Head& head) {
  if (text.starts_with('<')) {
    const std::size_t end = text.substr(0, 5).find('>');
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
    head.is_rfc5424 = take(text, "1 ");
  }
  head.is_own_stamp = text.size() > 2 && text[2] == '-';
  std::size_t taken = stamps_.parse(text, out.stamp);
  if (taken == 0 || taken >= text.size() || text[taken] != ' ') {
    refuse(out, "bind.time.unreadable", "the line does not begin with a readable time stamp");
    return false;
  }
  text.remove_prefix(taken);
  if (take_known_lead(text, head)) return true;
  const char* lead = text.data();
  text.remove_prefix(1);
  head.is_named = head.is_own_stamp || skip_syslog_prefix(text, head.is_rfc5424);
  // named's own stamp behind syslog's is the finer one and has a year.
  LogStamp inner;
  const std::size_t inner_size = parse_log_stamp(text, inner);
  const bool has_inner = inner_size != 0 && inner_size < text.size();
  if (has_inner) {
    out.stamp = inner;
    text.remove_prefix(inner_size + 1);
  }
  head.is_queries = skip_category_and_severity(text);
  if (!has_inner && text.starts_with(kClientWord)) {
    learn_lead({lead, static_cast<std::size_t>(text.data() - lead) + kClientWord.size()}, head);
  }
  return true;
}

void QuerylogParser::parse(std::string_view text, QuerylogLine& out) {
  const std::string_view whole = text;
  Head head;
  if (!take_head(text, out, head)) return;
  const bool has_client = take_client(text, out);
  if (!has_client || !take(text, "query: ")) {
    return take_other(whole, head.is_named, has_client, head.is_queries, out);
  }
  out.qname = take_word(text);
  out.tail = tails_->parse(text, out);
  if (out.tail != nullptr) out.kind = Kind::query;
}

}  // namespace assay
