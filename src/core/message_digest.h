// Digests of mail's signatures: SHA-256, and SHA-1, which old ones have. A copy goes on from where
// the original stands.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

enum class DigestKind { sha1, sha256 };

class MessageDigest {
 public:
  explicit MessageDigest(DigestKind kind);
  ~MessageDigest();
  MessageDigest(const MessageDigest& other);
  MessageDigest(MessageDigest&&) noexcept;
  MessageDigest& operator=(const MessageDigest&) = delete;

  void update(std::string_view bytes);
  // The digest's bytes, "" where OpenSSL lacks it. Call once, at the end.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Nothing unless `text` is base64; blanks and folds are passed over.
std::optional<std::string> base64_bytes(std::string_view text);
std::string base64_text(std::string_view bytes);

}  // namespace assay
