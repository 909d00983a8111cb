#include "server/cache/input_digest.h"

#include <openssl/evp.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"

namespace convoy::server {
namespace {

struct Free {
  void operator()(EVP_MD_CTX* hash) const { EVP_MD_CTX_free(hash); }
};

// Type, rank and extents: what says how the bytes behind them are cut.
std::vector<int64_t> FrameOf(const compute::TensorView& input) {
  std::vector<int64_t> frame = {static_cast<int64_t>(input.spec.dtype), input.spec.shape.rank()};
  for (const int64_t dim : input.spec.shape.dims()) frame.push_back(dim);
  frame.push_back(static_cast<int64_t>(input.bytes.size()));
  return frame;
}

bool Update(EVP_MD_CTX* hash, std::span<const std::byte> bytes) {
  return EVP_DigestUpdate(hash, bytes.data(), bytes.size()) == 1;
}

}  // namespace

absl::StatusOr<InputDigest> DigestOf(std::span<const compute::TensorView> inputs) {
  const std::unique_ptr<EVP_MD_CTX, Free> hash(EVP_MD_CTX_new());
  bool good = hash != nullptr && EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) == 1;
  for (const compute::TensorView& input : inputs) {
    const std::vector<int64_t> frame = FrameOf(input);
    good = good && Update(hash.get(), std::as_bytes(std::span(frame))) &&
           Update(hash.get(), input.bytes);
  }
  InputDigest digest{};
  if (!good || EVP_DigestFinal_ex(hash.get(), digest.data(), nullptr) != 1) {
    return absl::ResourceExhaustedError("There is no memory for the digest of a request");
  }
  return digest;
}

}  // namespace convoy::server
