// The PEM files of TLS, looked at before they are used: gRPC reads a missing or broken one as empty
// and then fails every handshake.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace convoy::server {

struct CertificateFiles {
  std::string certificate;  // the server's chain, its own certificate first
  std::string key;          // of that certificate
  std::string roots;        // of those that clients' certificates are checked against; may be empty
};

// Errors name the path and what is wrong: a file that cannot be read, PEM that does not parse, a
// key that does not belong to the certificate, a certificate that has expired.
absl::Status CheckCertificates(const CertificateFiles& files);

}  // namespace convoy::server
