// What names published, as the evidence tells it: the records of DNS that mail's checks ask for,
// each with the times at which somebody saw it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "methods/support/other_findings.h"

namespace assay::methods {

inline constexpr std::uint16_t kTypeA = 1, kTypeCname = 5, kTypeSoa = 6, kTypePtr = 12,
                               kTypeMx = 15, kTypeTxt = 16, kTypeAaaa = 28;

struct Published {
  std::string text;   // of TXT its strings joined and unescaped, else the rdata as it stands
  Interval seen;      // from the first to the last time that it was seen; empty: none is dated
  OtherIndices rows;  // that tell it
};

// How the time of a record lies to a moment.
enum class Timeliness {
  covers,   // seen before the moment and after it, or then
  before,   // last seen before the moment
  after,    // first seen after it
  undated,  // nobody says when it was seen
};
Timeliness timeliness(const Published& record, std::int64_t at_us);
// How far from it, in seconds; 0 for one that covers it or has no date.
double seconds_away(const Published& record, std::int64_t at_us);

class PublishedRecords {
 public:
  explicit PublishedRecords(const MethodContext& context);
  // Records of one name and type, each text once; nothing when the evidence has none.
  const std::vector<Published>& of(std::string_view name, std::uint16_t type) const;
  // Whether a zone that holds the name lies in the evidence, so that a missing record is known to
  // be none.
  bool has_zone_of(std::string_view name) const;
  std::size_t size() const { return records_.size(); }

 private:
  std::map<std::pair<std::string, std::uint16_t>, std::vector<Published>, std::less<>> records_;
};

// The strings of a TXT record in a zone's spelling, joined: '"v=DKIM1; " "p=..."'.
std::string joined_strings(std::string_view rdata);

}  // namespace assay::methods
