#include "readers/mail/dkim_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/tag_list.h"
#include "readers/mail/mail_text.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

// What a person sees, and what decides how the body is shown.
constexpr std::array<std::string_view, 10> kShown = {
    "from",     "subject",    "date",         "to",           "cc",
    "reply-to", "message-id", "mime-version", "content-type", "content-transfer-encoding"};

// The field as it stands, from its name on, without its last line end.
std::string_view text_of(const HeaderBlock::Field& field) {
  const char* end = field.value.data() + field.value.size();
  return {field.name.data(), static_cast<std::size_t>(end - field.name.data())};
}

// Line ends within a field become CRLF, as they were on the wire.
void append_simple(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (end == text.npos) {
      out += line;
      return;
    }
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.append(line).append("\r\n");
    text.remove_prefix(end + 1);
  }
}

void append_relaxed(std::string_view name, std::string_view value, std::string& out) {
  out.append(lower_text(name)).push_back(':');
  bool is_first = true;
  constexpr std::string_view kBlanks = " \t\r\n";
  for (std::size_t at = 0; (at = value.find_first_not_of(kBlanks, at)) != value.npos;) {
    const std::size_t end = std::min(value.find_first_of(kBlanks, at), value.size());
    if (!is_first) out += ' ';
    is_first = false;
    out += value.substr(at, end - at);
    at = end;
  }
}

// A signature's own value, with nothing behind "b=".
std::string without_signature(std::string_view value) {
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find(';', at), value.size());
    const std::string_view tag = value.substr(at, end - at);
    const std::size_t equals = tag.find('=');
    if (equals != tag.npos && trimmed(tag.substr(0, equals)) == "b") {
      return std::string(value.substr(0, at + equals + 1)).append(value.substr(end));
    }
    at = end + 1;
  }
  return std::string(value);
}

std::string kept_tag(const TagList& tags, std::string_view name) {
  return TagList::without_blanks(tags[name]).substr(0, kMaxSignatureTag);
}

void take_algorithm(DkimSignature& out) {
  if (out.algorithm == "rsa-sha1") {
    out.digest = DigestKind::sha1;
  } else if (out.algorithm != "rsa-sha256" && out.algorithm != "ed25519-sha256") {
    out.problem = "its algorithm is not known";
  }
}

void take_canonicalisation(DkimSignature& out) {
  const std::string_view both = out.canonicalisation;
  const std::size_t slash = both.find('/');
  const std::string_view header = both.substr(0, slash);
  const std::string_view body = slash == both.npos ? "simple" : both.substr(slash + 1);
  const auto is_known = [](std::string_view word) { return word == "simple" || word == "relaxed"; };
  if (!is_known(header) || !is_known(body)) out.problem = "its canonicalisation is not known";
  out.is_header_relaxed = header == "relaxed";
  out.is_body_relaxed = body == "relaxed";
}

void take_names(std::string_view list, DkimSignature& out) {
  for (std::size_t at = 0; at <= list.size() && !list.empty();) {
    const std::size_t end = std::min(list.find(':', at), list.size());
    if (out.signed_names.size() == kMaxSignedNames) {
      out.problem = "it names more header fields than are looked at";
      return;
    }
    const std::string_view name = list.substr(at, end - at);
    if (!name.empty()) out.signed_names.push_back(lower_text(name));
    at = end + 1;
  }
  const auto& names = out.signed_names;
  if (std::find(names.begin(), names.end(), "from") == names.end()) {
    out.problem = "it does not sign From";
  }
}

}  // namespace

DkimSignature parse_dkim_signature(std::string_view value) {
  DkimSignature out;
  const TagList tags(value);
  out.domain = lower_text(kept_tag(tags, "d"));
  out.selector = lower_text(kept_tag(tags, "s"));
  out.identity = kept_tag(tags, "i");
  out.algorithm = kept_tag(tags, "a");
  out.canonicalisation = tags.has("c") ? kept_tag(tags, "c") : "simple/simple";
  out.stamp = kept_tag(tags, "t");
  out.expires = kept_tag(tags, "x");
  out.body_hash = kept_tag(tags, "bh");
  out.signature = kept_tag(tags, "b");
  take_canonicalisation(out);
  take_algorithm(out);
  take_names(TagList::without_blanks(tags["h"]), out);
  if (tags.has("l")) {
    out.length = parse_number<std::uint64_t>(TagList::without_blanks(tags["l"]));
    if (!out.length) out.problem = "its l= is no number";
  }
  if (!tags.is_well_formed()) out.problem = "its tags cannot be read";
  if (TagList::without_blanks(tags["v"]) != "1") out.problem = "it is not of version 1";
  for (const std::string* needed : {&out.domain, &out.selector, &out.signature, &out.body_hash}) {
    if (needed->empty()) out.problem = "it lacks a tag that every signature has";
  }
  return out;
}

std::string dkim_header_digest(const HeaderBlock& header, std::size_t own,
                               const DkimSignature& signature) {
  std::map<std::string, std::vector<std::size_t>, std::less<>> places;
  for (const std::string& name : signature.signed_names) places.try_emplace(name);
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto place = places.find(lower_text(header.field(i).name));
    if (place != places.end()) place->second.push_back(i);
  }
  MessageDigest digest(signature.digest);
  std::string text;
  // A name that stands twice takes the field above the one before (section 5.4.2); one that is
  // missing signs that it is.
  for (const std::string& name : signature.signed_names) {
    auto& left = places.at(name);
    if (left.empty()) continue;
    const HeaderBlock::Field field = header.field(left.back());
    left.pop_back();
    text.clear();
    if (signature.is_header_relaxed) {
      append_relaxed(field.name, field.value, text);
    } else {
      append_simple(text_of(field), text);
    }
    text += "\r\n";
    digest.update(text);
  }
  const HeaderBlock::Field field = header.field(own);
  const std::string value = without_signature(field.value);
  text.clear();
  if (signature.is_header_relaxed) {
    append_relaxed(field.name, value, text);
  } else {
    const std::string_view whole = text_of(field);
    append_simple(whole.substr(0, whole.size() - field.value.size()), text);
    append_simple(value, text);
  }
  digest.update(text);
  return digest.finish();
}

std::string unsigned_fields(const HeaderBlock& header, const DkimSignature& signature) {
  std::string out;
  for (const std::string_view name : kShown) {
    std::ptrdiff_t left = 0;
    for (std::size_t i = 0; i < header.size(); ++i)
      left += is_same_word(header.field(i).name, name);
    left -= std::count(signature.signed_names.begin(), signature.signed_names.end(), name);
    if (left > 0) out.append(out.empty() ? "" : ",").append(name);
  }
  return out;
}

}  // namespace assay
