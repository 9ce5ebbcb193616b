// Hashes through OpenSSL, in pieces or at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace assay {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  // Lower-case hex of everything so far. Call once, at the end.
  std::string hex();
  // The same, and more may follow.
  std::string hex_so_far() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);
// MD5 in hex of a Message-ID in its angle brackets, which `message_id` lacks: tools of discovery
// compare their lists by it (EDRM Message ID Hash 1.0, 2023). No proof: MD5 can be collided.
// Empty where OpenSSL has no MD5.
std::string edrm_mih(std::string_view message_id);
// Two lower-case digits a byte.
std::string hex_digits(std::string_view bytes);

}  // namespace assay
