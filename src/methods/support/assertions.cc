#include "methods/support/assertions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/ascii.h"

namespace assay::methods {
namespace {

constexpr std::array<std::string_view, kRoles> kWords{
    "registrant",     "administrator",  "technical", "registrar", "name_server",
    "mail_exchanger", "address_holder", "ptr",       "origin"};
constexpr std::array<std::string_view, kRoles> kInWords{
    "registrant",     "administrative contact", "technical contact",
    "registrar",      "name servers",           "mail exchangers",
    "address holder", "reverse name",           "originating AS"};
constexpr std::array<std::string_view, 19> kLegalForms{
    "ag",      "bv",  "co",  "company", "corp", "corporation", "gmbh", "inc", "incorporated", "jsc",
    "limited", "llc", "ltd", "oao",     "ooo",  "plc",         "pjsc", "sa",  "sarl"};
constexpr std::array<std::string_view, 14> kHidingWords{
    "redacted",  "privacy",       "private registration", "proxy",    "withheld",
    "masked",    "not disclosed", "data protected",       "hidden",   "non-public",
    "nonpublic", "gdpr",          "identity protect",     "anonymous"};
constexpr std::uint16_t kNs = 2, kMx = 15;

struct Words {
  FieldId source = field_id("source"), rir = field_id("rir"), route = field_id("route_source"),
          resolver = field_id("resolver"), registrar = field_id("registrar"),
          server = field_id("name_server"), prefix = field_id("prefix"),
          holder = field_id("holder"), entity = field_id("entity_name"),
          handle = field_id("object_handle"), ptr = field_id("ptr_name"),
          origin = field_id("origin_as"), rdata = field_id("rdata"), created = field_id("created"),
          error = field_id("error");
  FieldId registrant[3] = {field_id("registrant_organization"), field_id("registrant_name"),
                           field_id("registrant_email")};
  FieldId admin[3] = {field_id("admin_organization"), field_id("admin_name"),
                      field_id("admin_email")};
  FieldId tech[3] = {field_id("tech_organization"), field_id("tech_name"), field_id("tech_email")};
};
const Words& words() {
  static const Words kFields;
  return kFields;
}

// Lower case; points are dropped, so that "S.A." is "sa"; whatever else parts words.
std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  std::string token;
  const auto end_token = [&] {
    if (!token.empty()) tokens.push_back(std::move(token));
    token.clear();
  };
  for (const char c : lower_text(text.substr(0, 256))) {
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '@' ||
                         (static_cast<unsigned char>(c) & 0x80) != 0;
    if (is_kept) {
      token += c;
    } else if (c != '.' && c != '\'') {
      end_token();
    }
  }
  end_token();
  return tokens;
}

bool is_legal_form(const std::string& token) {
  return std::find(kLegalForms.begin(), kLegalForms.end(), token) != kLegalForms.end();
}

// Some sources write the organisation where others write a person.
bool has_legal_form(std::string_view text) {
  const std::vector<std::string> tokens = tokens_of(text);
  return tokens.size() > 1 && is_legal_form(tokens.back());
}

// Whom a role's fields tell, and by which of them.
struct Told {
  std::string_view text;
  bool is_person = false, is_mail_address = false;
};

// Of organisation, name and e-mail address the first that is told and open; else the first that is
// told. Only an organisation can be held against an organisation.
Told best_of(const OtherRow& row, const FieldId (&fields)[3]) {
  const auto told = [&](int field) {
    const std::string_view text = row.field(fields[field]);
    return Told{text, field == 1 && !has_legal_form(text), field == 2};
  };
  for (int field = 0; field < 3; ++field) {
    const Told each = told(field);
    if (!each.text.empty() && !is_hidden_holder(each.text)) return each;
  }
  for (int field = 0; field < 3; ++field) {
    if (!row.field(fields[field]).empty()) return told(field);
  }
  return {};
}

class Collector {
 public:
  explicit Collector(const MethodContext& context) : context_(context) {}

  std::vector<Assertion> collect() {
    const auto& rows = context_.others->rows;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      if (rows[i].row.kind == RecordKind::registration) take(i, rows[i]);
    }
    for (auto& [place, values] : sets_) {
      found_[place].value = fmt::format("{}", fmt::join(values, ", "));
      found_[place].key = found_[place].value;
    }
    return std::move(found_);
  }

 private:
  std::string source_of(const OtherRow& row) const {
    const Words& w = words();
    std::string_view told;
    for (const FieldId field : {w.source, w.rir, w.route, w.resolver}) {
      if (told.empty()) told = row.field(field);
    }
    const Evidence* evidence = evidence_numbered(context_, row.evidence);
    const std::string id = evidence == nullptr ? std::to_string(row.evidence) : evidence->id;
    return told.empty() ? id : fmt::format("{} ({})", quoted(told), id);
  }

  Assertion start(std::uint32_t index, const OtherRow& row, Role role, std::string about) const {
    Assertion one;
    one.role = role;
    one.about = std::move(about);
    one.source = source_of(row);
    one.evidence = row.evidence;
    if (row.is_dated()) one.when = {row.row.time_us, row.row.until_us + 1};
    one.created = quoted(row.field(words().created));
    one.rows = {index};
    return one;
  }

  void one_of(std::uint32_t index, const OtherRow& row, Role role, const std::string& about,
              const Told& told) {
    if (told.text.empty() || about.empty()) return;
    Assertion one = start(index, row, role, about);
    one.value = quoted(told.text);
    one.key = holder_key(told.text);
    one.is_hidden = is_hidden_holder(told.text);
    one.is_opaque = told.is_mail_address;
    one.is_person = told.is_person;
    found_.push_back(std::move(one));
  }

  // Several values that hold together, from one row or from rows of one answer.
  void of_set(std::uint32_t index, const OtherRow& row, Role role, const std::string& about,
              std::string_view value) {
    while (value.ends_with('.')) value.remove_suffix(1);
    if (value.empty() || about.empty()) return;
    const auto key = std::tuple(role, about, row.evidence, row.row.time_us, row.is_dated());
    const auto [known, is_new] = place_.emplace(key, found_.size());
    if (is_new) found_.push_back(start(index, row, role, about));
    if (found_[known->second].rows.back() != index) found_[known->second].rows.push_back(index);
    sets_[known->second].insert(lower_text(quoted(value)));
  }

  void take(std::uint32_t index, const OtherRow& row) {
    const Words& w = words();
    if (!row.field(w.error).empty()) return;
    const std::string prefix(row.field(w.prefix));
    if (!prefix.empty()) {
      take_network(index, row, prefix);
      return;
    }
    if (!row.field(w.ptr).empty()) {
      if (row.server.is_unspecified()) return;
      Assertion one = start(index, row, Role::ptr, row.server.to_string());
      one.value = quoted(row.field(w.ptr));
      one.key = lower_text(one.value);  // a name, and no holder's
      found_.push_back(std::move(one));
      return;
    }
    if (row.row.type == kNs) of_set(index, row, Role::name_server, row.name, row.field(w.rdata));
    if (row.row.type == kMx) {
      const std::string_view rdata = row.field(w.rdata);
      of_set(index, row, Role::mail_exchanger, row.name,
             rdata.substr(std::min(rdata.rfind(' ') + 1, rdata.size())));
    }
    if (row.row.type != 0) return;
    one_of(index, row, Role::registrant, row.name, best_of(row, w.registrant));
    one_of(index, row, Role::administrator, row.name, best_of(row, w.admin));
    one_of(index, row, Role::technical, row.name, best_of(row, w.tech));
    one_of(index, row, Role::registrar, row.name, {row.field(w.registrar)});
    for (const auto& [field, text] : row.fields) {
      if (field != w.server) continue;
      // Some sources write a server's addresses behind its name.
      of_set(index, row, Role::name_server, row.name,
             std::string_view(text).substr(0, text.find_first_of(" \t")));
    }
  }

  void take_network(std::uint32_t index, const OtherRow& row, const std::string& prefix) {
    const Words& w = words();
    for (const auto& [field, text] : row.fields) {
      if (field == w.origin) of_set(index, row, Role::origin, prefix, text);
    }
    Told holder{row.field(w.holder)};
    if (holder.text.empty()) holder = best_of(row, w.registrant);
    if (holder.text.empty()) holder = {row.field(w.entity)};
    if (!holder.text.empty()) {
      one_of(index, row, Role::address_holder, prefix, holder);
    } else if (!row.field(w.handle).empty()) {
      one_of(index, row, Role::address_holder, prefix, {row.field(w.handle)});
      found_.back().is_opaque = true;
    }
  }

  using Place = std::tuple<Role, std::string, std::uint32_t, std::int64_t, bool>;
  const MethodContext& context_;
  std::vector<Assertion> found_;
  std::map<Place, std::size_t> place_;
  std::map<std::size_t, std::set<std::string>> sets_;
};

}  // namespace

std::string_view word_of(Role role) { return kWords[static_cast<std::size_t>(role)]; }
std::string_view words_of(Role role) { return kInWords[static_cast<std::size_t>(role)]; }

std::vector<Assertion> assertions_of(const MethodContext& context) {
  if (context.others == nullptr) return {};
  return Collector(context).collect();
}

std::string_view parent_of(std::string_view name) {
  const auto labels = labels_of(name);
  return labels.size() < 3 ? name : name.substr(labels.front().size() + 1);
}

std::string holder_key(std::string_view text) {
  std::vector<std::string> tokens = tokens_of(text);
  while (tokens.size() > 1 && is_legal_form(tokens.back())) tokens.pop_back();
  return fmt::format("{}", fmt::join(tokens, " "));
}

bool is_hidden_holder(std::string_view text) {
  const std::string lower = lower_text(text.substr(0, 256));
  return std::any_of(kHidingWords.begin(), kHidingWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

Asked asked_of(const MethodContext& context) {
  Asked asked;
  for (const NamePattern& pattern : context.question->names) asked.names.push_back(pattern.base());
  for (const int p : question_parties(context)) {
    const Party& party = context.case_file->parties[static_cast<std::size_t>(p)];
    for (const NamePattern& pattern : party.names) asked.names.push_back(pattern.base());
    asked.addresses.insert(asked.addresses.end(), party.addresses.begin(), party.addresses.end());
  }
  if (context.others != nullptr) {
    for (const NameAddress& each : context.others->addresses) {
      const auto prefix = IpPrefix::parse(each.address.to_string());
      if (prefix.ok()) asked.addresses.push_back(*prefix);
    }
  }
  std::sort(asked.names.begin(), asked.names.end());
  asked.names.erase(std::unique(asked.names.begin(), asked.names.end()), asked.names.end());
  return asked;
}

bool Asked::is_about(const Assertion& assertion) const {
  if (assertion.role == Role::ptr) {
    const auto address = IpAddress::parse(assertion.about);
    return address && std::any_of(addresses.begin(), addresses.end(),
                                  [&](const IpPrefix& ours) { return ours.contains(*address); });
  }
  if (assertion.role == Role::address_holder || assertion.role == Role::origin) {
    const auto prefix = IpPrefix::parse(assertion.about);
    return prefix.ok() &&
           std::any_of(addresses.begin(), addresses.end(), [&](const IpPrefix& ours) {
             return prefix->contains(ours.base()) || ours.contains(prefix->base());
           });
  }
  return labels_of(assertion.about).size() >= 2 &&
         std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return is_within(name, assertion.about); });
}

}  // namespace assay::methods
