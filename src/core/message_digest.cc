#include "core/message_digest.h"

#include <openssl/evp.h>

#include <array>

#include "core/tag_list.h"

namespace assay {

struct MessageDigest::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  bool is_sound = false;
  State() = default;
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
};

MessageDigest::MessageDigest(DigestKind kind) : state_(std::make_unique<State>()) {
  const EVP_MD* algorithm = kind == DigestKind::sha1 ? EVP_sha1() : EVP_sha256();
  state_->is_sound = EVP_DigestInit_ex(state_->context, algorithm, nullptr) == 1;
}
MessageDigest::~MessageDigest() = default;
MessageDigest::MessageDigest(MessageDigest&&) noexcept = default;
MessageDigest::MessageDigest(const MessageDigest& other) : state_(std::make_unique<State>()) {
  state_->is_sound =
      other.state_->is_sound && EVP_MD_CTX_copy_ex(state_->context, other.state_->context) == 1;
}

void MessageDigest::update(std::string_view bytes) {
  if (state_->is_sound) EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string MessageDigest::finish() {
  std::array<char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  auto* bytes = reinterpret_cast<unsigned char*>(digest.data());
  if (!state_->is_sound || EVP_DigestFinal_ex(state_->context, bytes, &length) != 1) return "";
  return {digest.data(), length};
}

std::optional<std::string> base64_bytes(std::string_view text) {
  std::string bare = TagList::without_blanks(text);
  if (bare.empty() || bare.size() > INT32_MAX) return std::nullopt;
  // Some signers leave the padding out, which changes nothing of what is said.
  while (bare.size() % 4 != 0) bare += '=';
  const std::size_t padding = bare.ends_with("===")  ? 3
                              : bare.ends_with("==") ? 2
                                                     : bare.ends_with('=');
  if (padding == 3) return std::nullopt;
  std::string out(bare.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bare.data()),
                                     static_cast<int>(bare.size()));
  if (length < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(length) - padding);
  return out;
}

std::string base64_text(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

}  // namespace assay
