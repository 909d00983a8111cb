// ConvInteger and MatMulInteger give the exact sums on every device, however long these are.
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_format.h"
#include "tests/models/onnx/onnx_text.h"
#include "tests/models/onnx_backend/onnx_case.h"
#include "tests/support/test_devices.h"

namespace convoy::testing {
namespace {

using compute::DType;
using compute::HostTensor;
using compute::Shape;
using compute::TensorSpec;

constexpr int kOnnxUint8 = 2;
constexpr int kOnnxInt8 = 3;
constexpr int kOnnxInt32 = 6;

// `before` and the extent and `behind`, for each dimension.
std::string Dims(const Shape& shape, const char* before, const char* behind) {
  std::string text;
  for (const int64_t dim : shape.dims()) {
    absl::StrAppendFormat(&text, "%s%d%s ", before, dim, behind);
  }
  return text;
}

std::string TypedValue(const char* what, const char* name, int type, const Shape& shape) {
  return absl::StrFormat("%s { name: '%s' type { tensor_type { elem_type: %d shape { %s } } } }\n",
                         what, name, type, Dims(shape, "dim { dim_value: ", " }"));
}

std::string TypedInitializer(const char* name, int type, const Shape& shape,
                             const std::vector<int64_t>& values) {
  std::string data;
  for (const int64_t value : values) absl::StrAppendFormat(&data, "int32_data: %d ", value);
  return absl::StrFormat("initializer { name: '%s' data_type: %d %s %s }\n", name, type,
                         Dims(shape, "dims: ", ""), data);
}

// Mostly the extremes, so that sums grow as large as they can.
std::vector<int64_t> Bytes(int64_t count, int64_t low, int64_t high, uint32_t seed) {
  std::minstd_rand random(seed);
  std::vector<int64_t> values(static_cast<size_t>(count));
  for (int64_t& value : values) {
    const uint32_t draw = random() >> 8;
    value = draw % 4 == 0 ? low + draw / 4 % static_cast<uint32_t>(high - low + 1) : high;
  }
  return values;
}

template <typename T>
HostTensor Tensor(DType dtype, const Shape& shape, const std::vector<int64_t>& values) {
  HostTensor tensor(TensorSpec{dtype, shape});
  const std::span<T> to = tensor.mutable_data<T>();
  for (size_t i = 0; i < to.size(); ++i) to[i] = static_cast<T>(values[i]);
  return tensor;
}

class IntegerProductsTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const auto device = TestDevice(GetParam());
    if (!device.ok()) GTEST_SKIP() << device.status();
    device_ = *device;
  }

  absl::Status Check(const std::string& graph, HostTensor x, HostTensor y) {
    OnnxCase test;
    test.model = ModelBytes(13, graph);
    OnnxAnswer answer;
    answer.inputs.push_back(std::move(x));
    answer.outputs.push_back(std::move(y));
    return CheckAnswer(test, answer, *device_, 0, 0, {});
  }

  compute::Device* device_ = nullptr;
};

TEST_P(IntegerProductsTest, MatMulOfAnyLengthIsExact) {
  constexpr int64_t kRows = 3, kColumns = 5;
  for (const int64_t terms : {13, 300, 4608, 20000}) {
    SCOPED_TRACE(terms);
    const std::vector<int64_t> a = Bytes(kRows * terms, 0, 255, 1);
    const std::vector<int64_t> b = Bytes(terms * kColumns, -128, 127, 2);
    constexpr int64_t kZeroA = 3, kZeroB = -128;
    std::vector<int64_t> y(kRows * kColumns);
    for (int64_t i = 0; i < kRows; ++i) {
      for (int64_t j = 0; j < kColumns; ++j) {
        for (int64_t k = 0; k < terms; ++k) {
          y[i * kColumns + j] += (a[i * terms + k] - kZeroA) * (b[k * kColumns + j] - kZeroB);
        }
      }
    }
    const std::string graph = TypedValue("input", "a", kOnnxUint8, {kRows, terms}) +
                              TypedInitializer("b", kOnnxInt8, {terms, kColumns}, b) +
                              TypedInitializer("za", kOnnxUint8, {}, {kZeroA}) +
                              TypedInitializer("zb", kOnnxInt8, {}, {kZeroB}) +
                              NodeText("MatMulInteger", {"a", "b", "za", "zb"}, "y") +
                              TypedValue("output", "y", kOnnxInt32, {kRows, kColumns});
    EXPECT_EQ(Check(graph, Tensor<uint8_t>(DType::kUint8, {kRows, terms}, a),
                    Tensor<int32_t>(DType::kInt32, {kRows, kColumns}, y)),
              absl::OkStatus());
  }
}

// 1x1 and 3x3 windows over 37 and 67 channels: 37, 333 and 603 terms a sum. The border is padded
// with the zero point.
TEST_P(IntegerProductsTest, ConvolutionIsExact) {
  for (const auto& [channels, kernel] : {std::pair{37, 1}, std::pair{37, 3}, std::pair{67, 3}}) {
    SCOPED_TRACE(channels * kernel * kernel);
    constexpr int64_t kBatch = 3, kFilters = 6, kExtent = 5, kZero = 7;
    const int64_t pad = kernel / 2;
    const Shape x_shape{kBatch, channels, kExtent, kExtent};
    const Shape w_shape{kFilters, channels, kernel, kernel};
    const Shape y_shape{kBatch, kFilters, kExtent, kExtent};
    const std::vector<int64_t> x = Bytes(x_shape.elements(), 0, 255, 3);
    const std::vector<int64_t> w = Bytes(w_shape.elements(), -128, 127, 4);
    std::vector<int64_t> y(static_cast<size_t>(y_shape.elements()));
    for (int64_t at = 0; at < y_shape.elements(); ++at) {
      const int64_t column = at % kExtent, row = at / kExtent % kExtent;
      const int64_t m = at / (kExtent * kExtent) % kFilters;
      const int64_t n = at / (kExtent * kExtent * kFilters);
      for (int64_t k = 0; k < channels * kernel * kernel; ++k) {
        const int64_t c = k / (kernel * kernel);
        const int64_t i = row + k / kernel % kernel - pad, j = column + k % kernel - pad;
        if (i < 0 || j < 0 || i >= kExtent || j >= kExtent) continue;
        y[at] += (x[((n * channels + c) * kExtent + i) * kExtent + j] - kZero) *
                 w[m * channels * kernel * kernel + k];
      }
    }
    const std::string graph =
        TypedValue("input", "x", kOnnxUint8, x_shape) +
        TypedInitializer("w", kOnnxInt8, w_shape, w) +
        TypedInitializer("z", kOnnxUint8, {}, {kZero}) +
        NodeText("ConvInteger", {"x", "w", "z"}, "y", IntsAttribute("pads", {pad, pad, pad, pad})) +
        TypedValue("output", "y", kOnnxInt32, y_shape);
    EXPECT_EQ(Check(graph, Tensor<uint8_t>(DType::kUint8, x_shape, x),
                    Tensor<int32_t>(DType::kInt32, y_shape, y)),
              absl::OkStatus());
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, IntegerProductsTest, ::testing::ValuesIn(TestDeviceNames()),
                         [](const auto& entry) { return entry.param; });

}  // namespace
}  // namespace convoy::testing
