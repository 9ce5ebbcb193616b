#include "readers/tls_version.h"

#include <algorithm>
#include <utility>

namespace assay {

namespace {

// What is left of a version's name without its "v", blanks, dots and underscores.
constexpr std::pair<std::string_view, std::string_view> kVersions[] = {
    {"SSL2", "SSLv2"},      {"SSL20", "SSLv2"},    {"SSL3", "SSLv3"},      {"SSL30", "SSLv3"},
    {"TLS1", "TLSv1.0"},    {"TLS10", "TLSv1.0"},  {"TLS11", "TLSv1.1"},   {"TLS12", "TLSv1.2"},
    {"TLS13", "TLSv1.3"},   {"DTLS1", "DTLSv1.0"}, {"DTLS10", "DTLSv1.0"}, {"DTLS12", "DTLSv1.2"},
    {"DTLS13", "DTLSv1.3"},
};

}  // namespace

std::string tls_version_text(std::string_view written) {
  std::string letters;
  for (const char c : written) {
    if (std::string_view("vV ._").find(c) != std::string_view::npos) continue;
    letters += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const auto* found = std::find_if(std::begin(kVersions), std::end(kVersions),
                                   [&](const auto& each) { return each.first == letters; });
  return std::string(found == std::end(kVersions) ? written : found->second);
}

}  // namespace assay
