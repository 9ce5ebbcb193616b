#include "review/compare.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

namespace assay::review {
namespace {

constexpr std::size_t kBands = 25, kBandBins = 5;
static_assert(kBands * kBandBins <= kSketchBins);

struct Indices {
  explicit Indices(const std::vector<Item>& items)
      : bytes(items, &Item::bytes),
        sending(items, &Item::sending),
        header(items, &Item::header),
        id(items, &Item::id),
        matter(items, &Item::matter),
        content(items, &Item::content) {}
  KeyIndex bytes, sending, header, id, matter, content;
};

Decision decided(ReviewClass review_class, Rule rule, std::uint32_t twin,
                 bool is_twin_new = false) {
  Decision decision;
  decision.review_class = review_class;
  decision.rule = rule;
  decision.twin = twin;
  decision.is_twin_new = is_twin_new;
  return decision;
}

// The same message as one of the first `before`: as bytes, as id and matter, as header and matter.
std::pair<std::uint32_t, Rule> same_message(const Indices& among, const Item& item,
                                            std::uint32_t before) {
  if (const auto twin = among.bytes.find(item.bytes); twin < before) {
    return {twin, Rule::same_bytes};
  }
  if (const auto twin = among.sending.find(item.sending); twin < before) {
    return {twin, Rule::same_id_and_matter};
  }
  if (const auto twin = among.header.find(item.header); twin < before) {
    return {twin, Rule::same_header_and_matter};
  }
  return {kNone, Rule::none};
}

Decision by_keys(const Indices& known, const Item& item) {
  if (const auto [twin, rule] = same_message(known, item, kNone); twin != kNone) {
    return decided(ReviewClass::known, rule, twin);
  }
  if (const auto twin = known.id.find(item.id); twin != kNone) {
    return decided(ReviewClass::id_reused, Rule::same_id_other_matter, twin);
  }
  if (item.is_content_telling()) {
    if (const auto twin = known.matter.find(item.matter); twin != kNone) {
      return decided(ReviewClass::same_text, Rule::same_matter, twin);
    }
    if (const auto twin = known.content.find(item.content); twin != kNone) {
      return decided(ReviewClass::other_attachments, Rule::same_text_other_attachments, twin);
    }
  }
  return {};
}

std::uint64_t band_of(std::string_view sketch, std::size_t band) {
  std::uint64_t key = 0;
  std::memcpy(&key, sketch.data() + band * kBandBins, kBandBins);
  return key;
}

struct Entry {
  std::uint64_t key;
  std::uint32_t item;
  friend bool operator<(const Entry& a, const Entry& b) {
    return std::tie(a.key, a.item) < std::tie(b.key, b.item);
  }
};

// One of the items with a sketch for each text.
std::vector<std::uint32_t> distinct_texts(const ItemSet& set) {
  std::vector<std::uint32_t> texts;
  const auto& items = set.items();
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    if (items[i].sketch != kNone) texts.push_back(i);
  }
  std::sort(texts.begin(), texts.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(items[a].content, a) < std::tie(items[b].content, b);
  });
  const auto end = std::unique(texts.begin(), texts.end(), [&](std::uint32_t a, std::uint32_t b) {
    return items[a].content == items[b].content;
  });
  texts.erase(end, texts.end());
  std::sort(texts.begin(), texts.end());
  return texts;
}

struct Best {
  std::uint32_t twin = kNone;
  std::uint16_t bins = 0;
  bool met_more = false;
};

}  // namespace

std::string_view to_string(Rule rule) {
  constexpr std::array<std::string_view, 11> kWords = {
      "no rule holds",
      "the same bytes",
      "the same Message-ID, text and attachments",
      "the same author, recipients, subject, date, text and attachments",
      "the same Message-ID, other content",
      "the same text and attachments, another message",
      "the same text, other attachments",
      "most phrases in common",
      "its phrases lie within",
      "the same message as an earlier new one",
      "no Message-ID and no content to compare"};
  return kWords[static_cast<std::size_t>(rule)];
}

std::uint64_t each_nearest(
    const ItemSet& known, const ItemSet& fresh, const std::function<bool(std::uint32_t)>& wanted,
    const std::function<void(std::uint32_t, std::uint32_t, std::size_t)>& each) {
  const std::vector<std::uint32_t> texts = distinct_texts(known);
  const auto& items = fresh.items();
  std::vector<Best> best(items.size());
  std::vector<Entry> entries(texts.size());
  for (std::size_t band = 0; band < kBands && !texts.empty(); ++band) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      entries[i] = {band_of(known.sketch_of(known.items()[texts[i]]), band), texts[i]};
    }
    std::sort(entries.begin(), entries.end());
    for (std::uint32_t i = 0; i < items.size(); ++i) {
      if (items[i].sketch == kNone || !wanted(i)) continue;
      const std::string_view sketch = fresh.sketch_of(items[i]);
      const std::uint64_t key = band_of(sketch, band);
      auto at = std::lower_bound(entries.begin(), entries.end(), Entry{key, 0});
      std::size_t compared = 0;
      for (; at != entries.end() && at->key == key; ++at, ++compared) {
        if (compared == kMostCompared) {
          best[i].met_more = true;
          break;
        }
        const std::size_t bins = bins_in_common(sketch, known.sketch_of(known.items()[at->item]));
        if (bins > best[i].bins || (bins == best[i].bins && at->item < best[i].twin)) {
          best[i].bins = static_cast<std::uint16_t>(bins);
          best[i].twin = at->item;
        }
      }
    }
  }
  std::uint64_t cut = 0;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    cut += best[i].met_more;
    if (best[i].twin != kNone) each(i, best[i].twin, best[i].bins);
  }
  return cut;
}

std::vector<Decision> compare_items(const ItemSet& known, const ItemSet& fresh) {
  const Indices among_known(known.items()), among_new(fresh.items());
  std::vector<Decision> decisions;
  decisions.reserve(fresh.items().size());
  for (std::uint32_t i = 0; i < fresh.items().size(); ++i) {
    const Item& item = fresh.items()[i];
    Decision decision = by_keys(among_known, item);
    if (decision.review_class == ReviewClass::fresh) {
      const std::uint32_t first = same_message(among_new, item, i).first;
      if (first != kNone) decision = decided(ReviewClass::repeated, Rule::same_as_new, first, true);
      if (!item.is_comparable()) {
        decision = decided(ReviewClass::undecided, Rule::nothing_to_compare, kNone);
      }
    }
    decisions.push_back(decision);
  }
  return decisions;
}

}  // namespace assay::review
