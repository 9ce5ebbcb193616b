#include "methods/support/spf_evidence.h"

#include <utility>

namespace assay::methods {

std::vector<const Published*> at_time(const std::vector<Published>& all, std::int64_t at_us) {
  std::vector<const Published*> chosen;
  const auto rank = [&](const Published& one) {
    const Timeliness when = timeliness(one, at_us);
    if (when == Timeliness::covers) return std::pair(0, 0.0);
    if (when == Timeliness::undated) return std::pair(2, 0.0);
    return std::pair(1, seconds_away(one, at_us));
  };
  for (const Published& one : all) {
    if (!chosen.empty() && rank(one) < rank(*chosen.front())) chosen.clear();
    if (chosen.empty() || rank(one) == rank(*chosen.front())) chosen.push_back(&one);
  }
  return chosen;
}

SpfVerdict SpfChecker::check(const SpfAsked& asked, std::int64_t at_us, bool is_dated) {
  at_us_ = at_us;
  weakest_ = is_dated ? Timeliness::covers : Timeliness::undated;
  return check_spf(asked, [this](const std::string& name, std::uint16_t type, bool is_made) {
    return look_up(name, type, is_made);
  });
}

SpfAnswer SpfChecker::look_up(const std::string& asked, std::uint16_t type, bool is_made) {
  SpfAnswer answer;
  std::string name;
  if (canonicalise_name(asked, name)) {
    answer.is_known = true;  // no name, so it has no record
    return answer;
  }
  for (int step = 0; step < 8; ++step) {  // aliases
    const auto& found = published_.of(name, type);
    if (!found.empty()) return taken(found);
    const auto alias = at_time(published_.of(name, kTypeCname), at_us_);
    if (alias.empty()) break;
    note(*alias.front());
    if (canonicalise_name(alias.front()->text, name)) break;
  }
  answer.is_known = !is_made && published_.has_zone_of(name);
  return answer;
}

SpfAnswer SpfChecker::taken(const std::vector<Published>& found) {
  SpfAnswer answer;
  answer.is_known = true;
  for (const Published* one : at_time(found, at_us_)) {
    note(*one);
    answer.values.push_back(one->text);
  }
  return answer;
}

void SpfChecker::note(const Published& record) {
  records_.insert(record.rows.begin(), record.rows.end());
  const Timeliness when = timeliness(record, at_us_);
  if (when == Timeliness::covers) return;
  if (when == Timeliness::undated || weakest_ == Timeliness::covers) weakest_ = when;
}

}  // namespace assay::methods
