#include "methods/support/accounts.h"

#include <algorithm>

namespace assay::methods {
namespace {

constexpr std::size_t kIbanHead = 4;  // country and check digits
constexpr std::size_t kShortestIban = 15, kLongestIban = 34, kShortestBban = 10;

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int remainder_97(std::string_view key) {
  int rest = 0;
  const auto take = [&](char c) {
    const int value = is_digit(c) ? c - '0' : c - 'A' + 10;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  };
  for (const char c : key.substr(kIbanHead)) take(c);
  for (const char c : key.substr(0, kIbanHead)) take(c);
  return rest;
}

bool is_bban_of(std::string_view bban, std::string_view iban) {
  return bban.size() >= kShortestBban && iban.size() == bban.size() + kIbanHead &&
         iban.ends_with(bban) && form_of_account(iban) == AccountForm::iban;
}

}  // namespace

AccountForm form_of_account(std::string_view key) {
  const bool has_form = key.size() >= kShortestIban && key.size() <= kLongestIban &&
                        is_letter(key[0]) && is_letter(key[1]) && is_digit(key[2]) &&
                        is_digit(key[3]);
  if (!has_form) return AccountForm::own_id;
  return remainder_97(key) == 1 ? AccountForm::iban : AccountForm::iban_wrong;
}

bool is_same_account(std::string_view key, std::string_view other) {
  return key == other || is_bban_of(key, other) || is_bban_of(other, key);
}

bool AccountBook::place(std::string_view key, Entry& entry) const {
  for (std::size_t p = 0; p < case_file_.parties.size(); ++p) {
    const auto& held = case_file_.parties[p].accounts;
    const auto found = std::find_if(held.begin(), held.end(), [&](const std::string& account) {
      return is_same_account(key, account);
    });
    if (found == held.end()) continue;
    if (entry.holders.empty()) entry.key = *found;
    entry.holders.push_back(static_cast<int>(p));
  }
  return !entry.holders.empty();
}

const AccountBook::Entry& AccountBook::find(std::string_view account, std::string_view currency) {
  // The rest of what a text says depends on the currency alone, which is short.
  const std::string text = std::string(account) + '\n' + std::string(currency);
  const auto known = known_.find(text);
  if (known != known_.end()) return known->second;
  Entry entry;
  const std::string key = account_key(account);
  entry.key = key;
  if (!key.empty() && !place(key, entry) && !currency.empty() && key.ends_with(currency)) {
    place(std::string_view(key).substr(0, key.size() - currency.size()), entry);
  }
  return known_.emplace(text, std::move(entry)).first->second;
}

}  // namespace assay::methods
