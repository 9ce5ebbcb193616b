#include "methods/support/joins_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "core/reverse_name.h"
#include "methods/support/direct_ends.h"
#include "methods/support/mail_words.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::uint16_t kHighestWellKnown = 1'023;
constexpr std::int64_t kCopyUs = 2 * kMicrosPerSecond;       // between the clocks of two recorders
constexpr std::int64_t kWayBackUs = 300 * kMicrosPerSecond;  // as direct_pairs joins them

void sort_events(JoinEvents& events) {
  std::stable_sort(events.begin(), events.end(), [](const JoinEvent& a, const JoinEvent& b) {
    return std::tie(a.begin_us, a.source) < std::tie(b.begin_us, b.source);
  });
}

double seconds_of(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && value > 0 ? value : 0;
}

// How long before its row an attempt began. Postfix's `delays` are before the queue manager, in it,
// connection, transmission: the last two are the session's (postfix_log).
std::int64_t spent_us(const OtherRow& row) {
  static const FieldId kDelays = field_id("delays"), kDelay = field_id("delay_seconds"),
                       kDirection = field_id("direction");
  double seconds = 0;
  if (row.field(kDirection) == "out") {
    const std::string_view delays = row.field(kDelays);
    const auto last = delays.rfind('/');
    const auto before = last == std::string_view::npos ? last : delays.rfind('/', last - 1);
    if (before != std::string_view::npos) {
      seconds = seconds_of(delays.substr(before + 1, last - before - 1)) +
                seconds_of(delays.substr(last + 1));
    }
  } else {
    seconds = seconds_of(row.field(kDelay));
  }
  return std::min(kLongestSpanUs, static_cast<std::int64_t>(seconds * kMicrosPerSecond));
}

int lone_party(const std::vector<DirectEnds::End>& ends) {
  return ends.size() == 1 ? ends.front().party : -1;
}

class Gatherer {
 public:
  Gatherer(const MethodContext& context, JoinLists& lists)
      : context_(context), sides_(context), lists_(lists) {}

  void add_lookups(const std::vector<QuestionRecords>& vantages) {
    for (std::uint32_t v = 0; v < vantages.size(); ++v) {
      std::vector<LookupBurst> bursts;
      JoinEvents events = bursts_of(vantages[v], v, bursts);
      if (events.size() <= lists_.lookups.size()) continue;
      lists_.lookups = std::move(events);
      lists_.bursts = std::move(bursts);
      lists_.vantage = vantages[v].vantage;
    }
    sort_events(lists_.lookups);
  }

  void add_others() {
    if (context_.others == nullptr) return;
    const auto& rows = context_.others->rows;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].is_dated()) continue;
      switch (rows[i].row.kind) {
        case RecordKind::flow:
          add_flow(i);
          break;
        case RecordKind::service:
          add_service(i);
          break;
        case RecordKind::mail:
          add_transfer(i);
          break;
        default:
          break;
      }
    }
    for (JoinEvents* events : {&lists_.flows, &lists_.services, &lists_.transfers,
                               &lists_.transfers_in_log, &lists_.services_in_log}) {
      sort_events(*events);
    }
    drop_copies();
  }

 private:
  // What two recorders tell of is one flow: two of the same ends and ports, in two evidences, that
  // begin together. The one with the finer stamp stays. In a second copy a look-up would find a
  // flow that was another look-up's.
  void drop_copies() {
    const auto& rows = context_.others->rows;
    const auto order = [&](const JoinEvent& event) {
      const OtherRow& row = rows[event.source];
      return std::tuple(row.row.width_us, row.evidence, event.source);
    };
    const auto begin_us = [&](const JoinEvent& event) { return rows[event.source].row.time_us; };
    std::map<std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t>,
             std::vector<const JoinEvent*>>
        of_ends;
    for (const JoinEvent& flow : lists_.flows) {
      const OtherRow& row = rows[flow.source];
      of_ends[{row.client, row.server, row.row.client_port, row.row.server_port}].push_back(&flow);
    }
    std::set<std::uint32_t> copies;
    for (const auto& [ends, flows] : of_ends) {
      if (std::get<2>(ends) == 0) continue;  // without ports all flows of two hosts look alike
      for (std::size_t i = 0; i < flows.size(); ++i) {
        // They ascend by begin; a crowd of one pair of ends costs no more than this.
        for (std::size_t j = i; j-- > 0 && i - j <= kMostPartners;) {
          if (begin_us(*flows[i]) - begin_us(*flows[j]) > kCopyUs) break;
          if (rows[flows[i]->source].evidence == rows[flows[j]->source].evidence) continue;
          copies.insert(std::get<2>(std::max(order(*flows[i]), order(*flows[j]))));
        }
      }
    }
    std::erase_if(lists_.flows, [&](const JoinEvent& f) { return copies.contains(f.source); });
    lists_.copies = copies.size();
  }

  JoinEvents bursts_of(const QuestionRecords& records, std::uint32_t vantage,
                       std::vector<LookupBurst>& bursts) {
    JoinEvents events;
    std::map<std::pair<int, int>, std::size_t> open;  // the last burst between two sides
    for (std::uint32_t i = 0; i < records.rows.size(); ++i) {
      const LookupRow& row = records.rows[i];
      if (!records.is_target(row) || (row.flags & kTimeUnknown) != 0) continue;
      const HostInfo& asker = records.hosts[row.client];
      const NameInfo& name = records.names[row.name];
      const int from = sides_.of_address(asker.address, asker.party);
      const int to = sides_.of_name(name.canonical, name.party);
      if (from < 0 || from == to) {
        ++lists_.unplaced;
      } else if (row.width_us > kWidestJoinUs) {
        ++lists_.wide;
      } else {
        const auto last = open.find({from, to});
        const std::int64_t end_us = row.time_us + row.width_us - 1;
        if (last != open.end() && row.time_us - events[last->second].end_us <= kLookupGapUs &&
            end_us - events[last->second].begin_us <= kWidestJoinUs) {
          events[last->second].end_us = std::max(events[last->second].end_us, end_us);
          ++bursts[last->second].rows;
        } else if (events.size() == kMostEvents) {
          ++lists_.left_out;
        } else {
          open[{from, to}] = events.size();
          events.push_back(
              {row.time_us, end_us, from, to, static_cast<std::uint32_t>(events.size())});
          bursts.push_back({vantage, i, 1});
        }
      }
    }
    return events;
  }

  void add(JoinEvents& events, std::uint32_t i, std::int64_t begin_us, std::int64_t end_us,
           int from, int to) {
    if (context_.others->rows[i].row.width_us > kWidestJoinUs) {
      ++lists_.wide;
    } else if (from < 0 || to < 0 || from == to) {
      ++lists_.unplaced;
    } else if (events.size() == kMostEvents) {
      ++lists_.left_out;
    } else {
      events.push_back({begin_us, std::min(end_us, begin_us + kLongestSpanUs), from, to, i});
    }
  }

  bool is_way_back(const OtherRow& row) {
    using Ends = std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t>;
    const Ends ends{row.client, row.server, row.row.client_port, row.row.server_port};
    const Ends back{row.server, row.client, row.row.server_port, row.row.client_port};
    const bool is_from_service =
        row.row.client_port <= kHighestWellKnown && row.row.server_port > kHighestWellKnown;
    if (is_from_service && row.row.packets_received == 0) return true;
    const auto began = flows_.find(back);
    if (began != flows_.end() && row.row.time_us - began->second <= kWayBackUs) return true;
    flows_[ends] = row.row.time_us;
    return false;
  }

  void add_flow(std::uint32_t i) {
    const OtherRow& row = context_.others->rows[i];
    if (is_lookup_flow(row)) return;
    if (is_way_back(row)) {
      ++lists_.ways_back;
      return;
    }
    const std::int64_t until_us = std::max(row.row.until_us, row.row.time_us);
    add(lists_.flows, i, row.row.time_us, until_us + row.row.width_us - 1,
        sides_.of_address(row.client, row.client_party),
        sides_.of_address(row.server, row.server_party));
  }

  void add_service(std::uint32_t i) {
    const OtherRow& row = context_.others->rows[i];
    const int from = sides_.of_address(row.client, row.client_party);
    const int to = sides_.of_address(row.server, row.server_party);
    const std::int64_t until_us = std::max(row.row.until_us, row.row.time_us) + row.row.width_us;
    if (to < 0 && from >= 0) {
      add(lists_.services_in_log, i, row.row.time_us, until_us - 1, from,
          sides_.of_log(row.evidence));
    } else {
      add(lists_.services, i, row.row.time_us, until_us - 1, from, to);
    }
  }

  void add_transfer(std::uint32_t i) {
    const OtherRow& row = context_.others->rows[i];
    if (is_scan_alone(row)) {
      ++lists_.scans;
      return;
    }
    const DirectEnds ends =
        ends_of(row, evidence_numbered(context_, row.evidence), *context_.case_file);
    const int client = sides_.of_address(row.client, row.client_party);
    const int server = sides_.of_address(row.server, row.server_party);
    const std::int64_t begin_us = row.row.time_us - spent_us(row);
    const std::int64_t end_us = begin_us + row.row.width_us - 1;
    add(lists_.transfers, i, begin_us, end_us, client >= 0 ? client : lone_party(ends.from),
        server >= 0 ? server : lone_party(ends.to));
    if (client >= 0 && row.row.width_us <= kWidestJoinUs &&
        lists_.transfers_in_log.size() < kMostEvents) {
      lists_.transfers_in_log.push_back({begin_us, end_us, client, sides_.of_log(row.evidence), i});
    }
  }

  const MethodContext& context_;
  JoinSides sides_;
  JoinLists& lists_;
  std::map<std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t>, std::int64_t> flows_;
};

}  // namespace

JoinSides::JoinSides(const MethodContext& context) : context_(context) {
  if (context.others == nullptr) return;
  for (const NameAddress& each : context.others->addresses) {
    int holder = -1;
    const auto& parties = context.case_file->parties;
    for (std::size_t p = 0; p < parties.size() && holder < 0; ++p) {
      if (parties[p].holds_name(each.name)) holder = static_cast<int>(p);
    }
    named_.emplace(each.address, of_name(each.name, holder));
  }
}

int JoinSides::number(const std::string& key) {
  const int next = static_cast<int>(context_.case_file->parties.size() + numbers_.size());
  return numbers_.emplace(key, next).first->second;
}

// A reverse name is about whoever holds the address.
int JoinSides::of_name(const std::string& canonical, int party) {
  if (party >= 0) return party;
  const auto address = reverse_address(canonical);
  if (!address) return number("name " + canonical);
  const auto& parties = context_.case_file->parties;
  for (std::size_t p = 0; p < parties.size(); ++p) {
    if (parties[p].holds_address(*address)) return static_cast<int>(p);
  }
  return of_address(*address, -1);
}

int JoinSides::of_address(const IpAddress& address, int party) {
  if (party >= 0) return party;
  if (address.is_unspecified() || is_loopback(address)) return -1;
  const auto named = named_.find(address);
  return named != named_.end() ? named->second : number("network " + network_text(address));
}

int JoinSides::of_log(std::uint32_t evidence) { return number(fmt::format("log {}", evidence)); }

JoinLists join_lists(const std::vector<QuestionRecords>& vantages, const MethodContext& context) {
  JoinLists lists;
  Gatherer gatherer(context, lists);
  gatherer.add_lookups(vantages);
  gatherer.add_others();
  return lists;
}

JoinEvents turned(JoinEvents events) {
  for (JoinEvent& event : events) std::swap(event.from, event.to);
  return events;
}

}  // namespace assay::methods
