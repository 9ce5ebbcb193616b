// Case: what a person states in case.toml (parties, questions, claims, calendars).
//
// case.toml is the only file of a case that a person edits; everything else is written by assay.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/evidence.h"
#include "assay/names.h"
#include "assay/result.h"

namespace assay {

// Who holds which names and addresses, since when, and who says so.
struct Party {
  std::string name;  // "Bank"
  std::vector<IpPrefix> addresses;
  std::vector<NamePattern> names;
  std::vector<std::string> suffixes;  // search suffixes of the party's stubs, canonical
  std::vector<std::string> accounts;  // at banks: capitals and digits alone, as account_key() says
  std::string zone = "";              // IANA zone of its day; "" = the case's default
  std::string source;                 // who says so
  std::optional<Interval> holds;      // when; nullopt = not stated
  int line = 0;                       // in case.toml
  // All hosts that take or send the party's mail, and all places where traffic enters or leaves its
  // network, each as its log names it or by the evidence (id or file); empty = not stated, and then
  // no log vouches that there was no mail, or no flow.
  std::vector<std::string> mail_hosts, edges;

  bool holds_address(const IpAddress& address) const;
  bool holds_name(std::string_view canonical) const;
};

// One account, one text, however it is grouped: "de00 1234-5" and "DE0012345". "" when no letter or
// digit is left.
std::string account_key(std::string_view account);

// Did A's and B's servers communicate, in this window?
struct Question {
  std::string id;                    // "q1"
  std::vector<std::string> between;  // party names, two or more
  std::vector<NamePattern> names;    // the names looked up; empty = all names the parties hold
  std::optional<Interval> window;    // nullopt = span of the evidence
  std::string text;                  // free words of the asker
  int line = 0;
};

// A quotation made testable.
struct Claim {
  std::string id;                             // "c1"
  std::string kind;                           // "share", "count", ...: see docs/claims.md
  std::string quote;                          // what was said, word for word
  std::string source;                         // who said it, where
  std::string question;                       // id; "" = the only question
  std::map<std::string, std::string> fields;  // kind's own fields, as text
  std::map<std::string, std::vector<std::string>> lists;  // fields that are lists
  int line = 0;
};

struct CalendarEvent {
  std::string name;
  Interval when;
};

// A clock that the user says went wrong: what to add to the times of one evidence.
struct ClockCorrection {
  std::string evidence;  // its id
  std::int64_t add_us = 0;
  std::string source;  // who says so, or the finding that offered it
  int line = 0;
};

struct CaseFile {
  std::string title;
  std::string default_zone = "UTC";
  std::vector<Party> parties;
  std::vector<Question> questions;
  std::vector<Claim> claims;
  std::vector<CalendarEvent> calendar;
  std::vector<ClockCorrection> clocks;
  std::map<std::string, std::uint32_t> ttl_seconds;  // [ttl] "mail1.sender.example" = 3600: stated

  const Party* find_party(std::string_view name) const;
  const Question* find_question(std::string_view id) const;
};

// Errors: malformed/usage; each names file, line and the nearest valid word.
Result<CaseFile> parse_case_file(std::string_view toml, std::string_view file_name);

// The kinds of claim and the fields that each takes, for errors, help and docs.
struct ClaimKind {
  std::string_view name;
  std::string_view summary;
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
};
const std::vector<ClaimKind>& claim_kinds();

}  // namespace assay
