#include "readers/mail/dkim_read.h"

#include <fmt/format.h>

#include "core/digest.h"
#include "readers/mail/mail_text.h"

namespace assay {

namespace {

bool is_quoted_from(std::string_view text) {
  const std::size_t quotes = text.find_first_not_of('>');
  return quotes != 0 && quotes != text.npos && text.substr(quotes).starts_with("From ");
}

// Base64 that two programs pad alike.
std::string normal_base64(std::string_view text) {
  const auto bytes = base64_bytes(text);
  return bytes ? base64_text(*bytes) : std::string();
}

}  // namespace

void DkimRead::start(const HeaderBlock& header) {
  signatures_.clear();
  bodies_.clear();
  beyond_limit_ = 0;
  is_in_quote_ = false;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const HeaderBlock::Field field = header.field(i);
    if (!is_same_word(field.name, "dkim-signature")) continue;
    if (signatures_.size() == kMaxSignatures) {
      ++beyond_limit_;
      continue;
    }
    Checked checked{i, parse_dkim_signature(field.value)};
    if (checked.signature.problem.empty()) checked.body = body_for(checked.signature);
    signatures_.push_back(std::move(checked));
  }
}

// Signatures that canonicalise alike share one hash.
std::size_t DkimRead::body_for(const DkimSignature& signature) {
  for (std::size_t i = 0; i < bodies_.size(); ++i) {
    if (bodies_[i].digest == signature.digest &&
        bodies_[i].is_relaxed == signature.is_body_relaxed &&
        bodies_[i].length == signature.length) {
      return i;
    }
  }
  bodies_.push_back({signature.digest, signature.is_body_relaxed, signature.length,
                     DkimBody(signature.digest, signature.is_body_relaxed, signature.length),
                     std::nullopt, "", ""});
  return bodies_.size() - 1;
}

void DkimRead::take(const MailLine& line) {
  if (bodies_.empty()) return;
  const std::string_view content = line.content();
  const bool ends = line.ends;
  if (line.starts) is_in_quote_ = content.starts_with('>') && is_quoted_from(content);
  for (Body& body : bodies_) {
    const bool is_quote = line.starts && is_in_quote_;
    if (is_quote && !body.unquoted) body.unquoted.emplace(body.as_is);
    if (body.unquoted) body.unquoted->take(content.substr(is_quote), ends);
    body.as_is.take(content, ends);
  }
}

std::vector<std::string> DkimRead::finish(const HeaderBlock& header) {
  std::vector<std::string> texts;
  for (Body& body : bodies_) {
    body.hash = base64_text(body.as_is.finish());
    if (body.unquoted) body.unquoted_hash = base64_text(body.unquoted->finish());
  }
  for (const Checked& checked : signatures_) texts.push_back(told(header, checked));
  return texts;
}

std::string DkimRead::told(const HeaderBlock& header, const Checked& checked) const {
  const DkimSignature& signature = checked.signature;
  std::string out;
  const auto add = [&](std::string_view tag, std::string_view value) {
    if (!value.empty()) out += fmt::format("{}{}={}", out.empty() ? "" : "; ", tag, value);
  };
  add("d", signature.domain);
  add("s", signature.selector);
  add("a", signature.algorithm);
  add("c", signature.canonicalisation);
  add("i", signature.identity);
  add("t", signature.stamp);
  add("x", signature.expires);
  if (!signature.problem.empty()) {
    add("problem", signature.problem);
    return out;
  }
  add("h", fmt::format("{}", fmt::join(signature.signed_names, ":")));
  if (header.dropped_bytes() > 0) {
    add("problem", "the header is longer than what is read of it");
    return out;
  }
  const Body& body = bodies_[checked.body];
  const std::string stated = normal_base64(signature.body_hash);
  const bool is_undone = stated != body.hash && stated == body.unquoted_hash && !stated.empty();
  const DkimBody& taken = is_undone ? *body.unquoted : body.as_is;
  const bool is_long_enough = taken.size() >= signature.length.value_or(0);
  const bool agrees = (is_undone || (stated == body.hash && !stated.empty())) && is_long_enough;
  add("body", agrees ? "agrees" : "differs");
  if (is_undone) add("quotes", "undone");
  if (signature.length) {
    add("l", std::to_string(*signature.length));
    add("uncovered", std::to_string(taken.size() - std::min(taken.size(), *signature.length)));
  }
  add("open", unsigned_fields(header, signature));
  add("digest", hex_digits(dkim_header_digest(header, checked.place, signature)));
  add("b", signature.signature);
  return out;
}

}  // namespace assay
