#include "readers/mail/received.h"

#include <array>

#include "readers/mail/mail_text.h"
#include "readers/tls_version.h"

namespace assay {

namespace {

constexpr std::size_t kMaxComments = 32;
constexpr std::string_view kGaps = " \t";

// Where the date's ';' stands: the last one outside comments, else the last one.
std::size_t date_semicolon(std::string_view value) {
  std::size_t last = std::string_view::npos;
  int depth = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '(') ++depth;
    if (value[i] == ')' && depth > 0) --depth;
    if (value[i] == ';' && depth == 0) last = i;
  }
  return last != std::string_view::npos ? last : value.rfind(';');
}

// The end of the comment that begins at `begin`, one behind its bracket. Comments nest; one that is
// never closed goes to the end.
std::size_t comment_end(std::string_view value, std::size_t begin) {
  int depth = 0;
  for (std::size_t i = begin; i < value.size(); ++i) {
    if (value[i] == '(') ++depth;
    if (value[i] == ')' && --depth == 0) return i + 1;
  }
  return value.size();
}

// Calls `take` with each word of a text.
template <class Take>
void for_each_word(std::string_view text, Take take) {
  for (std::size_t at = 0; (at = text.find_first_not_of(kGaps, at)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(kGaps, at), text.size());
    take(text.substr(at, end - at));
    at = end;
  }
}

std::string_view without_quotes(std::string_view word) {
  while (word.starts_with('"')) word.remove_prefix(1);
  while (word.ends_with('"')) word.remove_suffix(1);
  return word;
}

std::string_view without_angles(std::string_view text) {
  if (text.starts_with('<')) text = text.substr(1, text.find('>') - 1);
  return text;
}

// Of words such as "helo=name" and "cipher=X,": what stands behind the '='.
std::string_view value_of(std::string_view word, std::string_view key) {
  if (word.size() <= key.size() || !is_same_word(word.substr(0, key.size()), key)) return {};
  word.remove_prefix(key.size());
  while (!word.empty() && (word.back() == ',' || word.back() == ';')) word.remove_suffix(1);
  return word;
}

bool looks_like_name(std::string_view word) {
  return word.find('.') != word.npos && word.find_first_of("[]@=<>/:,;") == word.npos &&
         !address_in_word(word);
}

// The comment behind 'from': who the other side really was.
void take_from_comment(std::string_view comment, Received& out) {
  bool is_helo_next = false;
  std::string_view name;
  const bool had_address = out.from_address.has_value();
  for_each_word(comment, [&](std::string_view word) {
    word = without_quotes(word);
    if (is_helo_next) {
      out.helo = word;
      is_helo_next = false;
    } else if (is_same_word(word, "helo") || is_same_word(word, "ehlo")) {
      is_helo_next = true;  // qmail
    } else if (const auto helo = value_of(word, "helo="); !helo.empty()) {
      out.helo = helo;  // Exim
    } else if (const auto ident = value_of(word, "ident="); !ident.empty()) {
      return;
    } else if (auto address = address_in_word(word)) {
      if (!out.from_address) out.from_address = address;
    } else if (name.empty()) {
      // "root@host.example" is what ident said.
      if (const std::size_t at = word.find('@'); at != word.npos) word.remove_prefix(at + 1);
      while (word.ends_with('.')) word.remove_suffix(1);
      if (looks_like_name(word)) name = word;
    }
  });
  // A name without an address beside it is no name that was looked up: "(user@host)".
  if (out.from_address && !had_address) out.ptr_name = name;
}

void take_tls(std::string_view comment, Received& out) {
  std::string_view previous;
  for_each_word(comment, [&](std::string_view word) {
    if (const auto version = value_of(word, "version="); !version.empty())
      out.tls_version = tls_version_text(version);
    if (const auto cipher = value_of(word, "cipher="); !cipher.empty()) out.tls_cipher = cipher;
    if (is_same_word(previous, "using")) out.tls_version = tls_version_text(word);
    if (is_same_word(previous, "cipher")) out.tls_cipher = word;
    previous = word;
  });
}

class Clauses {
 public:
  explicit Clauses(Received& out) : out_(out) {}

  void take_word(std::string_view word) {
    struct Keyword {
      std::string_view word;
      std::string Received::*clause;
    };
    static constexpr std::array<Keyword, 6> kKeywords = {{{"from", &Received::from},
                                                          {"by", &Received::by},
                                                          {"with", &Received::with},
                                                          {"via", &Received::via},
                                                          {"id", &Received::id},
                                                          {"for", &Received::recipient}}};
    for (const auto& [name, clause] : kKeywords) {
      // A clause is told once; "with" may stand in free text behind it.
      if (!is_same_word(word, name) || !(out_.*clause).empty()) continue;
      clause_ = clause;
      return;
    }
    if (is_same_word(word, "tls") && clause_ == &Received::with && !out_.with.empty()) {
      clause_ = &Received::tls_cipher;  // Exim from 4.95 on
      return;
    }
    if (!clause_) return;
    std::string& text = out_.*clause_;
    if (!text.empty()) text += ' ';
    text += word;
  }

  void take_comment(std::string_view comment) {
    if (out_.comments.size() < kMaxComments) out_.comments.emplace_back(comment);
    const std::string lowered = lower_text(comment.substr(0, 40));
    const std::string_view start(lowered);
    if (start.starts_with("envelope-from ")) {
      out_.envelope_from = without_angles(trimmed(comment.substr(14)));
    } else if (start.starts_with("authenticated sender: ")) {
      out_.auth_user = trimmed(comment.substr(22));
    } else if (start.starts_with("using ") || lowered.find("version=") != lowered.npos) {
      take_tls(comment, out_);
    } else if (start.starts_with("tls") && out_.tls_version.empty()) {
      const std::size_t colon = std::min(comment.find(':'), comment.size());  // Exim
      out_.tls_version = tls_version_text(comment.substr(0, colon));
      const std::string_view cipher = comment.substr(std::min(colon + 1, comment.size()));
      if (out_.tls_cipher.empty()) out_.tls_cipher = cipher.substr(0, cipher.find(':'));
    } else if (clause_ == &Received::from || clause_ == nullptr) {
      take_from_comment(comment, out_);
    } else if (clause_ == &Received::by && !out_.by_address) {
      out_.by_address = address_in_word(trimmed(comment));
    }
  }

 private:
  Received& out_;
  std::string Received::*clause_ = nullptr;
};

// Exim and qmail put the name that they found behind 'from', and what the other side said into a
// comment; Postfix and Sendmail do it the other way round.
void settle_names(Received& out) {
  if (!out.from_address) out.from_address = address_in_word(out.from);
  if (!out.by_address) out.by_address = address_in_word(out.by);
  const bool is_unknown = out.from.empty() || is_same_word(out.from, "unknown");
  if (!out.helo.empty()) {
    if (!is_unknown && looks_like_name(out.from)) out.ptr_name = out.from;
  } else if (!is_unknown && out.from_address) {
    out.helo = out.from;
  }
  out.recipient = without_angles(out.recipient);
}

}  // namespace

std::optional<IpAddress> address_in_word(std::string_view word) {
  if (const std::size_t open = word.find('['); open != word.npos) {
    const std::size_t close = word.find(']', open);
    if (close == word.npos) return std::nullopt;
    word = word.substr(open + 1, close - open - 1);
  } else if (const std::size_t at = word.rfind('@'); at != word.npos) {
    word.remove_prefix(at + 1);
  }
  while (!word.empty() && (word.back() == ',' || word.back() == ';')) word.remove_suffix(1);
  if (word.size() > 5 && is_same_word(word.substr(0, 5), "ipv6:")) word.remove_prefix(5);
  if (word.find_first_of(".:") == word.npos) return std::nullopt;
  return IpAddress::parse(word);
}

Received parse_received(std::string_view value) {
  Received out;
  const std::size_t semicolon = date_semicolon(value);
  if (semicolon != value.npos) {
    out.date_text = trimmed(value.substr(semicolon + 1));
    out.date = parse_mail_date(out.date_text);
    value = value.substr(0, semicolon);
  }
  Clauses clauses(out);
  for (std::size_t at = 0; (at = value.find_first_not_of(kGaps, at)) != value.npos;) {
    if (value[at] == '(') {
      const std::size_t end = comment_end(value, at);
      const bool is_closed = end > at + 1 && value[end - 1] == ')';
      clauses.take_comment(value.substr(at + 1, end - at - (is_closed ? 2 : 1)));
      at = end;
      continue;
    }
    const std::size_t end = std::min(value.find_first_of(" \t(", at), value.size());
    clauses.take_word(value.substr(at, end - at));
    at = end;
  }
  settle_names(out);
  return out;
}

}  // namespace assay
