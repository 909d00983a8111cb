// Certificates made on the spot, for tests of TLS: authorities and what they sign. Elliptic keys,
// which take no time to make.
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace convoy::testing {

struct SignedPair {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name);
  ~CertificateAuthority();

  const std::string& certificate() const { return certificate_; }

  // For "localhost", 127.0.0.1 and `name`; `valid` may be negative: then it has expired.
  SignedPair Sign(const std::string& name, std::chrono::hours valid = std::chrono::hours(24)) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::string certificate_;
};

}  // namespace convoy::testing
