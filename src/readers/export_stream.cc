#include "readers/export_stream.h"

#include <fmt/core.h>

#include <iterator>
#include <utility>

#include "readers/byte_order.h"

namespace assay {

namespace {

constexpr std::size_t kV5Head = 24, kV5Record = 48, kV9Head = 20, kIpfixHead = 16;
constexpr std::size_t kMostV9Records = 4'096;
constexpr std::uint16_t kMostV5Records = 1'000;  // exporters send 30

std::uint16_t word_at(std::string_view bytes, std::size_t at) {
  return be16(reinterpret_cast<const std::uint8_t*>(bytes.data()) + at);
}
std::uint32_t long_at(std::string_view bytes, std::size_t at) {
  return be32(reinterpret_cast<const std::uint8_t*>(bytes.data()) + at);
}

bool is_set_id(std::uint16_t version, std::uint16_t id) {
  if (id >= 256) return true;
  return version == 9 ? id <= 1 : id == 2 || id == 3;
}

// The places of NetFlow v5's fields as a template: one way of reading for all versions.
const ExportTemplate& v5_layout() {
  static const ExportTemplate layout = [] {
    constexpr std::pair<std::uint16_t, std::uint16_t> kFields[] = {
        {8, 4},  {12, 4}, {15, 4}, {10, 2}, {14, 2}, {2, 4},  {1, 4},  {22, 4}, {21, 4}, {7, 2},
        {11, 2}, {0, 1},  {6, 1},  {4, 1},  {5, 1},  {16, 2}, {17, 2}, {9, 1},  {13, 1}, {0, 2}};
    ExportTemplate out;
    for (const auto& [id, length] : kFields) {
      out.fields.push_back({id, length, 0});
      out.least_bytes += length;
    }
    return out;
  }();
  return layout;
}

}  // namespace

std::optional<ExportHead> parse_export_head(std::string_view bytes) {
  if (bytes.size() < kIpfixHead) return std::nullopt;
  ExportHead head;
  head.version = word_at(bytes, 0);
  std::uint32_t seconds = 0;
  if (head.version == 10) {
    head.bytes = kIpfixHead;
    head.length = word_at(bytes, 2);
    seconds = long_at(bytes, 4);
    head.sequence = long_at(bytes, 8);
    head.domain = long_at(bytes, 12);
    if (head.length < kIpfixHead) return std::nullopt;
    // No message is empty but one that keeps a connection alive.
    if (bytes.size() >= 20 && head.length >= 20 && !is_set_id(10, word_at(bytes, 16))) {
      return std::nullopt;
    }
  } else if (head.version == 9 && bytes.size() >= kV9Head) {
    head.bytes = kV9Head;
    head.count = word_at(bytes, 2);
    head.times.uptime_ms = long_at(bytes, 4);
    head.times.has_uptime = true;
    seconds = long_at(bytes, 8);
    head.sequence = long_at(bytes, 12);
    head.domain = long_at(bytes, 16);
    if (head.count > kMostV9Records) return std::nullopt;
    if (bytes.size() >= 22 && head.count > 0 && !is_set_id(9, word_at(bytes, 20))) {
      return std::nullopt;
    }
  } else if (head.version == 5 && bytes.size() >= kV5Head) {
    head.bytes = kV5Head;
    head.count = word_at(bytes, 2);
    if (head.count == 0 || head.count > kMostV5Records) return std::nullopt;
    head.length = kV5Head + head.count * kV5Record;
    head.times.uptime_ms = long_at(bytes, 4);
    head.times.has_uptime = true;
    seconds = long_at(bytes, 8);
    head.sequence = long_at(bytes, 16);
    head.domain = word_at(bytes, 20);  // engine
    if (long_at(bytes, 12) >= 1'000'000'000) return std::nullopt;
  } else {
    return std::nullopt;
  }
  constexpr std::uint32_t kYear1990 = 631'152'000;
  if (seconds < kYear1990) return std::nullopt;
  head.times.export_us = std::int64_t{seconds} * kMicrosPerSecond;
  head.times.width_us = 1'000'000;
  if (head.version == 5) {
    head.times.export_us += long_at(bytes, 12) / 1'000;
    head.times.width_us = 1'000;
  }
  return head;
}

std::optional<std::size_t> v9_length(std::string_view bytes, bool is_end) {
  std::size_t at = kV9Head;
  for (;;) {
    if (bytes.size() < at + 4) {
      if (!is_end) return std::nullopt;
      return at;
    }
    if (!is_set_id(9, word_at(bytes, at))) return at;
    const std::size_t length = word_at(bytes, at + 2);
    if (length < 4) return at;
    if (at + length > bytes.size() && !is_end) return std::nullopt;
    if (at + length > bytes.size()) return bytes.size();
    at += length;
  }
}

void ExportStream::reject(std::string_view code, const Place& place, std::string_view bytes,
                          std::string_view why) {
  sink_.unit();
  sink_.reject(code, place.offset, bytes.size(), bytes, why);
}

ExportStream::Domain* ExportStream::domain_of(DomainKey key) {
  const auto found = domains_.find(key);
  if (found != domains_.end()) return &found->second;
  if (domains_.size() >= kMostDomains) {
    sink_.note("ipfix.domains_too_many", "the sequence of further domains is not watched");
    return nullptr;
  }
  return &domains_[key];
}

// IPFIX and v5 count records, v9 counts packets: a message carries the count of those before it.
// softflowd counts those of the message itself instead, and leaves its options out.
void ExportStream::check_sequence(const ExportHead& head, std::optional<std::uint32_t> records,
                                  const Place& place) {
  Domain* const domain = domain_of(place.domain);
  if (!domain) return;
  const auto expected = domain->next_sequence;
  const std::uint32_t with_own = domain->last_sequence + records.value_or(0);
  domain->last_sequence = head.sequence;
  domain->next_sequence.reset();
  if (head.version == 9) domain->next_sequence = head.sequence + 1;
  if (head.version != 9 && records) domain->next_sequence = head.sequence + *records;
  if (!expected || *expected == head.sequence) return;
  if (head.version == 10 &&
      (!records || head.sequence == with_own || head.sequence == with_own - options_)) {
    return;
  }
  const std::uint32_t missed = head.sequence - *expected;
  if (missed > 0x7fffffff) {
    return sink_.note("ipfix.sequence_back",
                      fmt::format("domain {}: {} where {} was due: an exporter began anew, or "
                                  "messages stand out of order",
                                  head.domain, head.sequence, *expected));
  }
  const bool are_packets = head.version == 9;
  sink_.note(
      are_packets ? "ipfix.packets_missing" : "ipfix.records_missing",
      fmt::format("domain {}: {} are missing before number {}", head.domain, missed, head.sequence),
      missed);
  if (rows_.add_recorder(place.times, place.offset, static_cast<std::uint32_t>(head.bytes))) return;
  static const FieldId kPeer = field_id("peer"), kRecords = field_id("missed_records"),
                       kMessages = field_id("missed_messages");
  sink_.add_field(kPeer, fmt::format("domain {}", head.domain));
  sink_.add_field(are_packets ? kMessages : kRecords, std::to_string(missed));
}

void ExportStream::take(const ExportHead& head, std::string_view message, std::uint64_t offset) {
  const Place whole{head.times, domain_key(head.version, head.domain), offset};
  Place place = whole;
  const std::string_view body = message.substr(std::min(head.bytes, message.size()));
  place.offset = offset + head.bytes;
  options_ = 0;
  std::optional<std::uint32_t> records = head.count;
  if (head.version == 5) {
    take_v5(head, body, place);
  } else {
    records = take_sets(head, body, place);
  }
  check_sequence(head, records, whole);
}

void ExportStream::take_v5(const ExportHead& head, std::string_view message, const Place& place) {
  const std::uint32_t length = take_data(v5_layout(), message, place);
  if (length < head.count) {
    Place rest = place;
    rest.offset += length * kV5Record;
    reject("ipfix.message.truncated", rest, message.substr(length * kV5Record),
           "the input ends within this packet");
  }
}

std::optional<std::uint32_t> ExportStream::take_sets(const ExportHead& head, std::string_view sets,
                                                     Place place) {
  std::uint32_t records = 0;
  bool are_counted = true;
  while (sets.size() >= 4) {
    const std::uint16_t id = word_at(sets, 0);
    const std::size_t length = word_at(sets, 2);
    if (length < 4 || length > sets.size()) {
      reject("ipfix.set.length", place, sets, "its length leads out of the message");
      return std::nullopt;
    }
    Place body = place;
    body.offset += 4;
    const std::string_view set = sets.substr(4, length - 4);
    if (!is_set_id(head.version, id)) {
      reject("ipfix.set.reserved", place, sets.substr(0, length), "no set has this number");
    } else if (id < 256) {
      take_templates(head.version, id == 3 || id == 1, set, body);
    } else if (const ExportTemplate* layout = templates_.find(place.domain, id)) {
      records += take_data(*layout, set, body);
    } else {
      keep_waiting(id, set, body);
      are_counted = false;
    }
    sets.remove_prefix(length);
    place.offset += length;
  }
  return are_counted ? std::optional(records) : std::nullopt;
}

void ExportStream::take_templates(std::uint16_t version, bool are_options, std::string_view set,
                                  const Place& place) {
  const std::size_t whole = set.size();
  for (TemplateRecord record; !set.empty();) {
    const std::size_t before = whole - set.size();
    Place at = place;
    at.offset += before;
    const std::string_view bytes = set;
    switch (take_template(version, are_options, set, record)) {
      case TemplateOutcome::padding:
        return;
      case TemplateOutcome::damaged:
        return reject("ipfix.template.unreadable", at, bytes, "its fields leave the set");
      case TemplateOutcome::empty:
        reject("ipfix.template.empty", at, bytes.substr(0, bytes.size() - set.size()),
               "its records would have no bytes");
        continue;
      case TemplateOutcome::read:
        break;
    }
    if (record.fields.fields.empty()) {
      // A withdrawal; the number of the set itself stands for all templates of its kind.
      if (record.id == (are_options ? 3 : 2)) {
        templates_.withdraw_all(place.domain, are_options);
      } else {
        templates_.withdraw(place.domain, record.id);
      }
    } else if (!templates_.put(place.domain, record.id, std::move(record.fields))) {
      reject("ipfix.template.too_many", at, bytes.substr(0, bytes.size() - set.size()),
             "there are more templates than can be kept");
      continue;
    } else {
      take_waiting(place.domain, record.id);
    }
    sink_.unit();
    sink_.blank_unit();
  }
}

std::uint32_t ExportStream::take_data(const ExportTemplate& layout, std::string_view set,
                                      const Place& place) {
  const std::size_t whole = set.size();
  std::uint32_t records = 0;
  ExportTimes times = place.times;
  if (const auto domain = domains_.find(place.domain); domain != domains_.end()) {
    times.boot_us = domain->second.boot_us;
  }
  while (set.size() >= layout.least_bytes) {
    Place at = place;
    at.offset += whole - set.size();
    const std::string_view bytes = set;
    ExportValues values;
    if (!take_values(layout, set, values)) {
      reject("ipfix.record.truncated", at, bytes, "its fields leave the set");
      return records;
    }
    ++records;
    const auto length = static_cast<std::uint32_t>(bytes.size() - set.size());
    if (layout.is_options) {
      ++options_;
      take_options(values, at, length);
    } else if (!values.is_flow()) {
      sink_.note("ipfix.no_addresses", "records without two addresses, which tell of no flow");
      sink_.unit();
      sink_.blank_unit();
    } else if (const auto refusal = rows_.add_flow(values, times, at.offset, length)) {
      reject(refusal->code, at, bytes.substr(0, length), refusal->why);
    } else {
      sink_.unit();
      sink_.used_unit();
    }
  }
  return records;
}

// What an exporter says of itself: what it lost, how it samples, when it started.
void ExportStream::take_options(const ExportValues& values, const Place& place,
                                std::uint32_t length) {
  sink_.unit();
  if (values.boot_us) {
    if (Domain* const domain = domain_of(place.domain)) domain->boot_us = values.boot_us;
  }
  const auto lost_packets = values.count[ExportValues::lost_packets];
  const auto lost_flows = values.count[ExportValues::lost_flows];
  const auto interval = values.number[ExportValues::sampling_interval];
  const auto space = values.number[ExportValues::sampling_space];
  if (!lost_packets && !lost_flows && !interval && !space) {
    sink_.note("ipfix.options_not_kept", "records about the exporter that say nothing of its loss");
    return sink_.blank_unit();
  }
  if (rows_.add_recorder(place.times, place.offset, length)) return sink_.blank_unit();
  static const FieldId kPeer = field_id("peer"), kPackets = field_id("packet_loss"),
                       kRecords = field_id("missed_records"), kSampling = field_id("sampling");
  sink_.add_field(kPeer, fmt::format("domain {}", place.domain & 0xffffffff));
  if (lost_packets) sink_.add_field(kPackets, std::to_string(*lost_packets));
  if (lost_flows) sink_.add_field(kRecords, std::to_string(*lost_flows));
  if (lost_packets.value_or(0) + lost_flows.value_or(0) > 0) {
    sink_.note("ipfix.exporter_lost", "the exporter says that it lost packets or flows");
  }
  // 305 and 306: so many packets are taken, then so many passed over.
  const std::string sampling =
      space      ? fmt::format("{} of {}", interval.value_or(1), interval.value_or(1) + *space)
      : interval ? fmt::format("1 of {}", *interval)
                 : std::string();
  sink_.add_field(kSampling, sampling);
  if (interval.value_or(0) > 1 || space.value_or(0) > 0) {
    sink_.note("ipfix.sampled", "the exporter looks at " + sampling + " packets");
  }
  sink_.used_unit();
}

void ExportStream::keep_waiting(std::uint16_t id, std::string_view set, const Place& place) {
  waiting_.push_back({place.domain, id, std::string(set), place.offset, place.times});
  waiting_for_.emplace(std::pair(place.domain, id), std::prev(waiting_.end()));
  waiting_bytes_ += set.size() + sizeof(Waiting);
  while (waiting_bytes_ > kMostWaitingBytes) refuse_oldest();
}

void ExportStream::refuse_oldest() {
  const Waiting& oldest = waiting_.front();
  reject("ipfix.template.unknown", {oldest.times, oldest.domain, oldest.offset}, oldest.bytes,
         fmt::format("no template {} was seen that says what its records are", oldest.id));
  waiting_bytes_ -= oldest.bytes.size() + sizeof(Waiting);
  // Of one template the sets stand in their order.
  waiting_for_.erase(waiting_for_.lower_bound({oldest.domain, oldest.id}));
  waiting_.pop_front();
}

void ExportStream::take_waiting(DomainKey domain, std::uint16_t id) {
  const auto [begin, end] = waiting_for_.equal_range({domain, id});
  if (begin == end) return;
  const ExportTemplate* layout = templates_.find(domain, id);
  for (auto each = begin; each != end; ++each) {
    const Waiting& waiting = *each->second;
    take_data(*layout, waiting.bytes, {waiting.times, domain, waiting.offset});
    waiting_bytes_ -= waiting.bytes.size() + sizeof(Waiting);
    waiting_.erase(each->second);
  }
  waiting_for_.erase(begin, end);
}

void ExportStream::finish() {
  while (!waiting_.empty()) refuse_oldest();
  rows_.note_missing();
}

}  // namespace assay
