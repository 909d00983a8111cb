#include "tests/compute/ops/move/indexed_answers.h"

#include <algorithm>

namespace convoy::testing {

using compute::DType;
using compute::HostTensor;
using compute::MutableTensorView;
using compute::OpParams;
using compute::TensorSpec;
using compute::TensorSpecs;
using compute::TensorView;

Outcome Moved(const OpParams& op, const Filled& data, const Integers& indices,
              const Filled* updates) {
  std::vector<HostTensor> tensors;
  tensors.push_back(HostTensor::FromFloats(data.shape, data.values));
  tensors.emplace_back(TensorSpec{DType::kInt64, indices.shape});
  std::copy(indices.values.begin(), indices.values.end(),
            tensors[1].mutable_data<int64_t>().begin());
  if (updates != nullptr) {
    tensors.push_back(HostTensor::FromFloats(updates->shape, updates->values));
  }
  std::vector<TensorSpec> specs;
  std::vector<TensorView> views;
  for (const HostTensor& tensor : tensors) {
    specs.push_back(tensor.spec());
    views.push_back(tensor.view());
  }
  const absl::StatusOr<TensorSpecs> outputs = InferShapes(op, specs);
  if (!outputs.ok()) return {{}, std::string(outputs.status().message())};
  HostTensor y(outputs->front());
  const MutableTensorView result = y.mutable_view();
  RunReference(op, views, {&result, 1});
  return {{y.data<float>().begin(), y.data<float>().end()}, ""};
}

}  // namespace convoy::testing
