// Ed25519 keys and signatures (RFC 8032) through OpenSSL, so that `openssl pkeyutl -rawin` checks
// what we sign.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "assay/result.h"

namespace assay::collecting {

inline constexpr std::size_t kSignatureBytes = 64;

class SigningKey {
 public:
  // Errors: not_found, usage (no Ed25519 key, or one under a passphrase).
  static Result<SigningKey> load(const std::string& path);
  Result<std::string> sign(std::string_view bytes) const;  // 64 bytes
  const std::string& public_pem() const { return public_pem_; }
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  std::shared_ptr<void> key_;
  std::string public_pem_, fingerprint_;
};

// SHA-256 of the public key as SubjectPublicKeyInfo in DER, hex. Errors: usage.
Result<std::string> fingerprint_of_public_key(std::string_view pem);
// Errors: usage, when `pem` is no Ed25519 public key.
Result<bool> is_signed_by(std::string_view pem, std::string_view bytes, std::string_view signature);

}  // namespace assay::collecting
