// Public keys as key records of DKIM publish them, and what they verify. Through OpenSSL.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "core/message_digest.h"

namespace assay {

// A larger modulus takes long to try and is nobody's: RFC 8301 asks for 4,096 bits at most.
inline constexpr int kMaxRsaBits = 8'192;

class PublicKey {
 public:
  // SubjectPublicKeyInfo in DER, or the bare RSAPublicKey that RFC 8017 has and some published.
  static std::optional<PublicKey> rsa(std::string_view der);
  static std::optional<PublicKey> ed25519(std::string_view bytes);  // 32 of them, RFC 8463

  bool is_rsa() const { return is_rsa_; }
  int bits() const;
  // RSA: PKCS #1 v1.5 over this digest (RFC 8017 section 8.2.2). Ed25519: over the digest's bytes
  // as the message (RFC 8463 section 3).
  bool verifies(DigestKind kind, std::string_view digest, std::string_view signature) const;

 private:
  struct Key;
  explicit PublicKey(std::shared_ptr<const Key> key, bool is_rsa)
      : key_(std::move(key)), is_rsa_(is_rsa) {}
  std::shared_ptr<const Key> key_;
  bool is_rsa_ = true;
};

}  // namespace assay
