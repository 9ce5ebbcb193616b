// What the steps of a review hand to each other.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "assay/mail.h"
#include "engine/case_impl.h"
#include "engine/review_sets.h"
#include "review/compare.h"
#include "review/threads.h"

namespace assay {

struct ReviewRun {
  Case::Impl& inside;
  const MailReviewRequest& request;
  ReviewSets sets;
  review::ItemSet known, fresh;
  std::vector<review::Decision> decisions;                      // one a new item
  std::map<std::uint32_t, std::vector<MarkingPlace>> markings;  // by new item
  std::vector<bool> has_words;   // by new item: request.words stand in it; empty = nothing asked
  std::vector<bool> lacks_text;  // by new item: its text was looked for and not found
  review::Threads threads;
  std::vector<std::string_view> thread_of_new;
  std::string markings_sha256;
  std::vector<std::string> limitations;

  std::string locus(const review::Item& item) const;
  bool is_stopped() const {
    const auto* stop = inside.surroundings.stop;
    return stop != nullptr && *stop;
  }
};

// Reads the texts where they are needed: sets exact similarities, part copies, markings and words.
Status read_review_texts(ReviewRun& run);

// Fills review.messages, counts and selection; writes request.output when there is one.
Status list_review(ReviewRun& run, MailReview& review);

}  // namespace assay
