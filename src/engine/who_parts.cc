#include "engine/who_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "methods/support/measure.h"
#include "methods/support/neighbours.h"

namespace assay {

std::string_view to_string(WhoWhen when) {
  constexpr std::string_view kWords[] = {"covers", "around", "before", "after", "undated", "any"};
  return kWords[static_cast<std::size_t>(when)];
}

std::string_view to_string(WhoValue kind) {
  constexpr std::string_view kWords[] = {"organisation", "person", "hidden", "handle",
                                         "mail_address", "name",   "other"};
  return kWords[static_cast<std::size_t>(kind)];
}

namespace who {
namespace {

using methods::Assertion;
using methods::Held;
using methods::Role;

constexpr std::size_t kMostRecords = 4;  // of one line
constexpr std::size_t kMostStatus = 16;
constexpr std::size_t kMostTold = 4;  // values in a sentence

WhoValue kind_of(Role role, const Held& held) {
  if (held.is_hidden) return WhoValue::hidden;
  if (role == Role::ptr && held.is_opaque) return WhoValue::other;  // that it has none
  if (role == Role::ptr || role == Role::name_server || role == Role::mail_exchanger) {
    return WhoValue::name;
  }
  if (role == Role::origin) return WhoValue::other;
  if (held.is_opaque) {
    return held.value.find('@') == std::string::npos ? WhoValue::handle : WhoValue::mail_address;
  }
  return held.is_person ? WhoValue::person : WhoValue::organisation;
}

std::int64_t distance_us(const Interval& when, const std::optional<Interval>& at) {
  if (!at || when.empty() || !intersect(when, *at).empty()) return 0;
  return when.end_us <= at->begin_us ? at->begin_us - when.end_us : when.begin_us - at->end_us;
}

void set_when(const Held& held, const std::optional<Interval>& at, WhoLine& line) {
  if (!at) return;
  bool is_covered = false;
  for (const Assertion* one : held.said) {
    if (one->when.empty()) continue;
    if (!intersect(one->when, *at).empty()) {
      is_covered = true;
    } else if (one->when.end_us <= at->begin_us) {
      line.last_before_us =
          std::max(line.last_before_us.value_or(one->when.end_us - 1), one->when.end_us - 1);
    } else {
      line.first_after_us =
          std::min(line.first_after_us.value_or(one->when.begin_us), one->when.begin_us);
    }
  }
  line.when = is_covered                                   ? WhoWhen::covers
              : line.last_before_us && line.first_after_us ? WhoWhen::around
              : line.last_before_us                        ? WhoWhen::before
              : line.first_after_us                        ? WhoWhen::after
                                                           : WhoWhen::undated;
}

void add_status(const Loaded& loaded, const Assertion& one, WhoLine& line) {
  static const FieldId kStatus = field_id("domain_status");
  for (const std::uint32_t index : one.rows) {
    for (const auto& [field, text] : loaded.others.rows[index].fields) {
      if (field != kStatus || line.status.size() == kMostStatus) continue;
      // "clientTransferProhibited https://icann.org/epp#clientTransferProhibited"
      const std::string word = methods::quoted(text.substr(0, text.find(" http")));
      if (std::find(line.status.begin(), line.status.end(), word) == line.status.end()) {
        line.status.push_back(word);
      }
    }
  }
}

// How near a zone or a network is to the thing itself.
std::size_t nearness(const WhoLine& line) {
  const auto prefix = IpPrefix::parse(line.about);
  return prefix.ok() ? static_cast<std::size_t>(prefix->length()) : line.about.size();
}

std::string value_text(const WhoLine& line) {
  switch (line.kind) {
    case WhoValue::hidden:
      return fmt::format("hidden ('{}')", line.value);
    case WhoValue::handle:
      return fmt::format("'{}' (a handle of that source)", line.value);
    case WhoValue::mail_address:
      return fmt::format("'{}' (an e-mail address, which names nobody)", line.value);
    case WhoValue::person:
      return fmt::format("'{}' (a person's name)", line.value);
    default:
      return fmt::format("'{}'", line.value);
  }
}

std::string days_text(std::int64_t us) {
  return methods::plural(static_cast<double>(us / kMicrosPerDay), "day");
}

// Without the id of the evidence: files of one server are one source over time. Without a server,
// files of one format.
std::string lasting_source(const Loaded& loaded, const Assertion& one) {
  const std::size_t id = one.source.rfind(" (");
  if (id != std::string::npos) return one.source.substr(0, id);
  const Evidence* evidence = methods::evidence_numbered(loaded.context, one.evidence);
  return evidence == nullptr ? one.source : evidence->format;
}

}  // namespace

std::string day_text(std::int64_t us) { return format_utc(us).substr(0, 10); }

std::string Loaded::record_of(const OtherRow& row) const {
  const Evidence* evidence = methods::evidence_numbered(context, row.evidence);
  return fmt::format("{}:{}", evidence == nullptr ? "?" : evidence->id, row.row.offset);
}

std::string Loaded::record_of(const Assertion& assertion) const {
  return record_of(others.rows[assertion.rows.front()]);
}

WhoLine line_of(const Loaded& loaded, Role role, const Held& held) {
  WhoLine line;
  line.role = methods::word_of(role);
  line.about = held.about;
  line.value = held.value;
  line.kind = kind_of(role, held);
  line.source = held.source;
  line.times = held.said.size();
  line.undated = static_cast<std::uint64_t>(held.undated);
  if (!held.seen.empty()) line.seen = held.seen;
  set_when(held, loaded.at, line);
  std::vector<const Assertion*> nearest = held.said;
  std::stable_sort(nearest.begin(), nearest.end(), [&](const Assertion* a, const Assertion* b) {
    if (a->when.empty() != b->when.empty()) return b->when.empty();
    return distance_us(a->when, loaded.at) < distance_us(b->when, loaded.at);
  });
  const Evidence* evidence = methods::evidence_numbered(loaded.context, nearest.front()->evidence);
  line.evidence = evidence == nullptr ? "" : evidence->id;
  for (const Assertion* one : nearest) {
    if (line.records.size() == kMostRecords) break;
    line.records.push_back(loaded.record_of(*one));
  }
  add_status(loaded, *nearest.front(), line);
  return line;
}

std::vector<WhoLine> lines_of(const Loaded& loaded, Role role, const std::vector<Held>& held) {
  std::vector<WhoLine> lines;
  for (const Held& each : held) lines.push_back(line_of(loaded, role, each));
  std::stable_sort(lines.begin(), lines.end(), [](const WhoLine& a, const WhoLine& b) {
    const std::size_t near_a = nearness(a), near_b = nearness(b);
    if (near_a != near_b) return near_a > near_b;
    if (a.about != b.about) return a.about < b.about;
    if (a.when != b.when) return a.when < b.when;
    return (a.seen ? a.seen->begin_us : 0) < (b.seen ? b.seen->begin_us : 0);
  });
  return lines;
}

WhoRole summary_of(std::string_view role, std::string_view words, const std::vector<WhoLine>& lines,
                   const std::optional<Interval>& at) {
  WhoRole told{std::string(role), std::string(words), lines.size(), 0, ""};
  if (lines.empty()) {
    told.said = "no source of this case says";
    return told;
  }
  std::vector<std::string> values;
  std::set<std::string> known;
  const WhoLine *before = nullptr, *after = nullptr;
  for (const WhoLine& line : lines) {
    const bool is_told = !at || line.when == WhoWhen::covers;
    told.covering += line.when == WhoWhen::covers;
    const std::string text = fmt::format("{} of {}", value_text(line), line.about);
    if (is_told && known.insert(text).second) values.push_back(text);
    if (line.last_before_us && (!before || *before->last_before_us < *line.last_before_us)) {
      before = &line;
    }
    if (line.first_after_us && (!after || *after->first_after_us > *line.first_after_us)) {
      after = &line;
    }
  }
  if (!values.empty()) {
    const std::size_t told_values = std::min(values.size(), kMostTold);
    told.said = fmt::format(
        "{}",
        fmt::join(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(told_values), "; "));
    if (values.size() > told_values) {
      told.said += fmt::format("; and {} more", values.size() - told_values);
    }
    return told;
  }
  if (!before && !after) {
    told.said = fmt::format("at the date no source says; without a date: {}", value_text(lines[0]));
    return told;
  }
  std::vector<std::string> parts;
  if (before) {
    parts.push_back(fmt::format("{} before: {} of {}",
                                days_text(at->begin_us - *before->last_before_us),
                                value_text(*before), before->about));
  }
  if (after) {
    parts.push_back(fmt::format("{} after: {} of {}",
                                days_text(*after->first_after_us - at->end_us), value_text(*after),
                                after->about));
  }
  const std::string gap =
      before && after
          ? fmt::format("between {} and {} no source says", day_text(*before->last_before_us),
                        day_text(*after->first_after_us))
      : before ? fmt::format("after {} no source says", day_text(*before->last_before_us))
               : fmt::format("before {} no source says", day_text(*after->first_after_us));
  told.said = fmt::format("{}; {}", gap, fmt::join(parts, "; "));
  return told;
}

std::vector<WhoChange> changes_of(const Loaded& loaded, Role role,
                                  const std::vector<const Assertion*>& assertions) {
  std::map<std::pair<std::string, std::string>, std::vector<const Assertion*>> series;
  for (const Assertion* one : assertions) {
    if (!one->when.empty()) series[{one->about, lasting_source(loaded, *one)}].push_back(one);
  }
  std::vector<WhoChange> changes;
  for (auto& [of, said] : series) {
    std::stable_sort(said.begin(), said.end(), [](const Assertion* a, const Assertion* b) {
      return a->when.begin_us < b->when.begin_us;
    });
    for (std::size_t i = 1; i < said.size(); ++i) {
      const Assertion &old = *said[i - 1], &now = *said[i];
      if (old.key == now.key || old.when.end_us > now.when.begin_us) continue;
      WhoChange change;
      change.role = methods::word_of(role);
      change.about = of.first;
      change.source = of.second;
      change.old_value = old.value;
      change.new_value = now.value;
      change.last_old_us = old.when.end_us - 1;
      change.first_new_us = now.when.begin_us;
      change.last_old_record = loaded.record_of(old);
      change.first_new_record = loaded.record_of(now);
      change.is_hiding = old.is_hidden || now.is_hidden;
      changes.push_back(std::move(change));
    }
  }
  return changes;
}

std::vector<WhoNeighbour> neighbours_of(const Loaded& loaded) {
  std::vector<WhoNeighbour> told;
  std::set<std::pair<std::string, std::string_view>> known;
  for (const methods::Neighbour& each : methods::neighbours_of(loaded.assertions, loaded.asked)) {
    if (!known.emplace(each.what, each.why).second) continue;
    told.push_back({each.what, std::string(each.why), each.shared, each.by->source,
                    loaded.record_of(*each.by)});
  }
  return told;
}

std::vector<WhoSign> signs_of(const Loaded& loaded, const methods::UseSubject& subject) {
  std::vector<WhoSign> told;
  for (const auto& [kind, signs] : methods::signs_of(loaded.lookups, loaded.context, subject)) {
    WhoSign sign;
    sign.kind = methods::word_of(kind);
    sign.count = signs.count;
    sign.undated = signs.undated;
    sign.is_use = methods::is_use(kind);
    sign.is_doubtful = methods::is_doubtful(kind);
    sign.span = signs.span;
    const OtherRow *first = nullptr, *last = nullptr;
    for (const std::uint32_t index : signs.rows) {
      const OtherRow& row = loaded.others.rows[index];
      if (!row.is_dated()) continue;
      if (!first || row.row.time_us < first->row.time_us) first = &row;
      if (!last || row.row.until_us > last->row.until_us) last = &row;
    }
    if (first) sign.first_record = loaded.record_of(*first);
    if (last) sign.last_record = loaded.record_of(*last);
    if (kind == methods::SignKind::lookup_of_name && !loaded.lookups.empty() &&
        !loaded.lookups[0].rows.empty()) {
      const auto locus = [&](const LookupRow& row) {
        const Evidence* evidence = methods::evidence_numbered(loaded.context, row.evidence);
        return fmt::format("{}:{}", evidence ? evidence->id : "?", row.offset);
      };
      sign.first_record = locus(loaded.lookups[0].rows.front());
      sign.last_record = locus(loaded.lookups[0].rows.back());
    }
    told.push_back(std::move(sign));
  }
  return told;
}

}  // namespace who
}  // namespace assay
