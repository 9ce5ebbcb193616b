// Zeek's capture_loss.log: how much of the traffic the sensor did not see, interval after interval.
// docs/formats/zeek_capture_loss.md.
#include <fmt/core.h>

#include <array>

#include "readers/readers.h"
#include "readers/storable_time.h"
#include "readers/text_numbers.h"
#include "readers/zeek_log.h"

namespace assay {

namespace {

enum Slot : std::size_t { kDelta = kZeekRespPort + 1, kPeer, kGaps, kAcks, kPercentLost };

// The ends stand empty: this log has none.
constexpr std::array<ZeekColumn, kPercentLost + 1> kColumns = {{{"ts"},
                                                                {"id.orig_h"},
                                                                {"id.orig_p"},
                                                                {"id.resp_h"},
                                                                {"id.resp_p"},
                                                                {"ts_delta"},
                                                                {"peer"},
                                                                {"gaps"},
                                                                {"acks"},
                                                                {"percent_lost"}}};
static_assert(kColumns[kPercentLost].name == "percent_lost");

constexpr std::array<std::string_view, 4> kSigns = {"ts_delta", "gaps", "acks", "percent_lost"};

class CaptureLossTaker final : public ZeekTaker {
 public:
  explicit CaptureLossTaker(RecordSink& sink) : sink_(sink) {}

  void take(ZeekRecord& record, RecordRow row) override {
    const std::int64_t delta = record.micros(kDelta);
    const std::uint64_t gaps = record.count(kGaps);
    record.count(kAcks);
    if (record.has_problem()) return;
    // The stamp is that of the interval's end.
    if (delta < 0 || !add_skew(row.until_us, -delta, row.time_us)) return record.refuse(kDelta);
    static const FieldId kIntervalField = field_id("interval_seconds"),
                         kPeerField = field_id("peer"), kGapsField = field_id("gaps"),
                         kAcksField = field_id("acks"), kPercentField = field_id("percent_lost");
    sink_.add_record(row);
    if (record.has(kDelta)) {
      sink_.add_field(kIntervalField,
                      fmt::format("{}.{:06}", delta / kMicrosPerSecond, delta % kMicrosPerSecond));
    }
    sink_.add_field(kPeerField, record.text(kPeer));
    sink_.add_field(kGapsField, record.text(kGaps));
    sink_.add_field(kAcksField, record.text(kAcks));
    sink_.add_field(kPercentField, record.text(kPercentLost));
    if (gaps > 0) {
      sink_.note("zeek.capture_loss",
                 fmt::format("gaps in the interval that ended at {}: {} for {} acknowledgements",
                             format_utc(row.until_us), gaps, record.text(kAcks)));
    }
  }

 private:
  RecordSink& sink_;
};

}  // namespace

const Reader& zeek_capture_loss_reader() {
  static const ZeekLog reader({"zeek_capture_loss", "capture_loss.log of Zeek, TSV or JSON lines",
                               RecordKind::recorder, "capture_loss", kColumns, kSigns, 3,
                               [](RecordSink& sink) -> std::unique_ptr<ZeekTaker> {
                                 return std::make_unique<CaptureLossTaker>(sink);
                               }});
  return reader;
}

}  // namespace assay
