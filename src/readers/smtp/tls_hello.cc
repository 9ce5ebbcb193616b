#include "readers/smtp/tls_hello.h"

#include <algorithm>
#include <cstdint>

namespace assay {
namespace {

constexpr std::uint8_t kHandshake = 22, kClientHello = 1;
constexpr std::size_t kRecordHead = 5, kMessageHead = 4;
constexpr std::size_t kMaxNameBytes = 255;

// Takes pieces off the front; after one that was not there, everything is empty.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      is_short_ = true;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const char c : take(bytes)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view counted(std::size_t bytes) { return take(number(bytes)); }
  bool is_short() const { return is_short_; }
  bool is_empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

std::string name_in(std::string_view hello) {
  Cursor at(hello);
  at.take(2 + 32);  // version, random
  at.counted(1);    // session
  at.counted(2);    // ciphers
  at.counted(1);    // compression
  Cursor extensions(at.counted(2));
  while (!extensions.is_empty()) {
    const bool is_name = extensions.number(2) == 0;
    Cursor body(extensions.counted(2));
    if (!is_name || extensions.is_short()) continue;
    Cursor names(body.counted(2));
    while (!names.is_empty()) {
      const bool is_host = names.number(1) == 0;
      const std::string_view name = names.counted(2);
      if (is_host && !names.is_short()) return std::string(name.substr(0, kMaxNameBytes));
    }
  }
  return {};
}

}  // namespace

bool looks_like_tls(std::string_view bytes) {
  return bytes.size() >= 3 && bytes[0] >= 20 && bytes[0] <= 23 && bytes[1] == 3 && bytes[2] >= 0 &&
         bytes[2] <= 4;
}

// False: more bytes are needed.
bool TlsHello::read(std::string_view records) {
  std::string message;  // a handshake message may be spread over records
  Cursor at(records);
  while (!at.is_empty()) {
    const std::size_t type = at.number(1);
    at.take(2);
    const std::string_view body = at.counted(2);
    if (at.is_short()) return false;
    if (type != kHandshake) return true;
    message += body;
    Cursor head(message);
    const std::size_t kind = head.number(1);
    const std::string_view hello = head.counted(3);
    if (message.size() >= kMessageHead && kind != kClientHello) return true;
    if (head.is_short()) continue;
    server_name_ = name_in(hello);
    return true;
  }
  return false;
}

void TlsHello::take(std::string_view bytes) {
  if (is_over_) return;
  bytes_ += bytes.substr(0, kMaxHelloBytes - bytes_.size());
  if (bytes_.size() < kRecordHead) return;
  is_over_ = read(bytes_) || bytes_.size() >= kMaxHelloBytes;
  if (is_over_) bytes_.clear();
}

}  // namespace assay
