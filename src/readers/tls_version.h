// One spelling for the versions of TLS.
#pragma once

#include <string>
#include <string_view>

namespace assay {

// "TLSv1.2", "DTLSv1.2" or "SSLv3" for what programs write as "TLS1.2", "TLS1_2", "TLSv12",
// "TLS 1.2" or "tlsv1.2"; the first version of TLS, "TLSv1" to some, is "TLSv1.0". What is none of
// these (a draft, a number that nobody registered) stays as it was written.
std::string tls_version_text(std::string_view written);

}  // namespace assay
