#include "server/rpc/model_metadata.h"

#include <string>

#include "absl/strings/str_format.h"

namespace convoy::server {
namespace {

void FillTensor(const models::TensorDeclaration& declaration, bool batched,
                inference::ModelMetadataResponse::TensorMetadata& tensor) {
  tensor.set_name(declaration.name);
  tensor.set_datatype(std::string(compute::NameOf(declaration.dtype)));
  if (batched) tensor.add_shape(models::kAnyExtent);
  for (const int64_t dim : declaration.dims) tensor.add_shape(dim);
}

}  // namespace

void FillMetadata(const models::ModelSpec& spec, std::span<const int64_t> versions,
                  inference::ModelMetadataResponse& response) {
  const bool batched = spec.max_batch_size > 0;
  response.set_name(spec.name);
  response.set_platform(spec.platform);
  for (const int64_t version : versions) response.add_versions(absl::StrFormat("%d", version));
  for (const auto& input : spec.inputs) FillTensor(input, batched, *response.add_inputs());
  for (const auto& output : spec.outputs) FillTensor(output, batched, *response.add_outputs());
}

}  // namespace convoy::server
