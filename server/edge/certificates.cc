#include "server/edge/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "compute/base/small_file.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

// No terminal to ask for a passphrase: an encrypted key is refused instead.
int NoPassphrase(char*, int, int, void*) { return -1; }

std::string Reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  return text == nullptr ? "unknown error" : text;
}

absl::StatusOr<Bio> Open(const std::string& path) {
  CONVOY_ASSIGN_OR_RETURN(const std::string text, compute::ReadSmallFile(path));
  Bio bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || BIO_write(bio.get(), text.data(), static_cast<int>(text.size())) !=
                            static_cast<int>(text.size())) {
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is empty", path));
  }
  return bio;
}

// The first certificate of the file.
absl::StatusOr<Certificate> ReadCertificate(const std::string& path) {
  CONVOY_ASSIGN_OR_RETURN(const Bio bio, Open(path));
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
  if (certificate == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' holds no certificate in PEM: %s", path, Reason()));
  }
  return certificate;
}

absl::StatusOr<Key> ReadKey(const std::string& path) {
  CONVOY_ASSIGN_OR_RETURN(const Bio bio, Open(path));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' holds no private key in PEM that opens without a passphrase: %s", path, Reason()));
  }
  return key;
}

absl::Status CheckAge(const X509& certificate, const std::string& path) {
  if (X509_cmp_current_time(X509_get0_notAfter(&certificate)) >= 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrFormat("the certificate in '%s' has expired", path));
}

}  // namespace

absl::Status CheckCertificates(const CertificateFiles& files) {
  CONVOY_ASSIGN_OR_RETURN(const Certificate certificate, ReadCertificate(files.certificate));
  CONVOY_RETURN_IF_ERROR(CheckAge(*certificate, files.certificate));
  CONVOY_ASSIGN_OR_RETURN(const Key key, ReadKey(files.key));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError(
        absl::StrFormat("the key in '%s' does not belong to the certificate in '%s'", files.key,
                        files.certificate));
  }
  if (files.roots.empty()) return absl::OkStatus();
  return ReadCertificate(files.roots).status();
}

}  // namespace convoy::server
