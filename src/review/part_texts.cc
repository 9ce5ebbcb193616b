#include "review/part_texts.h"

#include <algorithm>

#include "core/text_sketch.h"

namespace assay::review {
namespace {

constexpr std::size_t kIndexedOwn = 16;   // of each new text, the least phrases
constexpr std::uint32_t kIndexedAll = 7;  // phrases whose lowest three bits are 0: one in eight
constexpr double kLeastMet = 0.7;         // of the indexed ones, for both to be compared whole
constexpr double kLeastHeldMet = 0.4;
constexpr int kBucketBits = 20;

std::vector<std::uint32_t> shortened(const std::vector<std::uint64_t>& phrases) {
  std::vector<std::uint32_t> out;
  out.reserve(phrases.size());
  for (const std::uint64_t phrase : phrases) out.push_back(static_cast<std::uint32_t>(phrase >> 8));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool has_quotes(std::string_view text) {
  return text.starts_with('>') || text.find("\n>") != text.npos || text.find("\n--") != text.npos ||
         text.starts_with("--");
}

std::size_t in_common(const std::uint32_t* a, const std::uint32_t* a_end, const std::uint32_t* b,
                      const std::uint32_t* b_end) {
  std::size_t common = 0;
  while (a != a_end && b != b_end) {
    if (*a < *b) {
      ++a;
    } else if (*b < *a) {
      ++b;
    } else {
      ++common, ++a, ++b;
    }
  }
  return common;
}

}  // namespace

bool PartTexts::add(std::uint32_t item, std::string_view text) {
  const Phrases own = shortened(phrases_of(text));
  const Phrases all = has_quotes(text) ? shortened(all_phrases_of(text)) : Phrases();
  if (phrases_.size() + own.size() + all.size() > kMostPhrases) return false;
  Print print;
  print.item = item;
  print.own = static_cast<std::uint32_t>(own.size());
  print.all = static_cast<std::uint32_t>(all.size());
  print.begin = phrases_.size();
  phrases_.insert(phrases_.end(), own.begin(), own.end());
  phrases_.insert(phrases_.end(), all.begin(), all.end());
  print_of_[item] = static_cast<std::uint32_t>(prints_.size());
  prints_.push_back(print);
  return true;
}

void PartTexts::build_index() {
  for (std::uint32_t i = 0; i < prints_.size(); ++i) {
    const Print& print = prints_[i];
    const std::uint32_t* own = phrases_.data() + print.begin;
    if (print.own >= kFewestPhrases) {
      for (std::size_t k = 0; k < std::min<std::size_t>(print.own, kIndexedOwn); ++k) {
        own_index_.entries.push_back({own[k], i});
      }
    }
    const std::uint32_t* all = print.all > 0 ? own + print.own : own;
    const std::uint32_t* end = all + (print.all > 0 ? print.all : print.own);
    for (; all != end; ++all) {
      if ((*all & kIndexedAll) == 0) all_index_.entries.push_back({*all, i});
    }
  }
  for (const Entry& entry : own_index_.entries) ++prints_[entry.print].indexed;
  own_index_.build();
  all_index_.build();
  met_.assign(prints_.size(), 0);
}

void PartTexts::Index::build() {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.phrase != b.phrase ? a.phrase < b.phrase : a.print < b.print;
  });
  buckets.assign((std::size_t{1} << kBucketBits) + 1, 0);
  for (const Entry& entry : entries) {
    if (phrases.empty() || phrases.back() != entry.phrase) {
      phrases.push_back(entry.phrase);
      begin.push_back(prints.size());
      ++buckets[(entry.phrase >> (32 - kBucketBits)) + 1];
    }
    prints.push_back(entry.print);
  }
  begin.push_back(prints.size());
  for (std::size_t i = 1; i < buckets.size(); ++i) buckets[i] += buckets[i - 1];
  entries = {};
}

template <typename Take>
void PartTexts::each_print(const Index& index, const Phrases& phrases, Take take) {
  const bool is_hasty = met_in_all_ > kMostMet;
  for (const std::uint32_t phrase : phrases) {
    const std::uint32_t bucket = phrase >> (32 - kBucketBits);
    for (std::uint32_t i = index.buckets[bucket]; i < index.buckets[bucket + 1]; ++i) {
      if (index.phrases[i] != phrase) continue;
      const std::uint64_t sharing = index.begin[i + 1] - index.begin[i];
      if (is_hasty && sharing > kManyShare) continue;
      met_in_all_ += sharing;
      for (std::uint64_t at = index.begin[i]; at < index.begin[i + 1]; ++at) take(index.prints[at]);
    }
  }
}

void PartTexts::compare(std::uint32_t known, std::string_view text, const std::uint32_t* near,
                        const std::uint32_t* near_end, std::vector<Decision>& decisions) {
  const Phrases own = shortened(phrases_of(text));
  passed_in_haste_ += met_in_all_ > kMostMet;
  for (; near != near_end; ++near) {
    if (print_of_[*near] == kNone) continue;
    const Print& print = prints_[print_of_[*near]];
    const std::uint32_t* begin = phrases_.data() + print.begin;
    const std::size_t common =
        in_common(begin, begin + print.own, own.data(), own.data() + own.size());
    const std::size_t either = print.own + own.size() - common;
    decisions[*near].jaccard =
        either == 0 ? -1 : static_cast<float>(common) / static_cast<float>(either);
    decisions[*near].is_jaccard_exact = either > 0;
  }
  look_for_parts(known, has_quotes(text) ? shortened(all_phrases_of(text)) : own);
  look_for_held(known, own, decisions);
}

void PartTexts::look_for_parts(std::uint32_t known, const Phrases& all) {
  touched_.clear();
  each_print(own_index_, all, [&](std::uint32_t print) {
    if (met_[print]++ == 0) touched_.push_back(print);
  });
  for (const std::uint32_t number : touched_) {
    Print& print = prints_[number];
    const double met = met_[number];
    met_[number] = 0;
    if (met < kLeastMet * print.indexed) continue;
    const std::uint32_t* begin = phrases_.data() + print.begin;
    const std::size_t common =
        in_common(begin, begin + print.own, all.data(), all.data() + all.size());
    const auto share = static_cast<float>(common) / static_cast<float>(print.own);
    if (share > print.part_share || (share == print.part_share && known < print.part_of)) {
      print.part_share = share;
      print.part_of = known;
    }
  }
}

void PartTexts::look_for_held(std::uint32_t known, const Phrases& own,
                              std::vector<Decision>& decisions) {
  if (own.size() < kFewestHeld) return;
  touched_.clear();
  each_print(all_index_, own, [&](std::uint32_t print) {
    if (met_[print] < UINT16_MAX && met_[print]++ == 0) touched_.push_back(print);
  });
  for (const std::uint32_t number : touched_) {
    const Print& print = prints_[number];
    const double met = met_[number];
    met_[number] = 0;
    if (met * (kIndexedAll + 1) < kLeastHeldMet * static_cast<double>(own.size())) continue;
    const std::uint32_t* begin = phrases_.data() + print.begin + (print.all > 0 ? print.own : 0);
    const std::size_t common = in_common(begin, begin + (print.all > 0 ? print.all : print.own),
                                         own.data(), own.data() + own.size());
    const auto share = static_cast<float>(common) / static_cast<float>(own.size());
    Decision& decision = decisions[print.item];
    if (share < kPartShare || share < decision.held ||
        (share == decision.held && known > decision.holds)) {
      continue;
    }
    decision.held = share;
    decision.holds = known;
  }
}

void PartTexts::settle(std::vector<Decision>& decisions) const {
  for (const Print& print : prints_) {
    Decision& decision = decisions[print.item];
    if (decision.review_class != ReviewClass::fresh) continue;
    if (decision.is_jaccard_exact && decision.jaccard >= kNearJaccard) {
      decision.review_class = ReviewClass::near_copy;
      decision.rule = Rule::phrases_in_common;
      decision.twin = decision.near;
    } else if (print.part_share >= kPartShare) {
      decision.review_class = ReviewClass::part_copy;
      decision.rule = Rule::phrases_within;
      decision.twin = print.part_of;
      decision.contained = print.part_share;
    }
  }
}

}  // namespace assay::review
