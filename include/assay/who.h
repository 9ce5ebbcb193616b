// Who stood in which role of a name or an address, by which source and as of when.
//
// Roles are never merged and nothing is interpolated: between two times at which a source said
// something, no source says anything. Meaning of each part: docs/who.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/instant.h"
#include "assay/result.h"

namespace assay {

struct Surroundings;  // engine.h

struct WhoRequest {
  std::string thing;          // a name, an address or a network
  std::string at;             // "2010", "2010-03", "2010-03-04", an instant; "" = all times
  std::size_t listed = 1000;  // lines, changes, neighbours: at most so many of each
};

// Where the times of a line lie beside the date that was asked for.
enum class WhoWhen {
  covers,   // the source said so at the date
  around,   // before and after it, and not at it
  before,   // before it alone
  after,    // after it alone
  undated,  // nobody tells when
  any,      // no date was asked for
};
std::string_view to_string(WhoWhen when);

enum class WhoValue { organisation, person, hidden, handle, mail_address, name, other };
std::string_view to_string(WhoValue kind);

// One value of one source of one thing, over all times at which it said so.
struct WhoLine {
  std::string role;   // "registrant", "name_server", ...
  std::string about;  // the domain, network or address
  std::string value;
  WhoValue kind = WhoValue::other;
  std::string source;    // with the id of its evidence
  std::string evidence;  // the id
  std::uint64_t times = 0, undated = 0;
  std::optional<Interval> seen;      // first to last
  std::vector<std::string> records;  // "file-1:118", of the nearest to the date first
  std::vector<std::string> status;   // locks that the same records tell
  WhoWhen when = WhoWhen::any;
  std::optional<std::int64_t> last_before_us;  // when it said so last before the date
  std::optional<std::int64_t> first_after_us;
};

// What is told of one role at the date, or in all.
struct WhoRole {
  std::string role, words;
  std::uint64_t lines = 0, covering = 0;
  std::string said;  // in words: what covers the date, else what stands nearest to it
};

// Who can change what, as far as roles tell.
struct WhoPower {
  std::string what;  // "the registration of sender.example"
  std::string who;   // in words, with the roles it follows from
  std::string note;  // what it does not show
};

// Two sources that say different things of one role within a week.
struct WhoDispute {
  WhoLine one, other;
};

// One source, or one kind of file, first said one thing and then another.
struct WhoChange {
  std::string role, about, source, old_value, new_value;
  std::int64_t last_old_us = 0, first_new_us = 0;  // it changed between them
  std::string last_old_record, first_new_record;
  bool is_hiding = false;  // one of the two is hidden: the holder need not have changed
};

struct WhoSign {
  std::string kind;  // "flows and sessions", ...
  std::uint64_t count = 0, undated = 0;
  bool is_use = false, is_doubtful = false;
  std::optional<Interval> span;
  std::string first_record, last_record;
};

struct WhoNeighbour {
  std::string what;    // a name, domain or address
  std::string why;     // "network", "naming_pattern", "same_registrant", "same_name_servers"
  std::string shared;  // the network, the pattern or the value in common
  std::string source, record;
};

struct WhoReport {
  std::string thing, kind;  // canonical; "name", "address" or "network"
  std::optional<Interval> at;
  std::vector<WhoRole> roles;  // each role that can be told of it, told or not
  std::vector<WhoLine> lines;  // by role, nearest thing first
  std::uint64_t lines_in_all = 0;
  std::vector<WhoPower> powers;
  std::vector<WhoDispute> disputes;
  std::vector<WhoChange> changes;
  std::uint64_t changes_in_all = 0;
  std::vector<WhoSign> signs;
  std::vector<WhoNeighbour> neighbours;
  std::uint64_t neighbours_in_all = 0;
  std::vector<std::string> neighbourhood;  // with how many others could have looked alike
  std::vector<std::string> limitations;
  std::string case_hash;
};

// Reads the records of the case; writes nothing. Errors: usage (no name, address or date), and as
// opening a case.
Result<WhoReport> tell_who(const std::string& directory, const Surroundings& surroundings,
                           const WhoRequest& request);

}  // namespace assay
