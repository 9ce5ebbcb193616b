// Whether a record that is no look-up concerns a question: by address, by name, by mail domain, of
// its own, of its parties and of the claims that are made within it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/method.h"
#include "assay/store.h"

namespace assay {

enum class Touch {
  no,
  beside,  // a neighbour, or another's message in the same mail server's log
  yes,
};

class QuestionInterest {
 public:
  QuestionInterest(const CaseFile& case_file, const Question& question);

  // An address that one of the names had: from now on its records touch the question.
  void add_address(const IpAddress& address);
  bool is_about_name(std::string_view canonical) const;
  // `row` with its addresses and name spelled out; `is_mail_log`: of a mail server's own log.
  Touch of(const OtherRow& row, bool is_mail_log) const;

  // Held by a party or a name of the question, or a neighbour of such an address.
  bool is_near(const IpAddress& address) const { return holds(address) || is_neighbour(address); }
  const std::vector<std::string>& parents() const { return parents_; }

 private:
  void add_party(const Party& party);
  void add_claim(const CaseFile& case_file, const Claim& claim);
  bool holds(const IpAddress& address) const;
  bool is_neighbour(const IpAddress& address) const;
  bool overlaps(std::string_view prefix) const;
  Touch of_registration(const OtherRow& row) const;
  bool any_field_touches(const OtherRow& row) const;

  std::vector<NamePattern> names_;
  std::vector<std::string> parents_;  // zones that the names may be registered in
  std::vector<IpPrefix> addresses_, neighbours_;
};

// A TXT record that mail is checked by, whoever published it: keys, senders' hosts, policies (RFC
// 6376, 7208, 7489). A message may be signed by a domain that no question names.
bool is_mail_policy(const OtherRow& row);

// The domain names that a text of mail holds: behind each '@', or the whole text when it has none.
std::vector<std::string> domains_of(std::string_view text);

}  // namespace assay
