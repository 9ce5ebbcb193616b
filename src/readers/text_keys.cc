#include "readers/text_keys.h"

#include "core/plain_name.h"

namespace assay {

namespace {

// Appends the labels of `bytes`, split at dots and otherwise taken as they are.
std::optional<NameProblem> append_raw_name(std::string_view bytes, std::string& out,
                                           bool& had_capitals) {
  if (bytes.empty()) return NameProblem{"dns.qname.empty", "an empty name"};
  if (bytes == ".") return std::nullopt;
  if (bytes.back() == '.') bytes.remove_suffix(1);
  if (bytes.size() + 2 > kMaxNameWireBytes) {
    return NameProblem{"dns.qname.too_long", "a name of more than 255 bytes"};
  }
  for (std::size_t start = 0;;) {
    const std::size_t dot = bytes.find('.', start);
    const std::string_view label = bytes.substr(start, dot - start);
    if (label.empty()) return NameProblem{"dns.qname.empty_label", "two dots in a row"};
    if (label.size() > kMaxLabelBytes) {
      return NameProblem{"dns.qname.label_too_long", "a label of more than 63 bytes"};
    }
    append_canonical_label(label, out, &had_capitals);
    if (dot == std::string_view::npos) return std::nullopt;
    out.push_back('.');
    start = dot + 1;
  }
}

}  // namespace

std::optional<std::uint64_t> TextKeys::host(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address) return std::nullopt;
  return sink_.host(*address);
}

std::optional<std::uint64_t> TextKeys::constant_host(std::string_view text) {
  if (text != constant_text_ || text.empty()) {
    const auto key = host(text);
    if (!key) return std::nullopt;
    constant_text_.assign(text);
    constant_key_ = *key;
  }
  return constant_key_;
}

std::optional<NameProblem> TextKeys::name(std::string_view presentation, Name& out) {
  canonical_.clear();
  out.had_capitals = false;
  if (is_plain_canonical(presentation)) {
    out.key = sink_.name(presentation);
    return std::nullopt;
  }
  if (auto problem = canonicalise_name(presentation, canonical_, &out.had_capitals)) return problem;
  out.key = sink_.name(canonical_);
  return std::nullopt;
}

std::optional<NameProblem> TextKeys::raw_name(std::string_view bytes, Name& out) {
  canonical_.clear();
  out.had_capitals = false;
  if (is_plain_canonical(bytes)) {
    out.key = sink_.name(bytes);
    return std::nullopt;
  }
  if (auto problem = append_raw_name(bytes, canonical_, out.had_capitals)) return problem;
  out.key = sink_.name(canonical_);
  return std::nullopt;
}

void TextKeys::lossy_name(std::string_view canonical, Name& out) {
  out = {sink_.name(canonical), false};
}

std::optional<std::uint16_t> TextKeys::qtype(std::string_view mnemonic) {
  if (mnemonic.empty() || mnemonic.size() > 8) return parse_qtype(mnemonic);
  std::uint64_t packed = 0;
  for (const char c : mnemonic) packed = packed << 8 | static_cast<unsigned char>(c);
  Type& type = types_[packed * 0x9e3779b97f4a7c15ull >> 58];
  if (type.packed == packed) return type.value;
  const auto value = parse_qtype(mnemonic);
  if (value) type = {packed, *value};
  return value;
}

std::optional<std::uint16_t> TextKeys::qclass(std::string_view mnemonic) {
  return mnemonic == "IN" ? std::uint16_t{1} : parse_qclass(mnemonic);
}

}  // namespace assay
