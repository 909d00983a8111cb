// How the gRPC port is guarded: TLS, tokens, restricted groups. Plain data.
#pragma once

#include <string>
#include <vector>

#include "server/edge/access_rules.h"
#include "server/edge/certificates.h"

namespace convoy::server {

struct ListenerSettings {
  bool tls = false;
  bool mutual_tls = false;  // clients must show a certificate that `certificates.roots` vouches for
  CertificateFiles certificates;
  unsigned certificate_seconds = 10;  // how often gRPC looks whether the files have changed
  std::string token_file;             // empty: no token is asked
  std::vector<RestrictedGroups> restricted;
};

}  // namespace convoy::server
