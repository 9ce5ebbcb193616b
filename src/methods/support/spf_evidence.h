// SPF on what the evidence says that names published, at a moment.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "methods/support/published.h"
#include "methods/support/spf.h"

namespace assay::methods {

// Of several texts that were seen at different times those of the moment, else the nearest in time,
// else those of no known time.
std::vector<const Published*> at_time(const std::vector<Published>& all, std::int64_t at_us);

class SpfChecker {
 public:
  explicit SpfChecker(const PublishedRecords& published) : published_(published) {}

  SpfVerdict check(const SpfAsked& asked, std::int64_t at_us, bool is_dated);
  // Of the records that the last check used, the one that tells least of the moment.
  Timeliness weakest() const { return weakest_; }
  const std::set<std::uint32_t>& records() const { return records_; }  // rows, of all checks

 private:
  SpfAnswer look_up(const std::string& asked, std::uint16_t type, bool is_made);
  SpfAnswer taken(const std::vector<Published>& found);
  void note(const Published& record);

  const PublishedRecords& published_;
  std::set<std::uint32_t> records_;
  std::int64_t at_us_ = 0;
  Timeliness weakest_ = Timeliness::covers;
};

}  // namespace assay::methods
