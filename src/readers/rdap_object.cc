#include "readers/rdap_object.h"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "readers/text_keys.h"

namespace assay {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr int kMaxEntityDepth = 4;

std::string_view text_of(object from, std::string_view key) {
  std::string_view text;
  if (from.at_key(key).get(text)) return {};
  return text;
}

// A text, or a number or a truth value as text.
std::string plain_text(element value) {
  std::string_view text;
  std::uint64_t number = 0;
  bool truth = false;
  if (!value.get(text)) return std::string(text);
  if (!value.get(number)) return std::to_string(number);
  if (!value.get(truth)) return truth ? "true" : "false";
  return "";
}

template <class Take>
void for_each(element list, Take take) {
  array items;
  if (list.get(items)) return;
  for (const element item : items) take(item);
}

// The roles whose contacts have fields of their own.
std::string_view role_prefix(std::string_view role) {
  if (role == "registrant") return "registrant";
  if (role == "administrative") return "admin";
  if (role == "technical") return "tech";
  if (role == "billing") return "billing";
  return "";
}

// A text, or the parts of a list of them: "org" is [organisation, unit], "adr" [po box, extension,
// street, city, region, code, country], each a text or a list.
std::string joined_text(element value) {
  std::string out = plain_text(value);
  const auto append = [&out](element part) {
    const std::string text = plain_text(part);
    if (!text.empty()) out += (out.empty() ? "" : ", ") + text;
  };
  for_each(value, [&](element part) {
    append(part);
    for_each(part, append);
  });
  return out;
}

}  // namespace

void RdapObject::add(std::string_view field, std::string_view text) {
  if (record_->fields.size() >= kMaxFields) return sink_.note("field.too_many", field);
  record_->add(field_id(field), text);
}

bool RdapObject::make(object from, HeldRecord& record) {
  record_ = &record;
  time_ = ClaimTime{};
  record.row.kind = RecordKind::registration;
  const std::string_view type = text_of(from, "objectClassName");
  element value;
  if (type.empty()) {
    if (from.at_key("errorCode").get(value)) return false;
    add("object_class", "error");
    add("error", fmt::format("{} {}", plain_text(value), text_of(from, "title")));
  } else {
    add("object_class", type);
    take_names(from, type);
    take_network(from);
  }
  if (!from.at_key("status").get(value)) {
    const bool is_name = type == "domain" || type == "nameserver";
    for_each(value, [&](element word) {
      add(is_name ? "domain_status" : "status_word", plain_text(word));
    });
  }
  if (!from.at_key("events").get(value)) take_events(value);
  if (!from.at_key("nameservers").get(value)) take_servers(value);
  object secure;
  if (!from.at_key("secureDNS").get(secure)) take_dnssec(secure);
  if (type == "entity") {
    take_entity(from, "", false);
  } else if (!from.at_key("entities").get(value)) {
    take_entities(value, 0, false);
  }
  if (!from.at_key("remarks").get(value)) take_texts(value, "remark");
  if (!from.at_key("notices").get(value)) take_texts(value, "notice_text");
  if (!from.at_key("redacted").get(value)) take_redacted(value);
  time_.set(record.row);
  if (!time_.is_known) {
    sink_.note("registration.time_unknown", "no event says when the answer was made");
  }
  return true;
}

void RdapObject::take_names(object from, std::string_view type) {
  const bool is_domain = type == "domain";
  if (const auto handle = text_of(from, "handle"); !handle.empty()) {
    add(is_domain ? "registry_id" : "object_handle", handle);
  }
  const std::string_view ldh = text_of(from, "ldhName");
  if (!ldh.empty()) {
    TextKeys keys(sink_);
    TextKeys::Name name;
    if (const auto problem = keys.name(ldh, name)) {
      sink_.note("rdap.name_unreadable", ldh);
    } else {
      record_->row.name = name.key;
      if (name.had_capitals) record_->row.flags |= kNameHadCapitals;
    }
    add(is_domain ? "domain" : "name_server", ldh);
  }
  const std::string_view unicode = text_of(from, "unicodeName");
  if (unicode != ldh) add("raw_name", unicode);
  add("whois_server", text_of(from, "port43"));
  object addresses;
  if (from.at_key("ipAddresses").get(addresses)) return;
  for (const auto [family, list] : addresses) {
    for_each(list, [this](element each) { add("addresses", plain_text(each)); });
  }
}

void RdapObject::take_network(object from) {
  const std::string_view first = text_of(from, "startAddress"), last = text_of(from, "endAddress");
  if (!first.empty()) {
    add("prefix", fmt::format("{} - {}", first, last));
    if (const auto address = IpAddress::parse(first)) record_->row.server = sink_.host(*address);
  }
  element value, end;
  if (!from.at_key("startAutnum").get(value)) {
    std::string range = "AS" + plain_text(value);
    if (!from.at_key("endAutnum").get(end) && plain_text(end) != plain_text(value)) {
      range += " - AS" + plain_text(end);
    }
    add("asn", range);
  }
  add("entity_name", text_of(from, "name"));
  add("country_code", text_of(from, "country"));
}

void RdapObject::take_events(element events) {
  for_each(events, [this](element item) {
    object event;
    if (item.get(event)) return;
    const std::string_view action = text_of(event, "eventAction"),
                           date = text_of(event, "eventDate");
    if (action == "registration") {
      add("created", date);
    } else if (action == "expiration") {
      add("expires", date);
    } else if (action == "last changed") {
      add("updated", date);
    } else if (action == "last update of RDAP database") {
      time_ = clock_.read(date);
      if (!time_.is_known) sink_.note("rdap.time_unreadable", date);
      add("fetched", date);
    } else {
      add("event", fmt::format("{}: {}", action, date));
    }
  });
}

void RdapObject::take_servers(element servers) {
  for_each(servers, [this](element item) {
    object server, addresses;
    if (item.get(server)) return;
    add("name_server", text_of(server, "ldhName"));
    if (server.at_key("ipAddresses").get(addresses)) return;
    for (const auto [family, list] : addresses) {
      for_each(list, [this](element each) { add("addresses", plain_text(each)); });
    }
  });
}

void RdapObject::take_dnssec(object secure) {
  element value;
  if (!secure.at_key("delegationSigned").get(value)) add("delegation_signed", plain_text(value));
  if (secure.at_key("dsData").get(value)) return;
  for_each(value, [this](element item) {
    object data;
    if (item.get(data)) return;
    std::string text;
    for (const std::string_view key : {"keyTag", "algorithm", "digestType", "digest"}) {
      element part;
      if (data.at_key(key).get(part)) continue;
      text += (text.empty() ? "" : " ") + plain_text(part);
    }
    add("dnssec", text);
  });
}

// `of_registrar`: within the registrar's entity, whose contacts are not those of the object.
void RdapObject::take_entities(element entities, int depth, bool of_registrar) {
  if (depth >= kMaxEntityDepth) return sink_.note("rdap.entities_too_deep", "");
  for_each(entities, [&](element item) {
    object entity;
    element value;
    if (item.get(entity)) return;
    bool is_registrar = of_registrar;
    if (!entity.at_key("roles").get(value)) {
      for_each(value, [&](element each) {
        const std::string role = plain_text(each);
        is_registrar |= role == "registrar";
        take_entity(entity, role, of_registrar);
      });
    }
    if (!entity.at_key("entities").get(value)) take_entities(value, depth + 1, is_registrar);
  });
}

void RdapObject::take_entity(object entity, std::string_view role, bool of_registrar) {
  element value;
  if (role == "registrar" && !entity.at_key("publicIds").get(value)) {
    for_each(value, [this](element item) {
      object id;
      if (!item.get(id)) add("registrar_iana_id", text_of(id, "identifier"));
    });
  }
  if (!role.empty()) {
    add("entity_role", fmt::format("{}{}: {}", of_registrar ? "registrar's " : "", role,
                                   text_of(entity, "handle")));
  }
  if (!entity.at_key("vcardArray").get(value)) take_card(value, role, of_registrar);
}

// jCard (RFC 7095): ["vcard", [[name, parameters, type, value...], ...]].
void RdapObject::take_card(element card, std::string_view role, bool of_registrar) {
  const std::string prefix(of_registrar ? std::string_view() : role_prefix(role));
  const bool is_registrars_abuse = of_registrar && role == "abuse";
  element properties;
  if (card.at(1).get(properties)) return;
  for_each(properties, [&](element item) {
    element name_element, value;
    if (item.at(0).get(name_element) || item.at(3).get(value)) return;
    const std::string name = plain_text(name_element), text = joined_text(value);
    if (role.empty()) {
      if (name == "fn") add("entity_name", text);
      if (name == "org") add("holder", text);
      if (name == "tel") add("phone", text);
      if (name == "email") add("extra", "email: " + text);
    } else if (role == "registrar") {
      if (name == "fn") add("registrar", text);
    } else if (is_registrars_abuse) {
      if (name == "email") add("registrar_abuse_email", text);
    } else if (prefix.empty()) {
      const std::string_view whose = of_registrar ? "registrar's " : "";
      if (name == "fn" || name == "email") {
        add("extra", fmt::format("{}{} {}: {}", whose, role, name, text));
      }
    } else if (name == "fn" || name == "org" || name == "email") {
      add(prefix + (name == "fn" ? "_name" : name == "org" ? "_organization" : "_email"), text);
    } else if (prefix == "registrant" && name == "tel") {
      add("registrant_phone", text);
    } else if (prefix == "registrant" && name == "adr") {
      object parameters;
      element label;
      const bool has_label = !item.at(1).get(parameters) && !parameters.at_key("label").get(label);
      add("registrant_address", has_label ? plain_text(label) : text);
    }
  });
}

void RdapObject::take_texts(element remarks, std::string_view field) {
  for_each(remarks, [&](element item) {
    object remark;
    element lines;
    if (item.get(remark)) return;
    std::string text(text_of(remark, "title"));
    if (!remark.at_key("description").get(lines)) {
      for_each(lines, [&](element line) {
        text += (text.empty() ? "" : text.find(": ") > text.size() ? ": " : " ") + plain_text(line);
      });
    }
    add(field, text);
  });
}

// RFC 9537: which fields the server left out, and how it says so.
void RdapObject::take_redacted(element redacted) {
  for_each(redacted, [this](element item) {
    object entry, name, reason;
    if (item.get(entry)) return;
    std::string_view what, why;
    if (!entry.at_key("name").get(name)) {
      what = text_of(name, "description");
      if (what.empty()) what = text_of(name, "type");
    }
    if (!entry.at_key("reason").get(reason)) why = text_of(reason, "description");
    add("notice", why.empty() ? fmt::format("redacted: {}", what)
                              : fmt::format("redacted: {} ({})", what, why));
    sink_.note("rdap.redacted", what);
  });
}

}  // namespace assay
