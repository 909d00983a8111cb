#include "server/rpc/status_codec.h"

#include <algorithm>

namespace convoy::server {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

// Bytes of the character that `text` begins with; 0 when it is no UTF-8 (RFC 3629).
size_t CharacterBytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size),
                   IsContinuation)) {
    return 0;
  }
  // Longer than need be, surrogates, beyond the last code point.
  const auto second = static_cast<unsigned char>(text[1]);
  const bool bad = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
                   (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
  return bad ? 0 : size;
}

}  // namespace

std::string ClientText(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const size_t size = CharacterBytes(text);
    const std::string_view character = size == 0 ? "?" : text.substr(0, size);
    if (clean.size() + character.size() > kMaxStatusMessageBytes) return clean + " ... (cut)";
    clean += character;
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return clean;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      ClientText(std::string(status.message())));
}

}  // namespace convoy::server
