// How `add`, `read` and `demo` tell what became of each file.
#pragma once

#include <string>
#include <vector>

#include "session.h"

namespace assay::cli {

class OutcomeTeller {
 public:
  OutcomeTeller(Session& session, std::string directory)
      : session_(session), directory_(std::move(directory)) {}
  ~OutcomeTeller() { tell_alike(); }  // also when the command stops before finish()
  OutcomeTeller(const OutcomeTeller&) = delete;
  OutcomeTeller& operator=(const OutcomeTeller&) = delete;
  void tell(const AddOutcome& outcome, const std::vector<RejectSummary>& rejects);
  // The sums, the JSON document, the next command; the exit code. `max_rejects`: "" (any number),
  // "100" or "1%".
  Result<int> finish(const std::string& max_rejects, const std::string& case_hash);
  bool is_dry_run = false;

 private:
  // Files that are like those told before them are told together: thousands of messages of one
  // folder would bury what was left out.
  bool is_like_before(const AddOutcome& outcome, const std::vector<RejectSummary>& rejects);
  void tell_taken(const AddOutcome& outcome, const std::vector<RejectSummary>& rejects);
  void tell_alike();
  void tell_left_out();

  Session& session_;
  std::string directory_;
  Json json_ = Json::array();
  std::string alike_;    // folder, format and assumptions of the last one taken
  std::string assumed_;  // as told last
  std::uint64_t alike_told_ = 0, alike_held_ = 0, alike_rows_ = 0;
  std::string first_held_, last_held_;  // ids
  std::vector<std::string> left_out_;   // lines, of the first kMostLeftOut
  std::uint64_t taken_ = 0, here_ = 0, skipped_ = 0, failed_ = 0;
  std::uint64_t rows_ = 0, units_ = 0, rejected_ = 0;
};

// To standard error: evidence that takes no part because it is unread or partly read; evidence
// whose records lie beside the declared time.
void tell_unread(Session& session, const Case& opened);
void tell_beside_coverage(Session& session, const Case& opened);

Json rejects_json(const std::vector<RejectSummary>& rejects);

}  // namespace assay::cli
