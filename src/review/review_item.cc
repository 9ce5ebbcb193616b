#include "review/review_item.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <tuple>

#include "core/digest.h"

namespace assay::review {
namespace {

struct Fields {
  const FieldId message_id = field_id("message_id"), from = field_id("header_from"),
                to = field_id("header_to"), cc = field_id("header_cc"),
                subject = field_id("subject"), date = field_id("date_header"),
                part = field_id("part"), attachment = field_id("attachment"),
                message_sha256 = field_id("message_sha256"), body_sha256 = field_id("body_sha256"),
                text_sha256 = field_id("text_sha256"), text_sketch = field_id("text_sketch"),
                encryption = field_id("encryption"), pgp = field_id("pgp");
};

const Fields& fields() {
  static const Fields kFields;
  return kFields;
}

// "1.2 image/png 1234 SHA256": what is no text, whatever the number of the part and its encoding.
void note_part(std::string_view part, std::vector<std::string>& attachments) {
  const std::size_t type = part.find(' '), size = part.find(' ', type + 1);
  if (type == part.npos || size == part.npos) return;
  if (part.substr(type + 1, 5) == "text/") return;
  attachments.emplace_back(part.substr(type + 1));
}

// A named text is an attachment as well: "1.2 text/csv 1234 SHA256 list.csv".
void note_attachment(std::string_view part, std::vector<std::string>& attachments) {
  const std::size_t type = part.find(' ');
  if (type == part.npos || part.substr(type + 1, 5) != "text/") return;
  std::size_t end = type;
  for (int i = 0; i < 3 && end != part.npos; ++i) end = part.find(' ', end + 1);
  attachments.emplace_back(part.substr(type + 1, end == part.npos ? end : end - type - 1));
}

}  // namespace

Key key_of_hex(std::string_view sha256) {
  Key key;
  if (sha256.size() < 32) return key;
  std::from_chars(sha256.data(), sha256.data() + 16, key.high, 16);
  std::from_chars(sha256.data() + 16, sha256.data() + 32, key.low, 16);
  return key;
}

Key key_of_text(std::string_view text) { return key_of_hex(sha256_hex(text)); }

std::string_view bare_id(std::string_view id) {
  const auto is_edge = [](char c) { return c == ' ' || c == '\t' || c == '<' || c == '>'; };
  while (!id.empty() && is_edge(id.front())) id.remove_prefix(1);
  while (!id.empty() && is_edge(id.back())) id.remove_suffix(1);
  return id;
}

void ItemSet::add(const StoredRecord& record) {
  const Fields& known = fields();
  Item item;
  item.offset = record.row.offset;
  item.length = record.row.length;
  item.time_us = record.row.time_us;
  item.evidence = record.evidence;
  item.is_time_unknown = (record.row.flags & kTimeUnknown) != 0;
  std::vector<std::string> attachments, recipients;
  std::string header;
  bool has_date = false;
  std::string_view body, text, sketch;
  for (const auto& [field, value] : record.fields) {
    if (field == known.message_id && !item.id.is_set()) {
      const std::string_view id = bare_id(value);
      if (!id.empty()) item.id = key_of_text(id);
    } else if (field == known.from || field == known.subject || field == known.date) {
      header += value + "\n";
      has_date |= field == known.date;
    } else if (field == known.to || field == known.cc) {
      recipients.push_back(value);
    } else if (field == known.message_sha256) {
      item.bytes = key_of_hex(value);
    } else if (field == known.body_sha256) {
      body = value;
    } else if (field == known.text_sha256) {
      text = value;
    } else if (field == known.text_sketch) {
      sketch = value;
    } else if (field == known.part) {
      note_part(value, attachments);
    } else if (field == known.attachment) {
      note_attachment(value, attachments);
    } else if (field == known.encryption || field == known.pgp) {
      item.is_encrypted |= field == known.encryption || value == "inline";
    }
  }
  item.has_text = !text.empty();
  item.content = key_of_hex(item.has_text ? text : body);
  std::sort(attachments.begin(), attachments.end());
  std::string all;
  for (const std::string& each : attachments) all += each + "\n";
  if (!all.empty()) item.attachments = key_of_text(all);
  if (item.content.is_set() || item.attachments.is_set()) {
    const std::string matter =
        fmt::format("{:016x}{:016x}\n", item.content.high, item.content.low) + all;
    item.matter = key_of_text(matter);
    std::sort(recipients.begin(), recipients.end());
    for (const std::string& each : recipients) header += each + "\n";
    // Messages of programs are alike in everything but their date; without one nothing is said.
    if (has_date) item.header = key_of_text(header + matter);
  }
  if (item.id.is_set()) {
    item.sending = key_of_text(fmt::format("{:016x}{:016x}{:016x}{:016x}", item.id.high,
                                           item.id.low, item.matter.high, item.matter.low));
  }
  if (const auto bytes = sketch_bytes(sketch)) {
    item.sketch = static_cast<std::uint32_t>(sketches_.size() / kSketchBins);
    sketches_ += *bytes;
  }
  items_.push_back(item);
}

KeyIndex::KeyIndex(const std::vector<Item>& items, Key Item::*key) : items_(items), key_(key) {
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    if ((items[i].*key).is_set()) order_.push_back(i);
  }
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(items[a].*key, a) < std::tie(items[b].*key, b);
  });
}

std::uint32_t KeyIndex::find(const Key& key) const {
  if (!key.is_set()) return kNone;
  const auto found = std::lower_bound(
      order_.begin(), order_.end(), key,
      [&](std::uint32_t i, const Key& wanted) { return items_[i].*key_ < wanted; });
  return found != order_.end() && items_[*found].*key_ == key ? *found : kNone;
}

}  // namespace assay::review
