// dnstap in Frame Streams files. The format and its codes: docs/formats/dnstap.md.
#include <fmt/core.h>

#include <algorithm>

#include "readers/byte_order.h"
#include "readers/dnstap_rows.h"
#include "readers/frame_stream.h"
#include "readers/memory_source.h"
#include "readers/readers.h"

namespace assay {
namespace {

constexpr std::string_view kContentType = "protobuf:dnstap.Dnstap";

// Takes the frames of one input, control frames too.
class DnstapRead {
 public:
  DnstapRead(RecordSink& sink, std::int64_t skew_us) : sink_(sink), rows_(sink, skew_us) {}

  void take(const StreamFrame& frame) {
    sink_.unit();
    if (!frame.problem.empty()) return reject(frame, "dnstap.control.unreadable", frame.problem);
    if (frame.control != ControlType::data) return take_control(frame);
    if (is_other_content_) return reject(frame, kOtherContent, kOtherContentWhy);
    if (state_ == State::begun) {
      sink_.note("dnstap.start_missing", "data without a START frame before it");
    } else if (state_ == State::stopped) {
      sink_.note("dnstap.data_after_stop", "data behind a STOP frame, without another START");
    }
    rows_.take(frame.payload, {frame.offset, frame.length});
  }

  void finish(bool is_damaged) {
    rows_.finish();
    if (state_ == State::started && !is_damaged) {
      sink_.note("dnstap.stop_missing",
                 "the input ends without a STOP frame: its writer did not close it");
    }
  }

 private:
  enum class State { begun, started, stopped };
  static constexpr std::string_view kOtherContent = "dnstap.content.other";
  static constexpr std::string_view kOtherContentWhy = "the stream says that it holds no dnstap";

  void reject(const StreamFrame& frame, std::string_view code, std::string_view why) {
    sink_.reject(code, frame.offset, frame.length,
                 {reinterpret_cast<const char*>(frame.payload.data()), frame.payload.size()}, why);
  }

  void take_control(const StreamFrame& frame) {
    if (frame.control == ControlType::start) {
      state_ = State::started;
      is_other_content_ = !frame.content_type.empty() && frame.content_type != kContentType;
      if (is_other_content_) return reject(frame, kOtherContent, kOtherContentWhy);
    } else if (frame.control == ControlType::stop) {
      state_ = State::stopped;
    }
    sink_.blank_unit();
  }

  RecordSink& sink_;
  DnstapRows rows_;
  State state_ = State::begun;
  bool is_other_content_ = false;
};

class Dnstap final : public Reader {
 public:
  std::string_view name() const override { return "dnstap"; }
  std::string_view summary() const override {
    return "dnstap: queries and answers as name servers write them (Frame Streams)";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "frame"; }

  SniffScore sniff(std::string_view head) const override {
    MemorySource source(head);
    FrameStream stream(source);
    bool has_control = false;
    for (StreamFrame frame; stream.next(frame);) {
      if (!frame.problem.empty()) return {};
      if (frame.control != ControlType::data) {
        has_control = true;
        if (frame.content_type == kContentType) {
          return {100, fmt::format("a Frame Streams control frame naming {}", kContentType)};
        }
        if (!frame.content_type.empty()) return {0, "Frame Streams of another content type"};
        continue;
      }
      DnstapMessage message;
      const bool is_dnstap = parse_dnstap(frame.payload, message) && message.type == 1 &&
                             message.kind > 0 && message.kind <= kDnstapKinds;
      if (!is_dnstap) return {};
      return {has_control ? 90 : 70, fmt::format("a frame with a dnstap message of kind {}",
                                                 dnstap_kind_word(message.kind))};
    }
    return {};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    FrameStream stream(source);
    DnstapRead read(sink, context.clock.skew_us);
    StreamFrame frame;
    while (!sink.failure() && stream.next(frame)) read.take(frame);
    const std::uint64_t end = stream.offset();
    const std::uint64_t size = stream.drain();
    const FrameStream::Damage& damage = stream.damage();
    if (!damage.code.empty()) {
      sink.unit();
      sink.reject(damage.code, end, size - end, damage.text, damage.why);
    }
    read.finish(!damage.code.empty());
    sink.flush();
    if (stream.failure()) return *stream.failure();
    return sink.failure() ? Status(*sink.failure()) : Status();
  }
};

}  // namespace

const Reader& dnstap_reader() {
  static const Dnstap reader;
  return reader;
}

}  // namespace assay
