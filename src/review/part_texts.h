// Texts within texts, and the exact share of phrases that two texts have in common.
//
// Of each new text the phrases are kept as 32 bits each, and some of them in an index; every known
// text then passes by once with all of its phrases. So the known set may be of any size, and of the
// new set only texts that keys did not settle are kept.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "review/compare.h"

namespace assay::review {

inline constexpr double kPartShare = 0.9;       // of its phrases within another text
inline constexpr std::size_t kFewestHeld = 20;  // phrases of a known text that one may "hold"
inline constexpr std::size_t kMostPhrases = std::size_t{64} << 20;  // kept, of all new texts
// Index entries that are met in all; from then on phrases of more than kManyShare new texts are
// passed over: a disclaimer would make each text a candidate of each other.
inline constexpr std::uint64_t kMostMet = 4'000'000'000;
inline constexpr std::size_t kManyShare = 64;

class PartTexts {
 public:
  // `items`: of the new set.
  explicit PartTexts(std::size_t items) : print_of_(items, kNone) {}

  // False when kMostPhrases are kept already.
  bool add(std::uint32_t item, std::string_view text);
  // Between the last add() and the first compare().
  void build_index();
  // A known text. `near`: new items whose exact Jaccard index with it is wanted.
  void compare(std::uint32_t known, std::string_view text, const std::uint32_t* near,
               const std::uint32_t* near_end, std::vector<Decision>& decisions);
  // Settles what each text is; `decisions` as compare() left them.
  void settle(std::vector<Decision>& decisions) const;

  // Known texts that passed by when only rare phrases were looked at any more.
  std::uint64_t passed_in_haste() const { return passed_in_haste_; }

 private:
  struct Print {
    std::uint32_t item = 0;
    std::uint32_t own = 0, all = 0;  // phrases; `all` 0: there are no others than its own
    std::uint64_t begin = 0;
    std::uint8_t indexed = 0;       // of its own phrases
    std::uint32_t part_of = kNone;  // known item with the largest share of it
    float part_share = 0;
  };
  struct Entry {
    std::uint32_t phrase, print;
  };
  struct Index {
    std::vector<Entry> entries;          // until it is built
    std::vector<std::uint32_t> phrases;  // each once, ascending
    std::vector<std::uint64_t> begin;    // of its prints; one more at the end
    std::vector<std::uint32_t> prints;
    std::vector<std::uint32_t> buckets;  // by the highest bits of a phrase
    void build();
  };
  using Phrases = std::vector<std::uint32_t>;

  template <typename Take>
  void each_print(const Index& index, const Phrases& phrases, Take take);
  void look_for_parts(std::uint32_t known, const Phrases& all);
  void look_for_held(std::uint32_t known, const Phrases& own, std::vector<Decision>& decisions);

  std::vector<std::uint32_t> print_of_;
  std::vector<Print> prints_;
  std::vector<std::uint32_t> phrases_;
  Index own_index_, all_index_;
  std::vector<std::uint16_t> met_;  // by print, of the text that passes by
  std::vector<std::uint32_t> touched_;
  std::uint64_t met_in_all_ = 0, passed_in_haste_ = 0;
};

}  // namespace assay::review
