#include "models/warm_up.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "compute/base/inside_path.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "compute/tensor/visit.h"
#include "models/repository/file_tree.h"

namespace convoy::models {
namespace {

using compute::HostTensor;
using compute::Quote;
using compute::Shape;

// Floating point in [0, 1), integers 0 to 9, BOOL 0 or 1. Not std::uniform_*_distribution: what
// those give is the library's choice.
template <typename T>
void FillRandom(std::span<T> values) {
  std::mt19937_64 random(1);
  for (T& value : values) {
    const uint64_t bits = random() >> 11;  // 53
    if constexpr (std::is_same_v<T, compute::Bool>) {
      value = compute::Bool((bits & 1) != 0);
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(bits % 10);
    } else {
      value = T(static_cast<float>(static_cast<double>(bits) * 0x1p-53));
    }
  }
}

absl::Status FillFromFile(const std::string& directory, const WarmupInput& input,
                          HostTensor& tensor) {
  CONVOY_ASSIGN_OR_RETURN(const std::string path,
                          compute::ResolveInside(directory + "/warmup", input.file));
  const auto wanted = static_cast<int64_t>(tensor.bytes().size());
  CONVOY_ASSIGN_OR_RETURN(const std::string bytes, DiskFileTree().Read(path, wanted));
  if (static_cast<int64_t>(bytes.size()) != wanted) {
    return absl::InvalidArgumentError(
        absl::StrFormat("file %s has %d bytes; one row of input %s has %d", Quote(input.file),
                        bytes.size(), Quote(input.name), wanted));
  }
  std::memcpy(tensor.bytes().data(), bytes.data(), bytes.size());
  return absl::OkStatus();
}

absl::StatusOr<HostTensor> MakeInput(const Model& model, const WarmupInput& input) {
  Shape shape;
  if (model.spec().max_batch_size > 0) shape.Append(1);
  for (const int64_t dim : input.dims) shape.Append(dim);
  HostTensor tensor(compute::TensorSpec{input.dtype, shape});
  switch (input.data) {
    case WarmupData::kZero:
      break;
    case WarmupData::kRandom:
      compute::VisitElements(tensor.mutable_view(), [](auto values) { FillRandom(values); });
      break;
    case WarmupData::kFile:
      CONVOY_RETURN_IF_ERROR(FillFromFile(model.source().directory, input, tensor));
      break;
  }
  return tensor;
}

absl::Status RunSample(Model& model, const WarmupSample& sample) {
  std::vector<HostTensor> inputs;
  for (const WarmupInput& input : sample.inputs) {
    CONVOY_ASSIGN_OR_RETURN(HostTensor tensor, MakeInput(model, input));
    inputs.push_back(std::move(tensor));
  }
  std::vector<compute::TensorView> views;
  for (const HostTensor& input : inputs) views.push_back(input.view());
  // What is more than a batch is warm once the largest is.
  const int64_t rows = std::min(sample.batch_size, model.max_rows());
  for (int64_t run = 0; run < sample.count; ++run) {
    std::vector<BatchItem> batch(static_cast<size_t>(rows));
    for (BatchItem& item : batch) item.inputs = views;
    CONVOY_RETURN_IF_ERROR(model.ValidateItem(batch[0]));
    CONVOY_RETURN_IF_ERROR(model.Run(batch).status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunWarmup(Model& model) {
  for (const WarmupSample& sample : model.spec().warmup) {
    if (sample.batch_size == 0) continue;
    const absl::Status status = RunSample(model, sample);
    if (!status.ok()) {
      return compute::WithContext(status, absl::StrFormat("in the warm-up %s", Quote(sample.name)));
    }
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
