// M20: are near copies of texts found, and nothing else taken for them?
#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/random.h"
#include "core/text_sketch.h"
#include "engine/calibrate/method_rates/method_rates.h"
#include "methods/support/near_texts.h"

namespace assay {
namespace {

using Words = std::vector<std::uint32_t>;

// Words as often as their rank says (Zipf), of a vocabulary of 5,000.
std::uint32_t word_of(Random& random) {
  return static_cast<std::uint32_t>(std::exp(random.uniform(0, std::log(5'000.0))));
}

Words words_of(Random& random, double fewest, double most) {
  Words words(static_cast<std::size_t>(random.uniform(fewest, most)));
  std::generate(words.begin(), words.end(), [&] { return word_of(random); });
  return words;
}

std::string text_of(const Words& words) {
  std::string text;
  for (const std::uint32_t word : words) text += "w" + std::to_string(word) + " ";
  return text;
}

double jaccard_of(const std::string& a, const std::string& b) {
  const auto first = phrases_of(a), second = phrases_of(b);
  std::vector<std::uint64_t> both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(),
                        std::back_inserter(both));
  const auto either = static_cast<double>(first.size() + second.size() - both.size());
  return static_cast<double>(both.size()) / either;
}

enum class Edit { footer, words, cut };

// The text as somebody sent it on: with words changed, a footer added, or the beginning cut off.
Words edited(Random& random, Words words, Edit edit, double share) {
  const auto part = static_cast<std::size_t>(share * static_cast<double>(words.size()));
  if (edit == Edit::words) {
    for (std::uint32_t& word : words) {
      if (random.uniform() < share) word = word_of(random);
    }
  } else if (edit == Edit::footer) {
    std::generate_n(std::back_inserter(words), part, [&] { return word_of(random); });
  } else {
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(part));
  }
  return words;
}

struct Setting {
  const char* counted;
  const char* words;
  Edit edit;
  double share_least, share_most;      // of the words that are changed, added or cut
  double jaccard_least, jaccard_most;  // pairs outside are drawn again
  double least, most;                  // the rate that is wanted
};

Result<MethodTrial> copy_trial(const Setting& setting, std::uint64_t seed) {
  Random random(seed);
  for (;;) {
    const Words original = words_of(random, 30, 600);
    const Words other = edited(random, original, setting.edit,
                               random.uniform(setting.share_least, setting.share_most));
    const std::string a = text_of(original), b = text_of(other);
    const double jaccard = jaccard_of(a, b);
    if (jaccard < setting.jaccard_least || jaccard > setting.jaccard_most) continue;
    const auto first = sketch_bytes(text_sketch(a)), second = sketch_bytes(text_sketch(b));
    if (!first || !second) continue;
    const auto near = methods::near_texts({*first, *second});
    return MethodTrial{true, !near.pairs.empty(), jaccard};
  }
}

}  // namespace

void add_copies_cells(std::vector<MethodCell>& cells) {
  constexpr char kFound[] = "texts with a Jaccard index of 0.8 and more found to be near copies";
  constexpr char kWrongly[] = "texts with a Jaccard index below 0.6 taken for near copies";
  constexpr char kBetween[] = "texts with a Jaccard index of 0.6 to 0.8 taken for near copies";
  for (const Setting& setting : {
           Setting{kFound, "words changed", Edit::words, 0, 0.03, 0.8, 1, 0.95, 1},
           Setting{kFound, "a footer added", Edit::footer, 0, 0.25, 0.8, 1, 0.95, 1},
           Setting{kFound, "the beginning cut off", Edit::cut, 0, 0.2, 0.8, 1, 0.95, 1},
           Setting{kWrongly, "words changed", Edit::words, 0.03, 1, 0, 0.6, 0, 0.01},
           Setting{kWrongly, "half of it and more is new", Edit::footer, 0.7, 2, 0, 0.6, 0, 0.01},
           Setting{kBetween, "words changed", Edit::words, 0.02, 0.1, 0.6, 0.8, 0, 1},
       }) {
    MethodCell cell{"M20", setting.counted, setting.words};
    cell.of = RateOf::all;
    cell.least = setting.least;
    cell.most = setting.most;
    cell.size_of = "Jaccard index";
    cell.runs_share = 5;  // a text is nothing beside a record
    cell.run = [setting](std::uint64_t seed) { return copy_trial(setting, seed); };
    cells.push_back(std::move(cell));
  }
}

}  // namespace assay
