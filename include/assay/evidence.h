// Evidence: one file as it was received, and what is said about it.
//
// Bytes are sealed by SHA-256 at acquisition. What nobody stated stays unknown: coverage is unknown
// unless somebody declares it, and nothing may be concluded from absence outside declared coverage.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/instant.h"
#include "assay/names.h"

namespace assay {

// Where the records were taken (ISO/IEC 27037 speaks of the collection point).
enum class Vantage {
  unknown,
  authoritative,
  resolver,
  passive_sensor,
  mail_server,
  host,
  registry
};

enum class Completeness {
  unknown,   // nobody said; the default
  complete,  // every event that this vantage could see, in the declared intervals and names
  sampled,   // a sample of them
  filtered,  // some left out by a rule that is not the declared name list
};

std::string_view to_string(Vantage vantage);
std::string_view to_string(Completeness completeness);
std::optional<Vantage> parse_vantage(std::string_view text);
std::optional<Completeness> parse_completeness(std::string_view text);
std::vector<std::string> vantage_words();

// What this vantage says it recorded.
struct Coverage {
  std::vector<Interval> intervals;  // empty: not declared
  Completeness completeness = Completeness::unknown;
  std::vector<NamePattern> names;  // empty: every name that this vantage could see

  // Complete, for all of these names (none: every name), over all of `window`.
  bool is_complete_for(const Interval& window, const std::vector<NamePattern>& wanted) const;
};

// How the times in a file are to be read.
struct Clock {
  std::string zone = "UTC";      // zone of stamps that carry none; as the user stated it
  bool zone_is_stated = false;   // false: UTC is an assumption, and reports say so
  std::int64_t skew_us = 0;      // what to ADD to the file's times to get true time
  std::optional<int> year;       // of the first stamp, stated by the user, for stamps without one
  std::optional<int> last_year;  // from the file's context: year of its last change, as a fallback
  std::optional<std::int64_t> last_change_us;  // the same, told exactly; goes before last_year
};

enum class ReadState { unread, partly_read, read, unreadable, container };
std::string_view to_string(ReadState state);
std::optional<ReadState> parse_read_state(std::string_view text);

// records + rejects + blanks = units, checked for every evidence. A unit is a line of text or a
// captured packet; each is used for records, rejected, or blank (nothing of ours in it).
struct Balance {
  std::uint64_t units = 0;
  std::uint64_t used = 0;      // units that went into records
  std::uint64_t rejected = 0;  // units refused; each has a Reject
  std::uint64_t blank = 0;     // empty lines, comments, packets of other protocols
  std::uint64_t rows = 0;      // rows stored; a row may come of two packets, a packet bear two rows

  bool is_even() const { return units == used + rejected + blank; }
};

// The same bytes read by a further reader, for records that the first one passes over.
struct Reading {
  std::string format;
  Balance balance;
};

// A named oddity and how often it was seen ("bind.year_inferred", "pcap.tcp_gap"); sorted by name.
struct Note {
  std::string code;
  std::uint64_t count = 0;
  std::string text;
};

struct Evidence {
  std::uint32_t number = 0;     // 1, 2, ... in order of acquisition; the store's partition
  std::string id;               // "dns-1", "file-2": kind of record and number
  std::string name;             // file name as received (attacker's text)
  std::string path;             // where the bytes lie, relative to the case folder when inside it
  std::string member;           // path inside the container, for a part of an archive
  std::uint32_t container = 0;  // number of the archive it came out of, 0 = none
  std::string sha256;           // of the bytes as received, hex
  std::uint64_t size_bytes = 0;
  std::string encoding;       // "gzip", "xz", ... or "" for as received
  std::string format;         // reader's name; "" when none took it
  std::string format_why;     // why that reader, in words
  std::string received_from;  // --from
  std::string note;           // --note
  std::int64_t received_us = 0;
  Vantage vantage = Vantage::unknown;
  Clock clock;
  Coverage coverage;
  ReadState state = ReadState::unread;
  Balance balance;            // of `format`
  std::vector<Reading> also;  // by other readers; notes and rejects are of all
  // What its readers tell of, and how many rows of each ("dns", "flow"); empty before it is read.
  std::map<std::string, std::uint64_t> kinds;
  std::vector<Note> notes;
  std::optional<Interval> span;  // first to last record, when there is any
  // A log that grew: the evidence with its earlier bytes, and where what is read here begins.
  std::uint32_t predecessor = 0;  // number; 0 = none
  std::uint64_t begin_offset = 0;

  std::uint64_t rows() const;  // of all readings
  // Of records of this kind ("dns"; "file" = nobody knows): as it was read, else as its id says.
  bool tells_of(std::string_view kind) const;
};

}  // namespace assay
