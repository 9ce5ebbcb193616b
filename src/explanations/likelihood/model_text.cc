#include "explanations/likelihood/model_text.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "core/digest.h"

namespace assay::likelihood {
namespace {

constexpr std::string_view kSeal = "sha256 ";
constexpr std::size_t kHexDigits = 64;

}  // namespace

std::string seal_model(std::string text) {
  const std::string digest = sha256_hex(text);
  text += kSeal;
  text += digest;
  text += '\n';
  return text;
}

Error malformed_model(std::string_view kind, std::string_view what) {
  return {ErrorCode::malformed, fmt::format("model {}: {}", kind, what),
          "Take the file from the release again, or train the model anew."};
}

Result<std::string_view> open_model(std::string_view text, std::string_view kind,
                                    std::size_t most_bytes) {
  if (text.size() > most_bytes) {
    return malformed_model(kind, fmt::format("longer than {} bytes", most_bytes));
  }
  const std::size_t seal_size = kSeal.size() + kHexDigits + 1;
  if (text.substr(0, kind.size()) != kind || text.size() < kind.size() + 1 + seal_size ||
      text[kind.size()] != '\n') {
    return malformed_model(kind, "the first line does not name it");
  }
  const std::string_view body = text.substr(0, text.size() - seal_size);
  const std::string_view seal = text.substr(body.size());
  if (body.back() != '\n' || seal.substr(0, kSeal.size()) != kSeal || seal.back() != '\n' ||
      seal.substr(kSeal.size(), kHexDigits) != sha256_hex(body)) {
    return malformed_model(kind, "the seal does not hold: cut or changed");
  }
  return body.substr(kind.size() + 1);
}

std::string exact_text(double value) { return fmt::format("{}", value); }

std::optional<std::uint64_t> parse_count(std::string_view word, std::uint64_t most) {
  std::uint64_t value = 0;
  const char* last = word.data() + word.size();
  const auto [end, error] = std::from_chars(word.data(), last, value);
  if (word.empty() || error != std::errc() || end != last || value > most) return std::nullopt;
  return value;
}

// A loop of its own: trees have a hundred thousand words, and a general search costs more than
// reading them.
std::string_view Words::next() {
  std::size_t end = 0;
  while (end < rest_.size() && rest_[end] != ' ' && rest_[end] != '\n') ++end;
  if (end == rest_.size() || end == 0) {
    rest_ = {};
    return {};
  }
  const std::string_view word = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return word;
}

std::optional<std::uint64_t> Words::count(std::uint64_t most) {
  const auto value = parse_count(next(), most);
  if (!value) rest_ = {};
  return value;
}

std::optional<double> Words::number() {
  const std::string_view word = next();
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || error != std::errc() || end != word.data() + word.size() ||
      !std::isfinite(value)) {
    rest_ = {};
    return std::nullopt;
  }
  return value;
}

}  // namespace assay::likelihood
