#include "readers/export_template.h"

#include <utility>

#include "readers/byte_order.h"

namespace assay {

namespace {

std::uint16_t word_at(std::string_view bytes, std::size_t at) {
  return be16(reinterpret_cast<const std::uint8_t*>(bytes.data()) + at);
}
std::uint32_t long_at(std::string_view bytes, std::size_t at) {
  return be32(reinterpret_cast<const std::uint8_t*>(bytes.data()) + at);
}

bool take_fields(std::uint16_t version, std::size_t count, std::string_view& set,
                 ExportTemplate& out) {
  for (std::size_t i = 0; i < count; ++i) {
    if (set.size() < 4) return false;
    ExportField field;
    field.id = word_at(set, 0);
    field.length = word_at(set, 2);
    set.remove_prefix(4);
    // NetFlow v9 has no enterprise numbers: there the top bit is part of a vendor's own type.
    if (version == 10 && (field.id & 0x8000) != 0) {
      if (set.size() < 4) return false;
      field.enterprise = long_at(set, 0);
      field.id &= 0x7fff;
      set.remove_prefix(4);
    }
    out.least_bytes += field.length == kVariableLength && version == 10 ? 1 : field.length;
    // One of no bytes says nothing, and thousands of them would be passed over for each record.
    if (field.length > 0) out.fields.push_back(field);
  }
  return true;
}

}  // namespace

TemplateOutcome take_template(std::uint16_t version, bool is_options, std::string_view& set,
                              TemplateRecord& out) {
  out = {};
  out.fields.is_options = is_options;
  if (set.size() < 4) return TemplateOutcome::padding;
  out.id = word_at(set, 0);
  if (out.id == 0) return TemplateOutcome::padding;
  std::size_t count = word_at(set, 2);
  if (version == 10 && count == 0) {
    set.remove_prefix(4);
    return TemplateOutcome::read;
  }
  const std::size_t head = is_options ? 6 : 4;
  if (set.size() < head) return TemplateOutcome::damaged;
  if (is_options && version == 9) {  // lengths of the two parts in bytes
    count = count / 4 + word_at(set, 4) / 4;
  }
  set.remove_prefix(head);
  if (out.id < 256 || !take_fields(version, count, set, out.fields)) {
    return TemplateOutcome::damaged;
  }
  // Records of no bytes would never end.
  return out.fields.least_bytes == 0 ? TemplateOutcome::empty : TemplateOutcome::read;
}

const ExportTemplate* ExportTemplates::find(DomainKey domain, std::uint16_t id) const {
  for (const Templates& templates : templates_) {
    if (const auto found = templates.find({domain, id}); found != templates.end()) {
      return &found->second;
    }
  }
  return nullptr;
}

bool ExportTemplates::put(DomainKey domain, std::uint16_t id, ExportTemplate fresh) {
  withdraw(domain, id);
  if (templates_[0].size() + templates_[1].size() >= kMostTemplates ||
      fields_ + fresh.fields.size() > kMostFields) {
    return false;
  }
  fields_ += fresh.fields.size();
  Templates& templates = templates_[fresh.is_options ? 1 : 0];
  templates.emplace(std::pair(domain, id), std::move(fresh));
  return true;
}

void ExportTemplates::withdraw(DomainKey domain, std::uint16_t id) {
  for (Templates& templates : templates_) {
    const auto found = templates.find({domain, id});
    if (found == templates.end()) continue;
    fields_ -= found->second.fields.size();
    templates.erase(found);
  }
}

void ExportTemplates::withdraw_all(DomainKey domain, bool are_options) {
  Templates& templates = templates_[are_options ? 1 : 0];
  for (auto each = templates.lower_bound({domain, 0});
       each != templates.end() && each->first.first == domain;) {
    fields_ -= each->second.fields.size();
    each = templates.erase(each);
  }
}

}  // namespace assay
