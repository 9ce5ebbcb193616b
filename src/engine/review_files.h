// What a review writes: review.csv and new.mbox, in a folder of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/digest.h"
#include "engine/files.h"
#include "engine/review_run.h"

namespace assay {

class ReviewFiles {
 public:
  // Errors: usage, when there is something in that folder; io.
  static Result<std::unique_ptr<ReviewFiles>> make(const std::string& folder);

  Status add_row(const ReviewedMessage& message);
  // The bytes of the selected new messages, one behind the other, in the order of their evidence.
  Status write_messages(ReviewRun& run, const std::vector<bool>& selected);
  // Names what was written in `review`.
  Status finish(MailReview& review);
  void remove();

 private:
  explicit ReviewFiles(std::string folder) : folder_(std::move(folder)) {}
  Status flush();

  std::string folder_;
  Descriptor csv_;
  std::string rows_;
};

// A cell as RFC 4180 has it. One that a spreadsheet would take for a formula begins with a quote
// mark (') instead, and so does one that begins with a quote mark, so that this can be undone.
std::string safe_cell(std::string_view text);

}  // namespace assay
