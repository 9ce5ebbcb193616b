#include "collect/signature.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "assay/collect.h"
#include "collect/system.h"
#include "core/digest.h"

namespace assay::collecting {
namespace {

constexpr std::uint64_t kMostKeyBytes = 64 * 1024;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* bytes_of_text(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Never asks at the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

Owned<BIO> bio_of(std::string_view text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool is_ed25519(const Owned<EVP_PKEY>& key) {
  return key != nullptr && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519;
}

Owned<EVP_PKEY> public_key(std::string_view pem) {
  const auto bio = bio_of(pem);
  Owned<EVP_PKEY> key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return key;
}

Error no_public_key() {
  return {ErrorCode::usage, "that is no Ed25519 public key in PEM",
          "openssl pkey -in KEY.pem -pubout -out KEY.pem.pub"};
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string public_pem_of(EVP_PKEY* key) {
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(out.get(), key);
  return text_of(out.get());
}

Status write_new(const std::string& path, std::string_view bytes, mode_t mode) {
  const Handle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file.is_open()) return system_problem("write", path);
  ASSAY_TRY(write_whole(file.number(), bytes, path));
  return sync_file(file.number(), path);
}

}  // namespace

Result<SigningKey> SigningKey::load(const std::string& path) {
  auto text = read_small_file(path, kMostKeyBytes);
  if (!text.ok()) return text.error();
  const auto bio = bio_of(*text);
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!is_ed25519(key)) {
    return Error{
        ErrorCode::usage,
        fmt::format("{} is no Ed25519 private key in PEM without a passphrase", readable(path)),
        "make one: assay collect keygen KEY.pem (or openssl genpkey -algorithm ed25519)"};
  }
  SigningKey loaded;
  loaded.public_pem_ = public_pem_of(key.get());
  auto fingerprint = fingerprint_of_public_key(loaded.public_pem_);
  if (!fingerprint.ok()) return fingerprint.error();
  loaded.fingerprint_ = *fingerprint;
  loaded.key_ = std::shared_ptr<void>(
      key.release(), [](void* held) { EVP_PKEY_free(static_cast<EVP_PKEY*>(held)); });
  return loaded;
}

Result<std::string> SigningKey::sign(std::string_view bytes) const {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                         static_cast<EVP_PKEY*>(key_.get())) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes_of_text(bytes), bytes.size()) != 1 ||
      size != kSignatureBytes) {
    return Error{ErrorCode::internal, "OpenSSL could not sign", ""};
  }
  return signature;
}

Result<std::string> fingerprint_of_public_key(std::string_view pem) {
  const auto key = public_key(pem);
  if (!is_ed25519(key)) return no_public_key();
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) return no_public_key();
  const std::string fingerprint =
      sha256_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return fingerprint;
}

Result<bool> is_signed_by(std::string_view pem, std::string_view bytes,
                          std::string_view signature) {
  const auto key = public_key(pem);
  if (!is_ed25519(key)) return no_public_key();
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const bool holds =
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of_text(signature), signature.size(),
                       bytes_of_text(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return holds;
}

}  // namespace assay::collecting

namespace assay {

Status make_collector_key(const std::string& path) {
  using namespace collecting;
  const Owned<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key == nullptr) return Error{ErrorCode::unsupported, "OpenSSL has no Ed25519 here", ""};
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  ASSAY_TRY(write_new(path, text_of(out.get()), 0600));
  return write_new(path + ".pub", public_pem_of(key.get()), 0644);
}

}  // namespace assay
