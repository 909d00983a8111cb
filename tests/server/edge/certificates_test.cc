#include "server/edge/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/scratch_folder.h"
#include "tests/support/test_certificates.h"

namespace convoy::server {
namespace {

using ::convoy::testing::CertificateAuthority;
using ::convoy::testing::ScratchFolder;
using ::convoy::testing::SignedPair;
using ::testing::HasSubstr;

class CertificatesTest : public ::testing::Test {
 protected:
  ScratchFolder folder_;
  CertificateAuthority authority_{"test authority"};
  SignedPair pair_ = authority_.Sign("server");
  CertificateFiles files_{.certificate = folder_.Write("cert.pem", pair_.certificate),
                          .key = folder_.Write("key.pem", pair_.key),
                          .roots = folder_.Write("ca.pem", authority_.certificate())};
};

TEST_F(CertificatesTest, AGoodPairPasses) {
  EXPECT_TRUE(CheckCertificates(files_).ok()) << CheckCertificates(files_);
  files_.roots.clear();
  EXPECT_TRUE(CheckCertificates(files_).ok());
}

TEST_F(CertificatesTest, WhatIsWrongIsNamedWithItsPath) {
  const std::string other_key = folder_.Write("other.pem", authority_.Sign("other").key);
  const std::string expired =
      folder_.Write("expired.pem", authority_.Sign("server", std::chrono::hours(-1)).certificate);
  const std::string garbage = folder_.Write("garbage.pem", "-----BEGIN CERTIFICATE-----\nxx\n");
  const std::string empty = folder_.Write("empty.pem", "");
  const struct {
    CertificateFiles files;
    std::string message;
  } cases[] = {
      {{folder_.Path("absent.pem"), files_.key, ""}, "absent.pem': No such file"},
      {{folder_.Path(""), files_.key, ""}, "is not a file"},
      {{garbage, files_.key, ""}, "garbage.pem' holds no certificate in PEM"},
      {{empty, files_.key, ""}, "empty.pem' holds no certificate"},
      {{files_.certificate, files_.certificate, ""}, "cert.pem' holds no private key"},
      {{files_.certificate, other_key, ""}, "other.pem' does not belong to the certificate"},
      {{expired, files_.key, ""}, "expired.pem' has expired"},
      {{files_.certificate, files_.key, garbage}, "garbage.pem' holds no certificate"},
  };
  for (const auto& [files, message] : cases) {
    EXPECT_THAT(CheckCertificates(files).ToString(), HasSubstr(message));
  }
}

}  // namespace
}  // namespace convoy::server
