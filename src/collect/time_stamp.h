// Time stamps of RFC 3161, checked against a certificate that the user gives and nothing else.
#pragma once

#include <string>

#include "assay/result.h"

namespace assay::collecting {

struct TimeStamp {
  std::string time;       // RFC 3339, UTC
  std::string authority;  // subject of the certificate that signed
  std::string problem;    // why it does not hold; "" = it holds
};

// `token_path`: a response or the token out of one, DER. `certificates_path`: PEM, of the authority
// or of who issued its certificate. Errors: not_found, usage (no token, no certificate).
Result<TimeStamp> check_time_stamp(const std::string& token_path,
                                   const std::string& certificates_path, const std::string& sha256);

}  // namespace assay::collecting
