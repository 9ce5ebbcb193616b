#include "assay/case.h"

namespace assay {

bool Party::holds_address(const IpAddress& address) const {
  for (const IpPrefix& prefix : addresses) {
    if (prefix.contains(address)) return true;
  }
  return false;
}

bool Party::holds_name(std::string_view canonical) const {
  for (const NamePattern& pattern : names) {
    if (pattern.matches(canonical)) return true;
  }
  return false;
}

std::string account_key(std::string_view account) {
  std::string key;
  for (const char c : account) {
    if (c >= 'a' && c <= 'z') {
      key.push_back(static_cast<char>(c - 'a' + 'A'));
    } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      key.push_back(c);
    }
  }
  return key;
}

const Party* CaseFile::find_party(std::string_view name) const {
  for (const Party& party : parties) {
    if (party.name == name) return &party;
  }
  return nullptr;
}

const Question* CaseFile::find_question(std::string_view id) const {
  for (const Question& question : questions) {
    if (question.id == id) return &question;
  }
  return nullptr;
}

}  // namespace assay
