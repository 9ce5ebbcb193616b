#include "methods/support/held_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace assay::methods {
namespace {

// Dated values of one source of one thing, by the begin of their time.
struct OfSource {
  std::vector<const Held*> all, dated;
  std::vector<std::pair<const Held*, const Held*>> latest;  // of the first n those that end last
};

OfSource of_source(std::vector<const Held*> values) {
  OfSource source;
  source.all = std::move(values);
  for (const Held* each : source.all) {
    if (!each->seen.empty()) source.dated.push_back(each);
  }
  std::stable_sort(source.dated.begin(), source.dated.end(), [](const Held* a, const Held* b) {
    return a->seen.begin_us < b->seen.begin_us;
  });
  std::pair<const Held*, const Held*> latest{nullptr, nullptr};
  for (const Held* each : source.dated) {
    if (latest.first == nullptr || each->seen.end_us > latest.first->seen.end_us) {
      latest = {each, latest.first};
    } else if (latest.second == nullptr || each->seen.end_us > latest.second->seen.end_us) {
      latest.second = each;
    }
    source.latest.push_back(latest);
  }
  return source;
}

// Another value of `b` within a week of `one`. A source tells each value once, so that of the two
// that reach furthest one is another.
const Held* at_odds(const Held& one, const OfSource& b) {
  const auto behind = std::partition_point(b.dated.begin(), b.dated.end(), [&](const Held* each) {
    return each->seen.begin_us < one.seen.end_us + kOneTimeUs;
  });
  if (behind == b.dated.begin()) return nullptr;
  const auto& [last, next] = b.latest[static_cast<std::size_t>(behind - b.dated.begin()) - 1];
  for (const Held* each : {last, next}) {
    if (each != nullptr && each->key != one.key &&
        one.seen.begin_us < each->seen.end_us + kOneTimeUs) {
      return each;
    }
  }
  return nullptr;
}

void compare(const OfSource& a, const OfSource& b, Differences& found) {
  for (const Held* one : a.dated) {
    const Held* other = at_odds(*one, b);
    if (other == nullptr) continue;
    ++found.at_one_time;
    if (found.pairs.size() < kMostPairs) found.pairs.emplace_back(one, other);
    if (found.example.empty()) {
      found.example = fmt::format("of {} {} says '{}' and {} says '{}'", one->about, one->source,
                                  one->value, other->source, other->value);
    }
    return;
  }
  const bool is_same =
      a.all.size() == 1 && b.all.size() == 1 && a.all.front()->key == b.all.front()->key;
  found.at_other_times += !is_same;
}

// Of the values that one thing has, by source.
void compare(const std::vector<const Held*>& values, Differences& found) {
  std::vector<OfSource> sources;
  for (std::size_t i = 0; i < values.size();) {
    std::vector<const Held*> own;
    const std::size_t first = i;
    while (i < values.size() && values[i]->source == values[first]->source) {
      own.push_back(values[i++]);
    }
    found.changes += static_cast<double>(own.size() - 1);
    if (sources.size() == kMostSources) {
      ++found.not_compared;
    } else {
      sources.push_back(of_source(std::move(own)));
    }
  }
  for (std::size_t a = 0; a < sources.size(); ++a) {
    for (std::size_t b = a + 1; b < sources.size(); ++b) compare(sources[a], sources[b], found);
  }
}

}  // namespace

std::vector<Held> held_of(std::vector<const Assertion*> assertions) {
  const auto place = [](const Assertion& one) { return std::tie(one.about, one.source, one.key); };
  std::stable_sort(assertions.begin(), assertions.end(),
                   [&](const auto* a, const auto* b) { return place(*a) < place(*b); });
  std::vector<Held> all;
  const Assertion* last = nullptr;
  for (const Assertion* one : assertions) {
    if (last == nullptr || place(*last) != place(*one)) {
      Held next{one->about, one->value, one->key, one->source, {}};
      next.is_hidden = one->is_hidden;
      next.is_opaque = one->is_opaque;
      next.is_person = one->is_person;
      all.push_back(std::move(next));
    }
    last = one;
    Held& each = all.back();
    each.said.push_back(one);
    ++each.times;
    if (one->when.empty()) {
      ++each.undated;
    } else if (each.seen.empty()) {
      each.seen = one->when;
    } else {
      each.seen = {std::min(each.seen.begin_us, one->when.begin_us),
                   std::max(each.seen.end_us, one->when.end_us)};
    }
  }
  return all;
}

std::string seen_text(const Interval& seen) {
  if (seen.empty()) return "no date";
  const std::string first = format_utc(seen.begin_us).substr(0, 10);
  const std::string last = format_utc(seen.end_us - 1).substr(0, 10);
  return first == last ? first : fmt::format("{} to {}", first, last);
}

Differences differences_of(const std::vector<Held>& held) {
  Differences found;
  std::vector<const Held*> organisations, persons;
  for (std::size_t i = 0; i < held.size(); ++i) {
    const Held& each = held[i];
    if (!each.is_hidden && !each.is_opaque) {
      (each.is_person ? persons : organisations).push_back(&each);
    }
    if (i + 1 < held.size() && held[i + 1].about == each.about) continue;
    compare(organisations, found);
    compare(persons, found);
    organisations.clear();
    persons.clear();
  }
  return found;
}

}  // namespace assay::methods
