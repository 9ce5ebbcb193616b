// Sender Policy Framework (RFC 7208), evaluated on records that somebody hands over: never on the
// network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/names.h"

namespace assay::methods {

enum class SpfResult { none, neutral, pass, fail, softfail, temperror, permerror };
std::string_view word_of(SpfResult result);

struct SpfAnswer {
  bool is_known = false;            // that the name has these records, or none
  std::vector<std::string> values;  // texts, addresses, names, "10 mx.example."
};
// Of a name in lower case without its last dot. `is_made`: by a macro, from this one transfer.
using SpfLookup =
    std::function<SpfAnswer(const std::string& name, std::uint16_t type, bool is_made)>;

struct SpfAsked {
  IpAddress client;
  std::string sender;  // "user@domain"; a domain alone stands for postmaster there
  std::string helo;
};

struct SpfVerdict {
  SpfResult result = SpfResult::none;
  std::string missing;    // of temperror: "TXT of x.example"; "" = the lookup failed otherwise
  std::string why;        // of permerror
  std::string mechanism;  // that decided, as written
};

inline constexpr int kMostSpfLookups = 10;  // section 4.6.4
inline constexpr int kMostVoidLookups = 2;
inline constexpr std::size_t kMostSpfTerms = 500;  // of one record

SpfVerdict check_spf(const SpfAsked& asked, const SpfLookup& lookup);

}  // namespace assay::methods
