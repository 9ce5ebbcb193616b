#include "readers/text_keys.h"

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
  auto& slot = hosts_.slot(text);
  if (hosts_.holds(slot, text) && !text.empty()) return slot.value;
  const auto address = IpAddress::parse(text);
  if (!address) return std::nullopt;
  const std::uint64_t key = sink_.host(*address);
  hosts_.put(slot, text, key);
  return key;
}

std::optional<NameProblem> TextKeys::name(std::string_view presentation, Name& out) {
  auto& slot = names_.slot(presentation);
  if (names_.holds(slot, presentation) && !presentation.empty()) {
    out = slot.value;
    return std::nullopt;
  }
  canonical_.clear();
  out.had_capitals = false;
  if (auto problem = canonicalise_name(presentation, canonical_, &out.had_capitals)) return problem;
  out.key = sink_.name(canonical_);
  names_.put(slot, presentation, out);
  return std::nullopt;
}

std::optional<NameProblem> TextKeys::raw_name(std::string_view bytes, Name& out) {
  if (bytes.find('\\') == std::string_view::npos) return name(bytes, out);
  canonical_.clear();
  out.had_capitals = false;
  if (auto problem = append_raw_name(bytes, canonical_, out.had_capitals)) return problem;
  out.key = sink_.name(canonical_);
  return std::nullopt;
}

std::optional<std::uint16_t> TextKeys::qtype(std::string_view mnemonic) {
  auto& slot = qtypes_.slot(mnemonic);
  if (qtypes_.holds(slot, mnemonic) && !mnemonic.empty()) return slot.value;
  const auto type = parse_qtype(mnemonic);
  if (type) qtypes_.put(slot, mnemonic, *type);
  return type;
}

std::optional<std::uint16_t> TextKeys::qclass(std::string_view mnemonic) {
  return mnemonic == "IN" ? std::uint16_t{1} : parse_qclass(mnemonic);
}

}  // namespace assay
