#include "core/digest.h"

#include <openssl/evp.h>

#include <array>
#include <cassert>

namespace assay {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string Sha256::hex_so_far() const {
  Sha256 copy;
  EVP_MD_CTX_copy_ex(copy.state_->context, state_->context);
  return copy.hex();
}

std::string Sha256::hex() {
  std::array<unsigned char, 32> digest{};
  unsigned int length = 0;
  EVP_DigestFinal_ex(state_->context, digest.data(), &length);
  return hex_digits({reinterpret_cast<const char*>(digest.data()), length});
}

std::string edrm_mih(std::string_view message_id) {
  const std::string framed = "<" + std::string(message_id) + ">";
  std::array<unsigned char, 16> digest{};
  // Where only approved hashes are allowed (FIPS) there is no MD5.
  if (EVP_Digest(framed.data(), framed.size(), digest.data(), nullptr, EVP_md5(), nullptr) != 1) {
    return "";
  }
  return hex_digits({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string hex_digits(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.hex();
}

}  // namespace assay
