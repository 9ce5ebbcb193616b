#include "engine/question_records.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "engine/attribution.h"
#include "engine/other_names.h"
#include "engine/recorder_losses.h"
#include "engine/recorders.h"

namespace assay {
namespace {

// A filter that lists more names than this costs the engine more than reading every row.
constexpr std::size_t kMostNamesInFilter = 20'000;

struct SelectedNames {
  std::vector<NameInfo> infos;
  std::unordered_map<std::uint64_t, std::uint32_t> index_of_key;
  std::unordered_set<std::uint64_t> could_be;  // keys of lossy names that may be asked-for ones

  bool empty() const { return index_of_key.empty() && could_be.empty(); }
  std::size_t size() const { return index_of_key.size() + could_be.size(); }
};

// The target that `name` continues with a further suffix
// ("mail1.sender.example.corp.bank.example"), as a stub's search list makes it; empty when it is
// none.
std::string_view run_on_target(std::string_view name, const NamePattern& pattern) {
  const std::string& base = pattern.base();
  if (base.empty()) return {};
  std::size_t at = 0;
  while ((at = name.find(base, at)) != std::string_view::npos) {
    const std::size_t end = at + base.size();
    const bool starts_label = at == 0 || name[at - 1] == '.';
    const bool is_placed = pattern.is_wildcard() ? at > 0 : at == 0;
    if (starts_label && is_placed && end < name.size() && name[end] == '.' &&
        is_within(name.substr(0, end), base)) {
      return name.substr(0, end);
    }
    ++at;
  }
  return {};
}

int party_holding_name(const CaseFile& case_file, std::string_view canonical) {
  for (std::size_t i = 0; i < case_file.parties.size(); ++i) {
    if (case_file.parties[i].holds_name(canonical)) return static_cast<int>(i);
  }
  return -1;
}

Result<SelectedNames> select_names(RecordStore& store, const CaseFile& case_file,
                                   const Question& question) {
  const std::vector<NamePattern> patterns = target_patterns(case_file, question);
  struct Found {
    std::string canonical;
    std::uint64_t key;
    std::string run_on;
  };
  std::vector<Found> found;
  SelectedNames selected;
  const auto matches = [&](std::string_view name) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const NamePattern& pattern) { return pattern.matches(name); });
  };
  ASSAY_TRY(store.names([&](std::uint64_t key, std::string_view name) {
    if (matches(name)) {
      found.push_back({std::string(name), key, ""});
      return true;
    }
    if (is_lossy_name(name)) {
      const bool could_be = std::any_of(
          patterns.begin(), patterns.end(),
          [&](const NamePattern& pattern) { return pattern.fit(name) == NameFit::could_be; });
      if (could_be) selected.could_be.insert(key);
      return true;
    }
    for (const NamePattern& pattern : patterns) {
      const std::string_view run_on = run_on_target(name, pattern);
      if (!run_on.empty()) {
        found.push_back({std::string(name), key, std::string(run_on)});
        break;
      }
    }
    return true;
  }));
  // The store gives names in no order that two engines share.
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.canonical < b.canonical; });
  std::unordered_map<std::string, int> index_of_name;
  for (const Found& name : found) {
    if (!index_of_name.emplace(name.canonical, static_cast<int>(selected.infos.size())).second) {
      continue;  // a name that the side table holds twice
    }
    selected.index_of_key.emplace(name.key, static_cast<std::uint32_t>(selected.infos.size()));
    selected.infos.push_back(
        {name.canonical, party_holding_name(case_file, name.canonical), name.run_on.empty(), -1});
  }
  // A run-on name of a target that nobody asked for in full still needs its target to point at.
  for (const Found& name : found) {
    if (name.run_on.empty()) continue;
    auto target = index_of_name.find(name.run_on);
    if (target == index_of_name.end()) {
      target = index_of_name.emplace(name.run_on, static_cast<int>(selected.infos.size())).first;
      selected.infos.push_back({name.run_on, party_holding_name(case_file, name.run_on), true, -1});
    }
    selected.infos[static_cast<std::size_t>(index_of_name[name.canonical])].run_on_of =
        target->second;
  }
  return selected;
}

// Host keys -> indices, filled while rows stream by; addresses are spelled out afterwards.
class HostIndex {
 public:
  std::uint32_t of(std::uint64_t key) {
    if (key == 0) return 0;
    const auto [found, is_new] = index_.emplace(key, static_cast<std::uint32_t>(keys_.size()));
    if (is_new) keys_.push_back(key);
    return found->second;
  }

  Result<std::vector<HostInfo>> spell_out(RecordStore& store) const {
    std::vector<HostInfo> hosts(keys_.size());
    bool any_v6 = false;
    for (std::size_t i = 1; i < keys_.size(); ++i) {
      // An IPv4 address is its own key; only IPv6 needs the side table.
      if (keys_[i] <= 0xffffffffu) {
        hosts[i].address = IpAddress::from_v4(static_cast<std::uint32_t>(keys_[i]));
      } else {
        any_v6 = true;
      }
    }
    if (any_v6) {
      ASSAY_TRY(store.hosts([&](std::uint64_t key, const IpAddress& address) {
        if (const auto found = index_.find(key); found != index_.end()) {
          hosts[found->second].address = address;
        }
        return true;
      }));
    }
    return hosts;
  }

 private:
  std::vector<std::uint64_t> keys_{0};
  std::unordered_map<std::uint64_t, std::uint32_t> index_;
};

LookupRow to_lookup_row(const DnsRow& row, std::uint32_t evidence, std::uint32_t name,
                        HostIndex& hosts) {
  LookupRow out;
  out.time_us = row.time_us;
  out.width_us = row.width_us;
  out.client = hosts.of(row.client);
  out.server = hosts.of(row.server);
  out.name = name;
  out.evidence = evidence;
  out.ttl = row.ttl;
  out.flags = row.flags;
  out.delay_us = row.delay_us;
  out.qtype = row.qtype;
  out.rcode = row.rcode;
  out.id = row.id;
  out.client_port = row.client_port;
  out.offset = row.offset;
  out.length = row.length;
  return out;
}

Status load_rows(RecordStore& store, const CaseFile& case_file, const Question& question,
                 const SelectedNames& names, const ClockShifts& shifts, QuestionRecords& records) {
  RowFilter filter;
  for (const Evidence* evidence : records.evidences) filter.evidences.push_back(evidence->number);
  if (question.window) filter.window = shifts.recorded(*question.window);
  HostIndex hosts;
  if (!names.empty()) {
    if (names.size() <= kMostNamesInFilter) {
      for (const auto& [key, index] : names.index_of_key) filter.qnames.push_back(key);
      filter.qnames.insert(filter.qnames.end(), names.could_be.begin(), names.could_be.end());
      std::sort(filter.qnames.begin(), filter.qnames.end());
    }
    bool is_too_many = false;
    ASSAY_TRY(store.scan(filter, RowOrder::by_time, [&](const RowBlock& block) {
      for (std::size_t i = 0; i < block.rows->size(); ++i) {
        const std::int64_t add_us = shifts.of((*block.evidence)[i]);
        if (question.window && !question.window->contains(block.rows->time_us[i] + add_us))
          continue;
        const auto name = names.index_of_key.find(block.rows->qname[i]);
        if (name == names.index_of_key.end()) {
          records.could_be_rows +=
              is_lookup(block.rows->flags[i]) && names.could_be.contains(block.rows->qname[i]);
          continue;
        }
        LookupRow row =
            to_lookup_row(block.rows->row(i), (*block.evidence)[i], name->second, hosts);
        row.time_us += add_us;
        if (add_us != 0) row.flags |= kClockCorrected;
        (is_lookup(row.flags) ? records.rows : records.no_lookups).push_back(row);
      }
      is_too_many = records.rows.size() + records.no_lookups.size() > kMostQuestionRows;
      return !is_too_many;
    }));
    if (is_too_many) {
      return Error{
          ErrorCode::usage,
          fmt::format("question {} rests on more than {} rows", question.id, kMostQuestionRows),
          "name fewer names or a shorter window in the question"};
    }
  }
  for (auto* rows : {&records.rows, &records.no_lookups}) {
    std::stable_sort(rows->begin(), rows->end(), [](const LookupRow& a, const LookupRow& b) {
      return std::tie(a.time_us, a.evidence, a.offset) < std::tie(b.time_us, b.evidence, b.offset);
    });
  }
  Result<std::vector<HostInfo>> spelled = hosts.spell_out(store);
  if (!spelled.ok()) return spelled.error();
  records.hosts = std::move(*spelled);
  attribute_clients(case_file, records);
  records.names = names.infos;
  return {};
}

// Hours of a corrected clock are moved by whole hours: the rows of one may lie in two.
Status load_background(RecordStore& store, const ClockShifts& shifts, QuestionRecords& records) {
  constexpr std::int64_t kMicrosPerHour = 3'600 * kMicrosPerSecond;
  RowFilter filter;
  for (const Evidence* evidence : records.evidences) filter.evidences.push_back(evidence->number);
  if (records.window_is_stated) filter.window = shifts.recorded(records.window);
  ASSAY_TRY(store.count(filter, {GroupKey::evidence, GroupKey::hour}, [&](const GroupCount& group) {
    const auto evidence = static_cast<std::uint32_t>(group.key[0]);
    const double moved = static_cast<double>(shifts.of(evidence)) / kMicrosPerHour;
    const std::int64_t hour =
        static_cast<std::int64_t>(group.key[1]) + static_cast<std::int64_t>(std::lround(moved));
    if (records.window_is_stated && moved != 0 &&
        intersect(records.window, {hour * kMicrosPerHour, (hour + 1) * kMicrosPerHour}).empty()) {
      return true;
    }
    records.background.push_back({evidence, hour, group.count, group.count});
    return true;
  }));
  const auto before = [](const BackgroundHour& a, const BackgroundHour& b) {
    return a.evidence != b.evidence ? a.evidence < b.evidence : a.hour < b.hour;
  };
  std::sort(records.background.begin(), records.background.end(), before);
  for (const LookupRow& row : records.rows) {
    const BackgroundHour wanted{row.evidence, row.time_us / kMicrosPerHour, 0, 0};
    const auto found =
        std::lower_bound(records.background.begin(), records.background.end(), wanted, before);
    if (found != records.background.end() && found->evidence == wanted.evidence &&
        found->hour == wanted.hour && found->other_rows > 0) {
      --found->other_rows;
    }
  }
  return {};
}

// Evidence of another time has nothing to say, and its silence must not count as silence.
bool speaks_to(const Evidence& evidence, const Question& question) {
  if (!question.window) return true;
  const auto overlaps = [&](const Interval& part) {
    return !intersect(part, *question.window).empty();
  };
  return (evidence.span && overlaps(*evidence.span)) ||
         std::any_of(evidence.coverage.intervals.begin(), evidence.coverage.intervals.end(),
                     overlaps);
}

// The question's own window; else all that the vantage declares to have recorded or holds.
void set_window(const Question& question, QuestionRecords& records) {
  records.window_is_stated = question.window.has_value();
  if (question.window) {
    records.window = *question.window;
    return;
  }
  std::optional<Interval> hull;
  const auto widen = [&](const Interval& part) {
    hull = hull ? Interval{std::min(hull->begin_us, part.begin_us),
                           std::max(hull->end_us, part.end_us)}
                : part;
  };
  for (const Evidence* evidence : records.evidences) {
    for (const Interval& declared : evidence->coverage.intervals) widen(declared);
    if (evidence->span) widen(*evidence->span);
  }
  records.window = hull.value_or(Interval{});
}

}  // namespace

std::vector<NamePattern> target_patterns(const CaseFile& case_file, const Question& question) {
  if (!question.names.empty()) return question.names;
  std::vector<NamePattern> patterns;
  for (const std::string& name : question.between) {
    if (const Party* party = case_file.find_party(name)) {
      patterns.insert(patterns.end(), party->names.begin(), party->names.end());
    }
  }
  return patterns;
}

Result<std::vector<QuestionRecords>> load_question_records(RecordStore& store,
                                                           const CaseFile& case_file,
                                                           const Question& question,
                                                           const std::vector<Evidence>& evidences,
                                                           const ClockShifts& shifts) {
  Result<SelectedNames> names = select_names(store, case_file, question);
  if (!names.ok()) return names.error();
  std::map<Vantage, std::vector<const Evidence*>> groups;
  for (const Evidence& evidence : evidences) {
    if (evidence.tells_of("dns") && evidence.state == ReadState::read &&
        speaks_to(evidence, question)) {
      groups[evidence.vantage].push_back(&evidence);
    }
  }
  std::vector<QuestionRecords> all;
  for (const auto& [vantage, members] : groups) {
    QuestionRecords records;
    records.vantage = std::string(to_string(vantage));
    records.evidences = members;
    records.patterns = target_patterns(case_file, question);
    auto recorders = recorders_of(store, vantage, evidences);
    if (!recorders.ok()) return recorders.error();
    records.recorders = std::move(*recorders);
    set_window(question, records);
    auto losses = load_losses(store, evidences, records.window, shifts);
    if (!losses.ok()) return losses.error();
    records.losses = std::move(*losses);
    object_to_losses(records.losses, evidences, records.recorders);
    ASSAY_TRY(load_rows(store, case_file, question, *names, shifts, records));
    ASSAY_TRY(load_background(store, shifts, records));
    const auto is_ours = [&](std::uint64_t key) {
      return names->index_of_key.contains(key) || names->could_be.contains(key);
    };
    ASSAY_TRY(load_other_names(store, shifts, is_ours, records));
    all.push_back(std::move(records));
  }
  return all;
}

}  // namespace assay
