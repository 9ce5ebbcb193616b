// The name that a TLS client asks for (RFC 8446 section 4.1.2, RFC 6066 section 3), if it says one.
#pragma once

#include <string>
#include <string_view>

namespace assay {

inline constexpr std::size_t kMaxHelloBytes = 16 << 10;

// Whether TLS records may begin here: a content type, then version 3.x.
bool looks_like_tls(std::string_view bytes);

// Collects the client's first bytes.
class TlsHello {
 public:
  void take(std::string_view bytes);
  void lose() { is_over_ = true; }
  // Empty: there is none, or it was not seen.
  const std::string& server_name() const { return server_name_; }
  std::size_t held_bytes() const { return bytes_.size(); }

 private:
  bool read(std::string_view records);

  std::string bytes_, server_name_;
  bool is_over_ = false;
};

}  // namespace assay
