#include "engine/recorder_losses.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "readers/text_numbers.h"

namespace assay {
namespace {

std::string folder_of(const Evidence& evidence) {
  const bool is_member = evidence.container != 0;
  return std::filesystem::path(is_member ? evidence.member : evidence.path).parent_path();
}

// Suricata counts since its start: what was lost between two statistics is their difference. A
// count that fell began anew.
struct Counters {
  std::uint64_t dropped = 0, packets = 0;
  std::int64_t time_us = 0;
  bool is_known = false;
};

class Losses {
 public:
  Losses(const Interval& window, const ClockShifts& shifts,
         const std::map<std::uint32_t, std::vector<std::uint32_t>>& told_of)
      : window_(window), shifts_(shifts), told_of_(told_of) {}

  void take(const StoredRecord& record) {
    static const FieldId kPercent = field_id("percent_lost"), kDropped = field_id("packet_loss"),
                         kMetric = field_id("metric"), kValue = field_id("value");
    if ((record.row.flags & kTimeUnknown) != 0) return;
    std::string_view percent, dropped, packets;
    bool are_packets = false;
    for (const auto& [field, text] : record.fields) {
      if (field == kPercent) percent = text;
      if (field == kDropped) dropped = text;
      if (field == kMetric) are_packets = text == "capture.kernel_packets";
      if (field == kValue) packets = text;
    }
    if (!percent.empty()) {
      const auto lost = parse_number<double>(percent);
      if (lost) add(record, {record.row.time_us, record.row.until_us}, *lost / 100);
    } else if (!dropped.empty()) {
      take_counters(record, dropped, are_packets ? packets : "");
    }
  }

  std::vector<RecorderLoss> sorted() {
    std::sort(losses_.begin(), losses_.end(), [](const RecorderLoss& a, const RecorderLoss& b) {
      return std::tie(a.when.begin_us, a.evidence, a.offset) <
             std::tie(b.when.begin_us, b.evidence, b.offset);
    });
    return std::move(losses_);
  }

 private:
  void take_counters(const StoredRecord& record, std::string_view dropped,
                     std::string_view packets) {
    Counters now;
    now.dropped = parse_number<std::uint64_t>(dropped).value_or(0);
    now.packets = parse_number<std::uint64_t>(packets).value_or(0);
    now.time_us = record.row.time_us;
    now.is_known = true;
    Counters& before = counters_[record.evidence];
    const bool goes_on = before.is_known && before.dropped <= now.dropped;
    const std::uint64_t lost = now.dropped - (goes_on ? before.dropped : 0);
    const std::uint64_t first = goes_on && before.packets <= now.packets ? before.packets : 0;
    const std::uint64_t all = std::max(now.packets - first, lost);
    const Interval when{before.is_known ? before.time_us : now.time_us - 1, now.time_us};
    before = now;
    if (lost > 0) add(record, when, static_cast<double>(lost) / static_cast<double>(all));
  }

  void add(const StoredRecord& record, Interval when, double share) {
    const std::int64_t shift = shifts_.of(record.evidence);
    when = {when.begin_us + shift, std::max(when.end_us, when.begin_us + 1) + shift};
    when = intersect(when, window_);
    if (when.empty() || !(share > 0)) return;
    share = std::min(share, 1.0);
    if (losses_.size() == kMaxLosses) {
      RecorderLoss& last = losses_.back();
      last.when.end_us = std::max(last.when.end_us, when.end_us);
      last.share = std::max(last.share, share);
      return;
    }
    losses_.push_back(
        {when, share, told_of_.at(record.evidence), record.evidence, record.row.offset});
  }

  Interval window_;
  const ClockShifts& shifts_;
  const std::map<std::uint32_t, std::vector<std::uint32_t>>& told_of_;
  std::map<std::uint32_t, Counters> counters_;
  std::vector<RecorderLoss> losses_;
};

}  // namespace

bool is_one_recorder(const Evidence& teller, const Evidence& other) {
  if (teller.number == other.number) return true;
  const bool are_two_vantages = teller.vantage != Vantage::unknown &&
                                other.vantage != Vantage::unknown &&
                                teller.vantage != other.vantage;
  if (are_two_vantages || teller.container != other.container) return false;
  return folder_of(teller) == folder_of(other);
}

Result<std::vector<RecorderLoss>> load_losses(RecordStore& store,
                                              const std::vector<Evidence>& evidences,
                                              const Interval& window, const ClockShifts& shifts) {
  RowFilter filter;
  filter.kinds = {RecordKind::recorder};
  std::map<std::uint32_t, std::vector<std::uint32_t>> told_of;
  for (const Evidence& teller : evidences) {
    const auto rows = teller.kinds.find(std::string(kind_word(RecordKind::recorder)));
    if (teller.state != ReadState::read || rows == teller.kinds.end() || rows->second == 0) {
      continue;
    }
    filter.evidences.push_back(teller.number);
    for (const Evidence& other : evidences) {
      if (other.state == ReadState::read && is_one_recorder(teller, other)) {
        told_of[teller.number].push_back(other.number);
      }
    }
  }
  if (filter.evidences.empty()) return std::vector<RecorderLoss>();
  Losses losses(window, shifts, told_of);
  ASSAY_TRY(store.records(filter, [&](const StoredRecord& record) {
    losses.take(record);
    return true;
  }));
  return losses.sorted();
}

void object_to_losses(const std::vector<RecorderLoss>& losses,
                      const std::vector<Evidence>& evidences, std::vector<Recorder>& recorders) {
  for (Recorder& recorder : recorders) {
    if (!recorder.objection.empty()) continue;
    const RecorderLoss* largest = nullptr;
    for (const RecorderLoss& loss : losses) {
      const bool is_its =
          std::any_of(recorder.pieces.begin(), recorder.pieces.end(), [&](const Evidence* piece) {
            return std::find(loss.of.begin(), loss.of.end(), piece->number) != loss.of.end();
          });
      if (is_its && (largest == nullptr || loss.share > largest->share)) largest = &loss;
    }
    if (largest == nullptr) continue;
    const auto teller = std::find_if(evidences.begin(), evidences.end(), [&](const Evidence& each) {
      return each.number == largest->evidence;
    });
    recorder.objection =
        fmt::format("it says itself that it lost {:.2g} % in {} ({}:{})", largest->share * 100,
                    format_interval(largest->when),
                    teller == evidences.end() ? std::string() : teller->id, largest->offset);
  }
}

}  // namespace assay
