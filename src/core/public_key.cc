#include "core/public_key.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace assay {

struct PublicKey::Key {
  EVP_PKEY* key;
  explicit Key(EVP_PKEY* taken) : key(taken) {}
  ~Key() { EVP_PKEY_free(key); }
  Key(const Key&) = delete;
};

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

}  // namespace

std::optional<PublicKey> PublicKey::rsa(std::string_view der) {
  if (der.size() > 8'192) return std::nullopt;
  const unsigned char* at = bytes_of(der);
  EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()));
  if (key == nullptr) {
    at = bytes_of(der);
    key = d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size()));
  }
  if (key == nullptr) return std::nullopt;
  PublicKey made(std::make_shared<Key>(key), true);
  if (EVP_PKEY_base_id(key) != EVP_PKEY_RSA || made.bits() > kMaxRsaBits) return std::nullopt;
  return made;
}

std::optional<PublicKey> PublicKey::ed25519(std::string_view bytes) {
  if (bytes.size() != 32) return std::nullopt;
  EVP_PKEY* key =
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size());
  if (key == nullptr) return std::nullopt;
  return PublicKey(std::make_shared<Key>(key), false);
}

int PublicKey::bits() const { return EVP_PKEY_get_bits(key_->key); }

bool PublicKey::verifies(DigestKind kind, std::string_view digest,
                         std::string_view signature) const {
  if (digest.empty() || signature.empty()) return false;
  if (!is_rsa_) {
    const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_->key) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(digest),
                            digest.size()) == 1;
  }
  const Context context(EVP_PKEY_CTX_new(key_->key, nullptr), EVP_PKEY_CTX_free);
  const EVP_MD* algorithm = kind == DigestKind::sha1 ? EVP_sha1() : EVP_sha256();
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), algorithm) == 1 &&
         EVP_PKEY_verify(context.get(), bytes_of(signature), signature.size(), bytes_of(digest),
                         digest.size()) == 1;
}

}  // namespace assay
