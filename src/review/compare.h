// What each new message is beside the known ones, as far as records tell it: by Message-ID, hashes
// and sketches. Texts are read later, where that can change the answer (phrase_pass.h).
#pragma once

#include <functional>
#include <vector>

#include "assay/mail.h"
#include "review/review_item.h"

namespace assay::review {

enum class Rule {
  none,
  same_bytes,
  same_id_and_matter,
  same_header_and_matter,
  same_id_other_matter,
  same_matter,
  same_text_other_attachments,
  phrases_in_common,
  phrases_within,
  same_as_new,
  nothing_to_compare,
};
std::string_view to_string(Rule rule);

struct Decision {
  ReviewClass review_class = ReviewClass::fresh;
  Rule rule = Rule::none;
  bool is_twin_new = false;
  bool is_jaccard_exact = false;
  std::uint32_t twin = kNone;                     // number of a known item, or of a new one
  std::uint32_t near = kNone;                     // known item that its sketch is nearest to
  std::uint32_t holds = kNone;                    // known item whose text lies within this one
  float jaccard = -1, contained = -1, held = -1;  // below 0: not known
};

inline constexpr double kNearJaccard = 0.75;  // near copies from here on
// Sketches that tell at least this are worth reading the texts: three standard deviations below.
inline constexpr double kLeastSketched = 0.62;

// By keys alone, then by sketches; one decision a new item.
std::vector<Decision> compare_items(const ItemSet& known, const ItemSet& fresh);

// Calls `each(new item, known item, bins in common)` for the nearest known text of each new item
// that `wanted` names. Candidates agree in all five bins of one of 25 bands (P. Indyk, R. Motwani,
// STOC 1998): of pairs at a Jaccard index of 0.75 are found 0.9989, at 0.8 0.99995, at 0.5 0.55.
// Of those that agree in a band the first kMostCompared are compared. Returns how many new items
// met more than that.
inline constexpr std::size_t kMostCompared = 256;
std::uint64_t each_nearest(
    const ItemSet& known, const ItemSet& fresh, const std::function<bool(std::uint32_t)>& wanted,
    const std::function<void(std::uint32_t, std::uint32_t, std::size_t)>& each);

}  // namespace assay::review
