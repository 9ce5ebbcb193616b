#include "readers/tls_version.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(TlsVersion, IsSpelledAlikeWhoeverWroteIt) {
  for (const auto* written : {"TLSv1.2", "TLS1.2", "TLS1_2", "TLSv12", "TLS 1.2", "tlsv1_2"}) {
    EXPECT_EQ(tls_version_text(written), "TLSv1.2") << written;
  }
  for (const auto* written : {"TLSv1", "TLSv10", "TLS1.0", "TLS1_0"}) {
    EXPECT_EQ(tls_version_text(written), "TLSv1.0") << written;
  }
  EXPECT_EQ(tls_version_text("TLSv1.3"), "TLSv1.3");
  EXPECT_EQ(tls_version_text("DTLSv12"), "DTLSv1.2");
  EXPECT_EQ(tls_version_text("SSLv3"), "SSLv3");
  EXPECT_EQ(tls_version_text("SSL 3.0"), "SSLv3");
}

TEST(TlsVersion, ThatIsNotKnownStaysAsItWasWritten) {
  for (const auto* written :
       {"", "TLS", "TLSv", "TLS 1.3 draft-28", "TLSv13-draft23", "unknown-64282", "UNDETERMINED",
        "TLSv1.22", "TLSv9.9", "v1.2", "1.2", "TLSv1/SSLv3"}) {
    EXPECT_EQ(tls_version_text(written), written);
  }
}

}  // namespace
}  // namespace assay
