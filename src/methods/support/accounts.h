// Accounts at banks as statements write them: whose, whether two texts name one account, and
// whether an IBAN's check digits are right.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/case.h"

namespace assay::methods {

// Of keys (account_key). `iban`: the form of ISO 13616 and check digits that are right (mod 97 is
// 1, ISO 7064); `iban_wrong`: the form, and digits that are not; `own_id`: any other.
enum class AccountForm { iban, iban_wrong, own_id };
AccountForm form_of_account(std::string_view key);

// One account: equal keys, or one is an IBAN whose BBAN is the other. A BBAN below ten characters
// could be any bank's.
bool is_same_account(std::string_view key, std::string_view other);

// Whom case.toml states to hold an account. Remembers each text that it was asked for.
class AccountBook {
 public:
  explicit AccountBook(const CaseFile& case_file) : case_file_(case_file) {}

  struct Entry {
    std::string key;           // as case.toml writes it where a party holds it; "" = none told
    std::vector<int> holders;  // indices into CaseFile::parties, ascending
  };
  // `currency` may stand behind the account, as some statements have it.
  const Entry& find(std::string_view account, std::string_view currency);

 private:
  bool place(std::string_view key, Entry& entry) const;

  const CaseFile& case_file_;
  std::map<std::string, Entry, std::less<>> known_;
};

}  // namespace assay::methods
