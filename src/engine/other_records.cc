#include "engine/other_records.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "engine/attribution.h"
#include "engine/policy_answers.h"
#include "engine/policy_names.h"
#include "engine/question_interest.h"

namespace assay {
namespace {

constexpr std::uint16_t kTypeA = 1, kTypeAaaa = 28;
constexpr std::array<RecordKind, 8> kOurKinds{
    RecordKind::dns_aggregate, RecordKind::flow, RecordKind::service,      RecordKind::mail,
    RecordKind::message,       RecordKind::hop,  RecordKind::registration, RecordKind::payment};
// Of which it matters whose an address is.
constexpr std::array<RecordKind, 5> kKindsOfHosts{
    RecordKind::flow, RecordKind::service, RecordKind::mail, RecordKind::message, RecordKind::hop};
// What a mail server writes of all its own business; a sensor's rows are of whom it happens to see.
constexpr std::array<std::string_view, 5> kMailLogs{"postfix_log", "exim_mainlog", "sendmail_log",
                                                    "exchange_tracking", "rspamd_log"};

bool is_mail_log(const Evidence& evidence) {
  return std::find(kMailLogs.begin(), kMailLogs.end(), evidence.format) != kMailLogs.end();
}

RowFilter filter_of(const std::vector<Evidence>& evidences) {
  RowFilter filter;
  filter.kinds.assign(kOurKinds.begin(), kOurKinds.end());
  for (const Evidence& evidence : evidences) {
    const bool has_any = std::any_of(kOurKinds.begin(), kOurKinds.end(), [&](RecordKind kind) {
      const auto rows = evidence.kinds.find(std::string(kind_word(kind)));
      return rows != evidence.kinds.end() && rows->second > 0;
    });
    if (evidence.state == ReadState::read && has_any) filter.evidences.push_back(evidence.number);
  }
  return filter;
}

// One load: what is known of names and hosts, and what has been kept so far.
class Loader {
 public:
  Loader(RecordStore& store, const CaseFile& case_file, const Question& question,
         const std::vector<Evidence>& evidences, const ClockShifts& shifts,
         const OtherLimits& limits)
      : store_(store),
        case_file_(case_file),
        question_(question),
        shifts_(shifts),
        limits_(limits),
        interest_(case_file, question) {
    for (const Evidence& evidence : evidences) {
      if (is_mail_log(evidence)) mail_logs_.insert(evidence.number);
      if (evidence.format == "postfix_log") verifying_.push_back(evidence.number);
    }
  }

  Result<OtherRecords> load(const RowFilter& filter) {
    Result<PolicyNames> policies = find_policy_names(store_, filter);
    if (!policies.ok()) return policies.error();
    policies_ = std::move(*policies);
    if (policies_.is_cut) ++records_.left_out[RecordKind::registration];
    ASSAY_TRY(learn_names());
    ASSAY_TRY(learn_addresses(filter));
    ASSAY_TRY(learn_hosts());
    ASSAY_TRY(store_.records(filter, [&](const StoredRecord& record) {
      take(record);
      return true;
    }));
    note_cut_addresses();
    ASSAY_TRY(complete_chains(filter));
    ASSAY_TRY(learn_policies());
    ASSAY_TRY(spell_out());
    attribute_others(case_file_, records_.rows);
    // A corrected clock may have changed the order.
    std::stable_sort(records_.rows.begin(), records_.rows.end(),
                     [](const OtherRow& a, const OtherRow& b) {
                       return std::tuple(a.row.time_us, a.evidence, a.row.number) <
                              std::tuple(b.row.time_us, b.evidence, b.row.number);
                     });
    return std::move(records_);
  }

 private:
  struct Kept {
    std::size_t rows = 0, bytes = 0;
  };

  bool is_policy_row(const RecordRow& row) const {
    return (row.kind == RecordKind::registration || row.kind == RecordKind::dns_aggregate) &&
           row.type != 0 && policies_.keys.contains(row.name);
  }

  Status learn_names() {
    std::vector<std::string_view> zones;
    for (const std::string& parent : interest_.parents()) zones.emplace_back(parent);
    std::size_t siblings = 0;
    return store_.names([&](std::uint64_t key, std::string_view name) {
      if (policies_.names.contains(name)) policies_.keys.insert(key);
      if (interest_.is_about_name(name)) {
        if (asked_.size() == limits_.asked_names) {
          are_names_cut_ = true;
          return true;
        }
        names_.emplace(key, name);
        asked_.push_back(key);
      } else if (std::any_of(zones.begin(), zones.end(),
                             [&](std::string_view zone) { return is_within(name, zone); })) {
        if (siblings == limits_.sibling_names) {
          are_siblings_cut_ = true;
          return true;
        }
        ++siblings;
        names_.emplace(key, name);
      }
      return true;
    });
  }

  Status learn_addresses(const RowFilter& filter) {
    std::sort(asked_.begin(), asked_.end());
    if (!asked_.empty()) {
      ASSAY_TRY(learn_registered(filter));
      ASSAY_TRY(learn_answers());
    }
    return learn_verified();
  }

  Status learn_registered(RowFilter filter) {
    filter.kinds = {RecordKind::registration};
    filter.qtypes = {kTypeA, kTypeAaaa};
    return store_.records(filter, [&](const StoredRecord& record) {
      static const FieldId kRdata = field_id("rdata");
      if (!std::binary_search(asked_.begin(), asked_.end(), record.row.name)) return true;
      for (const auto& [field, text] : record.fields) {
        if (field != kRdata) continue;
        if (const auto address = IpAddress::parse(text)) {
          note_address(names_.at(record.row.name), *address, record.evidence, time_of(record));
        }
      }
      return true;
    });
  }

  static Interval time_of(const StoredRecord& record) {
    if ((record.row.flags & kTimeUnknown) != 0) return {};
    return {record.row.time_us, record.row.until_us + 1};
  }

  // Answers that were captured with the look-ups of the names.
  Status learn_answers() {
    RowFilter filter;
    filter.qnames = asked_;
    filter.window =
        question_.window ? std::optional(shifts_.recorded(*question_.window)) : std::nullopt;
    std::size_t seen = 0;
    return store_.answers(filter, [&](const StoredAnswer& stored) {
      if (seen++ == limits_.answers) {
        are_addresses_cut_ = true;
        return false;
      }
      const AnswerRow& answer = stored.answer;
      std::optional<IpAddress> address;
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(stored.rdata.data());
      if (answer.section == 1 && answer.type == kTypeA && stored.rdata.size() == 4) {
        address = IpAddress::from_v4(std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
                                     std::uint32_t{bytes[2]} << 8 | bytes[3]);
      } else if (answer.section == 1 && answer.type == kTypeAaaa && stored.rdata.size() == 16) {
        address = IpAddress::from_v6(bytes);
      }
      // An alias's address is its owner's, which need not be one of the names.
      if (address && std::binary_search(asked_.begin(), asked_.end(), answer.owner)) {
        note_address(names_.at(answer.owner), *address, stored.evidence, {});
      }
      return true;
    });
  }

  // Postfix tells a client's name only when the address's reverse name led back to it at that time
  // ("unknown" otherwise): the name's own zone had that address then. Other logs print what the
  // client or one of the two look-ups said. In the window, as answers are.
  Status learn_verified() {
    RowFilter filter;
    filter.evidences.assign(verifying_.begin(), verifying_.end());
    if (filter.evidences.empty()) return {};
    filter.kinds = {RecordKind::mail};
    if (question_.window) filter.window = shifts_.recorded(*question_.window);
    std::map<std::tuple<std::string, std::uint64_t, std::uint32_t>, Interval> found;
    ASSAY_TRY(store_.records(filter, [&](const StoredRecord& record) {
      const std::string name = verified_name(record);
      if (name.empty() || record.row.client == 0 || !interest_.is_about_name(name)) return true;
      const std::tuple key(name, record.row.client, record.evidence);
      if (found.size() == limits_.name_addresses && !found.contains(key)) {
        are_addresses_cut_ = true;
        return true;
      }
      widen(found[key], time_of(record));
      return true;
    }));
    for (const auto& [key, seen] : found) {
      const auto& [name, client, evidence] = key;
      auto address = store_.host(client);
      if (!address.ok()) return address.error();
      if (*address) note_address(name, **address, evidence, seen);
    }
    return {};
  }

  static std::string verified_name(const StoredRecord& record) {
    static const FieldId kName = field_id("client_name");
    std::string name;
    for (const auto& [field, text] : record.fields) {
      const bool is_told = field == kName && !text.empty() && text != "unknown";
      if (is_told && !canonicalise_name(text, name)) return name;
    }
    return {};
  }

  static void widen(Interval& known, const Interval& seen) {
    if (known.empty()) {
      known = seen;
    } else if (!seen.empty()) {
      known = {std::min(known.begin_us, seen.begin_us), std::max(known.end_us, seen.end_us)};
    }
  }

  void note_address(const std::string& canonical, const IpAddress& address, std::uint32_t evidence,
                    Interval seen) {
    if (!seen.empty()) {
      seen = {seen.begin_us + shifts_.of(evidence), seen.end_us + shifts_.of(evidence)};
    }
    const auto known = std::find_if(
        records_.addresses.begin(), records_.addresses.end(),
        [&](const NameAddress& each) { return each.name == canonical && each.address == address; });
    if (known == records_.addresses.end()) {
      if (records_.addresses.size() == limits_.name_addresses) {
        are_addresses_cut_ = true;
        return;
      }
      interest_.add_address(address);
      records_.addresses.push_back({canonical, address, seen, {evidence}});
      return;
    }
    widen(known->seen, seen);
    auto& from = known->evidences;
    if (std::find(from.begin(), from.end(), evidence) == from.end()) from.push_back(evidence);
  }

  Status learn_hosts() {
    return store_.hosts([&](std::uint64_t key, const IpAddress& address) {
      if (!interest_.is_near(address)) return true;
      if (hosts_.size() < limits_.hosts) {
        hosts_.emplace(key, address);
      } else {
        are_hosts_cut_ = true;
      }
      return true;
    });
  }

  IpAddress host_of(std::uint64_t key) {
    if (key == 0) return {};
    if (key <= 0xffffffffu) return IpAddress::from_v4(static_cast<std::uint32_t>(key));
    const auto found = hosts_.find(key);
    return found == hosts_.end() ? IpAddress() : found->second;
  }

  // Nothing when it lies outside the question's window.
  std::optional<OtherRow> row_of(const StoredRecord& record) {
    static const FieldId kRaw = field_id("raw");
    OtherRow row;
    row.row = record.row;
    row.evidence = record.evidence;
    const bool is_dated = (record.row.flags & kTimeUnknown) == 0;
    if (const std::int64_t add_us = shifts_.of(record.evidence); is_dated && add_us != 0) {
      row.row.time_us += add_us;
      row.row.until_us += add_us;
      row.row.flags |= kClockCorrected;
    }
    const Interval span{row.row.time_us, std::max(row.row.until_us, row.row.time_us) + 1};
    if (is_dated && question_.window && record.row.kind != RecordKind::registration &&
        intersect(span, *question_.window).empty()) {
      return std::nullopt;
    }
    row.client = host_of(record.row.client);
    row.server = host_of(record.row.server);
    if (const auto name = names_.find(record.row.name); name != names_.end()) {
      row.name = name->second;
    }
    for (const auto& field : record.fields) {
      if (field.first != kRaw) row.fields.push_back(field);
    }
    return row;
  }

  void take(const StoredRecord& record) {
    std::optional<OtherRow> row = row_of(record);
    if (!row) return;
    Touch touch = interest_.of(*row, mail_logs_.contains(record.evidence));
    if (touch == Touch::no && is_policy_row(row->row)) touch = Touch::beside;
    if (touch == Touch::no) {
      if (may_touch(*row)) ++records_.left_out[row->row.kind];
      return;
    }
    keep(std::move(*row), touch);
  }

  void keep(OtherRow row, Touch touch) {
    Kept& kept = touch == Touch::yes ? touching_ : beside_;
    const std::size_t limit = touch == Touch::yes ? kMostTouchingRows : kMostBesideRows;
    std::size_t bytes = 0;
    for (const auto& field : row.fields) bytes += field.second.size();
    if (kept.rows >= limit || kept.bytes + bytes > kMostOtherBytes) {
      ++records_.left_out[row.row.kind];
      return;
    }
    ++kept.rows;
    kept.bytes += bytes;
    records_.rows.push_back(std::move(row));
  }

  // For what a limit kept from being learnt.
  bool may_touch(const OtherRow& row) const {
    const auto is_unknown = [&](std::uint64_t key) {
      return key > 0xffffffffu && !hosts_.contains(key);
    };
    const bool has_unknown_name = row.row.name != 0 && row.name.empty();
    return (has_unknown_name &&
            (are_names_cut_ || (are_siblings_cut_ && row.row.kind == RecordKind::registration))) ||
           (are_hosts_cut_ && (is_unknown(row.row.client) || is_unknown(row.row.server)));
  }

  // An address that was not learnt may stand in any row, of those kept as well.
  void note_cut_addresses() {
    if (!are_addresses_cut_ && !are_names_cut_) return;
    for (const RecordKind kind : kKindsOfHosts) ++records_.left_out[kind];
  }

  // All Received fields of a message that was kept: those between strangers, too, make its way.
  Status complete_chains(RowFilter filter) {
    static const FieldId kIndex = field_id("hop_index");
    using Place = std::pair<std::uint32_t, std::uint32_t>;  // evidence and number
    std::set<Place> messages, hops;
    std::set<std::uint32_t> evidences;
    for (const OtherRow& row : records_.rows) {
      if (row.row.kind == RecordKind::hop) hops.emplace(row.evidence, row.row.number);
      if (row.row.kind != RecordKind::message) continue;
      messages.emplace(row.evidence, row.row.number);
      evidences.insert(row.evidence);
    }
    if (messages.empty()) return {};
    filter.kinds = {RecordKind::hop};
    filter.evidences.assign(evidences.begin(), evidences.end());
    return store_.records(filter, [&](const StoredRecord& record) {
      if (hops.contains({record.evidence, record.row.number})) return true;
      std::uint32_t place = 0;
      for (const auto& [field, text] : record.fields) {
        if (field == kIndex) std::from_chars(text.data(), text.data() + text.size(), place);
      }
      if (place == 0 || place >= record.row.number) return true;
      if (!messages.contains({record.evidence, record.row.number - place})) return true;
      if (auto row = row_of(record)) keep(std::move(*row), Touch::beside);
      return true;
    });
  }

  // Only mail is checked by them.
  Status learn_policies() {
    const auto is_mail = [](const OtherRow& row) {
      return row.row.kind == RecordKind::mail || row.row.kind == RecordKind::message;
    };
    if (std::none_of(records_.rows.begin(), records_.rows.end(), is_mail)) return {};
    const Result<bool> is_cut = add_policy_answers(store_, shifts_, records_.rows);
    if (!is_cut.ok()) return is_cut.error();
    if (*is_cut) ++records_.left_out[RecordKind::registration];
    return {};
  }

  // Names and IPv6 hosts of kept rows that were of no interest by themselves.
  Status spell_out() {
    std::unordered_map<std::uint64_t, std::string> names;
    std::unordered_map<std::uint64_t, IpAddress> hosts;
    for (const OtherRow& row : records_.rows) {
      if (row.row.name != 0 && row.name.empty()) names.emplace(row.row.name, "");
      for (const std::uint64_t key : {row.row.client, row.row.server}) {
        if (key > 0xffffffffu && !hosts_.contains(key)) hosts.emplace(key, IpAddress());
      }
    }
    if (!names.empty()) {
      ASSAY_TRY(store_.names([&](std::uint64_t key, std::string_view name) {
        if (const auto found = names.find(key); found != names.end()) found->second = name;
        return true;
      }));
    }
    if (!hosts.empty()) {
      ASSAY_TRY(store_.hosts([&](std::uint64_t key, const IpAddress& address) {
        if (const auto found = hosts.find(key); found != hosts.end()) found->second = address;
        return true;
      }));
    }
    for (OtherRow& row : records_.rows) {
      if (const auto found = names.find(row.row.name); found != names.end())
        row.name = found->second;
      if (const auto found = hosts.find(row.row.client); found != hosts.end()) {
        row.client = found->second;
      }
      if (const auto found = hosts.find(row.row.server); found != hosts.end()) {
        row.server = found->second;
      }
    }
    return {};
  }

  RecordStore& store_;
  const CaseFile& case_file_;
  const Question& question_;
  const ClockShifts& shifts_;
  const OtherLimits& limits_;
  QuestionInterest interest_;
  std::unordered_set<std::uint32_t> mail_logs_;
  std::vector<std::uint32_t> verifying_;  // evidences whose names of clients were verified
  std::unordered_map<std::uint64_t, std::string> names_;  // of interest, by key
  std::vector<std::uint64_t> asked_;                      // of them those that are asked about
  std::unordered_map<std::uint64_t, IpAddress> hosts_;    // IPv6, of interest
  bool are_names_cut_ = false, are_siblings_cut_ = false, are_hosts_cut_ = false,
       are_addresses_cut_ = false;
  Kept touching_, beside_;
  PolicyNames policies_;
  OtherRecords records_;
};

}  // namespace

Result<OtherRecords> load_other_records(RecordStore& store, const CaseFile& case_file,
                                        const Question& question,
                                        const std::vector<Evidence>& evidences,
                                        const ClockShifts& shifts, const OtherLimits& limits) {
  const RowFilter filter = filter_of(evidences);
  if (filter.evidences.empty()) return OtherRecords();
  return Loader(store, case_file, question, evidences, shifts, limits).load(filter);
}

}  // namespace assay
