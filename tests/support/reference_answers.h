// Small operator problems by hand: shapes in, shapes or a message out; values in, values out.
//
//   EXPECT_THAT(Answer(params, {{{1, 1, 3}, {1, 2, 3}}}), ElementsAre(2, 4, 6));
//   EXPECT_THAT(ShapeError(params, {{1, 2, 3}}), HasSubstr("axis is 3"));
#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "compute/ops/elements.h"
#include "compute/ops/op.h"

namespace convoy::testing {

struct Filled {
  compute::Shape shape;
  std::vector<float> values;
  compute::DType dtype = compute::DType::kFloat32;
};

// 1, 2, 3, ...
inline Filled Counting(const compute::Shape& shape) {
  Filled filled{shape, std::vector<float>(static_cast<size_t>(shape.elements())),
                compute::DType::kFloat32};
  std::iota(filled.values.begin(), filled.values.end(), 1.0F);
  return filled;
}

inline Filled Constant(const compute::Shape& shape, float value) {
  return {shape, std::vector<float>(static_cast<size_t>(shape.elements()), value),
          compute::DType::kFloat32};
}

inline absl::StatusOr<compute::TensorSpecs> Infer(const compute::OpParams& op,
                                                  const std::vector<compute::Shape>& inputs) {
  std::vector<compute::TensorSpec> specs;
  for (const compute::Shape& shape : inputs) specs.push_back({compute::DType::kFloat32, shape});
  return InferShapes(op, specs);
}

// The output's shape as text, or the error's message.
inline std::string OutputShape(const compute::OpParams& op,
                               const std::vector<compute::Shape>& inputs) {
  const absl::StatusOr<compute::TensorSpecs> outputs = Infer(op, inputs);
  return outputs.ok() ? outputs->front().shape.ToString() : std::string(outputs.status().message());
}

// The message of an INVALID_ARGUMENT; "" when the shapes are accepted, the code when it is another.
inline std::string ShapeError(const compute::OpParams& op,
                              const std::vector<compute::Shape>& inputs) {
  const absl::StatusOr<compute::TensorSpecs> outputs = Infer(op, inputs);
  if (outputs.ok()) return "";
  return absl::IsInvalidArgument(outputs.status()) ? std::string(outputs.status().message())
                                                   : outputs.status().ToString();
}

// What the reference kernel gives, an entry an output; empty when the shapes are refused.
inline std::vector<std::vector<float>> Answers(const compute::OpParams& op,
                                               const std::vector<Filled>& inputs) {
  std::vector<compute::TensorSpec> specs;
  std::vector<compute::HostTensor> tensors;
  std::vector<compute::TensorView> views;
  for (const Filled& input : inputs) {
    specs.push_back({input.dtype, input.shape});
    compute::WriteElements(input.values, tensors.emplace_back(specs.back()).mutable_view());
  }
  for (const compute::HostTensor& tensor : tensors) views.push_back(tensor.view());
  const absl::StatusOr<compute::TensorSpecs> made = InferShapes(op, specs);
  if (!made.ok()) return {};
  std::vector<compute::HostTensor> outputs;
  std::vector<compute::MutableTensorView> results;
  for (const compute::TensorSpec& spec : *made) {
    results.push_back(outputs.emplace_back(spec).mutable_view());
  }
  RunReference(op, views, results);
  std::vector<std::vector<float>> answers;
  for (const compute::HostTensor& output : outputs) {
    answers.push_back(compute::ReadElements<float>(output.view()));
  }
  return answers;
}

// The first output.
inline std::vector<float> Answer(const compute::OpParams& op, const std::vector<Filled>& inputs) {
  const std::vector<std::vector<float>> answers = Answers(op, inputs);
  return answers.empty() ? std::vector<float>{} : answers.front();
}

// The cost of inputs that InferShapes accepts.
inline compute::OpCost CostOf(const compute::OpParams& op,
                              const std::vector<compute::Shape>& inputs) {
  std::vector<compute::TensorSpec> specs;
  for (const compute::Shape& shape : inputs) specs.push_back({compute::DType::kFloat32, shape});
  const absl::StatusOr<compute::TensorSpecs> outputs = InferShapes(op, specs);
  return outputs.ok() ? EstimateCost(op, specs, *outputs) : compute::OpCost{-1, -1};
}

}  // namespace convoy::testing
