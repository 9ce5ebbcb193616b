// IPFIX and NetFlow v5 and v9 in a file: the framing of messages. docs/formats/ipfix.md.
#include <fmt/core.h>

#include <algorithm>

#include "readers/byte_order.h"
#include "readers/export_stream.h"
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::size_t kMostMessageBytes = 65'535;
constexpr std::size_t kHeadBytes = 24;

// Bytes of a source, as many at once as a message has.
class Window {
 public:
  explicit Window(ByteSource& source) : source_(source) {}

  // Up to `most` bytes from here; fewer at the end.
  Result<std::string_view> look(std::size_t most) {
    if (buffer_.size() - at_ < most && !is_ended_) {
      buffer_.erase(0, at_);
      at_ = 0;
    }
    while (buffer_.size() - at_ < most && !is_ended_) {
      const std::size_t had = buffer_.size();
      buffer_.resize(had + kBlock);
      const auto got = source_.read(buffer_.data() + had, kBlock);
      buffer_.resize(had + (got.ok() ? *got : 0));
      if (!got.ok() && got.error().code != ErrorCode::malformed) return got.error();
      if (!got.ok()) damage_ = got.error().message;
      is_ended_ = !got.ok() || *got == 0;
    }
    return std::string_view(buffer_).substr(at_, most);
  }
  void skip(std::size_t count) {
    at_ += count;
    offset_ += count;
  }
  std::uint64_t offset() const { return offset_; }
  bool is_at_end_within(std::size_t count) const {
    return is_ended_ && buffer_.size() - at_ <= count;
  }
  const std::string& damage() const { return damage_; }

 private:
  static constexpr std::size_t kBlock = std::size_t{1} << 17;
  ByteSource& source_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t offset_ = 0;
  bool is_ended_ = false;
  std::string damage_;
};

// Bytes that begin no message, up to the next that do: one reject.
Status skip_damage(Window& window, RecordSink& sink) {
  const std::uint64_t begin = window.offset();
  std::string first;
  bool is_start = true;
  for (;;) {
    const auto bytes = window.look(kMostMessageBytes);
    if (!bytes.ok()) return bytes.error();
    if (first.empty()) first = bytes->substr(0, kMaxRejectText);
    const bool is_last = window.is_at_end_within(bytes->size());
    std::size_t at = is_start ? 1 : 0;
    is_start = false;
    for (; at + kHeadBytes <= bytes->size(); ++at) {
      if ((*bytes)[at] == 0 && parse_export_head(bytes->substr(at))) break;
    }
    const bool is_found = at + kHeadBytes <= bytes->size();
    window.skip(is_found || !is_last ? at : bytes->size());
    if (is_found || is_last) break;
  }
  const std::uint64_t length = window.offset() - begin;
  sink.unit();
  sink.reject("ipfix.message.unreadable", begin, length, std::string_view(first).substr(0, length),
              "no message begins here");
  return {};
}

class Ipfix final : public Reader {
 public:
  std::string_view name() const override { return "ipfix"; }
  std::string_view summary() const override {
    return "messages of IPFIX, packets of NetFlow v5 and v9, in a file";
  }
  std::string_view record_kind() const override { return "flow"; }
  std::string_view unit() const override { return "record"; }

  SniffScore sniff(std::string_view head) const override {
    const auto first = parse_export_head(head);
    if (!first) return {};
    const std::size_t length = first->length ? first->length : v9_length(head, true).value_or(0);
    // What follows must be a message too, or lie behind what is seen here.
    const bool has_next = length + kHeadBytes <= head.size();
    if (has_next && !parse_export_head(head.substr(length))) return {};
    if (!has_next && head.size() < first->bytes + 4) return {};
    if (!has_next && length > head.size() && head.size() < kSniffBytes) return {};
    const std::string_view kind = first->version == 10 ? "IPFIX" : "NetFlow";
    return {has_next ? 92 : 80, fmt::format("the head of a message of {} v{}{}", kind,
                                            first->version, has_next ? ", and of the next" : "")};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    Window window(source);
    ExportStream stream(context.clock.skew_us, sink);
    while (!sink.failure()) {
      auto bytes = window.look(kHeadBytes);
      if (!bytes.ok()) return bytes.error();
      if (bytes->empty()) break;
      const auto head = parse_export_head(*bytes);
      if (!head) {
        ASSAY_TRY(skip_damage(window, sink));
        continue;
      }
      bytes = window.look(head->length ? head->length : kMostMessageBytes);
      if (!bytes.ok()) return bytes.error();
      const std::size_t length = head->length ? std::min(head->length, bytes->size())
                                              : v9_length(*bytes, true).value_or(bytes->size());
      stream.take(*head, bytes->substr(0, length), window.offset());
      window.skip(length);
    }
    stream.finish();
    if (!window.damage().empty()) {
      sink.unit();
      sink.reject("input.damaged", window.offset(), 0, "",
                  "the input is cut or corrupt from here on: " + window.damage());
    }
    return flushed(sink);
  }
};

}  // namespace

const Reader& ipfix_reader() {
  static const Ipfix reader;
  return reader;
}

}  // namespace assay
