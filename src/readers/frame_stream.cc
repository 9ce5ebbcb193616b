#include "readers/frame_stream.h"

#include <fmt/core.h>

#include <algorithm>

#include "readers/byte_order.h"

namespace assay {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::uint32_t kFieldContentType = 1;

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Reads what follows a control frame's length.
void parse_control(std::span<const std::uint8_t> body, StreamFrame& frame) {
  const std::uint32_t type = body.size() < 4 ? 0 : be32(body.data());
  if (type < static_cast<std::uint32_t>(ControlType::accept) ||
      type > static_cast<std::uint32_t>(ControlType::finish)) {
    frame.problem = "a control frame of no known type";
    return;
  }
  frame.control = static_cast<ControlType>(type);
  for (std::size_t at = 4; at < body.size();) {
    const std::size_t left = body.size() - at;
    const std::uint32_t length = left < 8 ? 0 : be32(body.data() + at + 4);
    if (left < 8 || length > left - 8) {
      frame.problem = "a field of a control frame runs past its end";
      return;
    }
    if (be32(body.data() + at) == kFieldContentType && frame.content_type.empty()) {
      frame.content_type = text_of(body.subspan(at + 8, length));
    }
    at += 8 + std::size_t{length};
  }
}

}  // namespace

bool FrameStream::refuse(std::string_view code, std::string why) {
  const auto rest = window_.need(kMaxRejectText);
  if (!window_.damage().empty()) {
    code = "input.damaged";
    why = "the input is cut or corrupt from here on: " + window_.damage();
  }
  const auto text = text_of(rest.first(std::min(rest.size(), kMaxRejectText)));
  damage_ = {code, std::move(why), std::string(text)};
  return false;
}

bool FrameStream::take_control(StreamFrame& frame) {
  auto bytes = window_.need(2 * kLengthBytes);
  if (bytes.size() < 2 * kLengthBytes) {
    return refuse("dnstap.truncated", "the input ends inside a control frame");
  }
  const std::uint32_t length = be32(bytes.data() + kLengthBytes);
  if (length > kMaxControlBytes) {
    return refuse(
        "dnstap.frame.too_long",
        fmt::format("a control frame of {} bytes; {} are allowed", length, kMaxControlBytes));
  }
  const std::size_t whole = 2 * kLengthBytes + length;
  bytes = window_.need(whole);
  if (bytes.size() < whole) {
    return refuse("dnstap.truncated", "the input ends inside a control frame");
  }
  frame.length = static_cast<std::uint32_t>(whole);
  frame.payload = bytes.first(whole);
  parse_control(bytes.subspan(2 * kLengthBytes, length), frame);
  window_.skip(whole);
  return true;
}

bool FrameStream::next(StreamFrame& frame) {
  auto bytes = window_.need(kLengthBytes);
  if (bytes.empty() || window_.failure()) {
    return window_.damage().empty() ? false : refuse({}, {});
  }
  frame = StreamFrame{};
  frame.offset = window_.offset();
  if (bytes.size() < kLengthBytes) {
    return refuse("dnstap.truncated", "the input ends inside a frame's length");
  }
  const std::uint32_t length = be32(bytes.data());
  if (length == 0) return take_control(frame);
  if (length > kMaxFrameBytes) {
    return refuse("dnstap.frame.too_long",
                  fmt::format("a frame of {} bytes; {} are allowed", length, kMaxFrameBytes));
  }
  const std::size_t whole = kLengthBytes + length;
  if (bytes.size() < whole) bytes = window_.need(whole);
  if (bytes.size() < whole) {
    return refuse("dnstap.truncated",
                  fmt::format("the input ends inside a frame of {} bytes", length));
  }
  frame.length = static_cast<std::uint32_t>(whole);
  frame.payload = bytes.subspan(kLengthBytes, length);
  window_.skip(whole);
  return true;
}

}  // namespace assay
