// Pooling beyond plain windows: indices, Lp, unpooling, and adaptive pooling as exporters write it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The graph of a node of another domain, with the inputs x and, where given, the constant "size".
std::string ImportForeign(const std::string& domain, const std::string& op_type,
                          const std::vector<int64_t>& x, const std::string& attributes,
                          const std::vector<int64_t>& size = {}) {
  std::vector<std::string> inputs{"x"};
  std::string text = Input("x", x) + Output("y");
  if (!size.empty()) {
    text += Integers("size", size);
    inputs.push_back("size");
  }
  const std::string in_domain = "domain: \"" + domain + "\" ";
  text += NodeText(op_type, inputs, "y", in_domain + attributes);
  const auto graph = ImportText(13, text, {compute::Shape(std::span<const int64_t>(x))});
  return graph.ok() ? ToString(*graph) : graph.status().ToString();
}

TEST(PoolImportTest, LpOverWindowsAndImages) {
  EXPECT_THAT(ImportNode(18, "LpPool", {{1, 1, 5}},
                         IntsAttribute("kernel_shape", {3}) + IntAttribute("p", 3)),
              HasSubstr("kind=lp p=3 kernel=3"));
  EXPECT_THAT(ImportNode(13, "GlobalLpPool", {{1, 2, 5, 5}}),
              AllOf(HasSubstr("Reduce(%x0) kind=lp p=2 axes=2,3"), HasSubstr("[1x2x1x1]")));
  EXPECT_THAT(ImportNode(13, "GlobalLpPool", {{1, 2, 5}}, IntAttribute("p", 0)),
              HasSubstr("p is 0"));
}

TEST(PoolImportTest, AveragesMayBeDilated) {
  EXPECT_THAT(ImportNode(19, "AveragePool", {{1, 1, 9}},
                         IntsAttribute("kernel_shape", {3}) + IntsAttribute("dilations", {2})),
              AllOf(HasSubstr("kind=average kernel=3 dilation=2"), HasSubstr("[1x1x5]")));
}

TEST(MaxUnpoolImportTest, ALargerOutputIsPadded) {
  const auto unpool = [](const std::vector<int64_t>& output_shape) {
    return ImportText(
        13,
        Input("x", {1, 1, 2, 2}) +
            "input { name: \"i\" type { tensor_type { elem_type: 7 shape { "
            "dim { dim_value: 1 } dim { dim_value: 1 } dim { dim_value: 2 } dim { dim_value: 2 } } "
            "} } "
            "} " +
            Integers("s", output_shape) +
            NodeText("MaxUnpool", {"x", "i", "s"}, "y",
                     IntsAttribute("kernel_shape", {2, 2}) + IntsAttribute("strides", {2, 2})) +
            Output("y"),
        {{1, 1, 2, 2}, {1, 1, 2, 2}});
  };
  EXPECT_THAT(ToString(*unpool({1, 1, 5, 4})),
              AllOf(HasSubstr("MaxUnpool(%x, %i)"), HasSubstr("pads=0,0,0,0,0,0,1,0")));
  EXPECT_THAT(ToString(*unpool({1, 1, 4, 4})), Not(HasSubstr("Pad")));
  EXPECT_THAT(unpool({1, 1, 3, 4}).status().message(), HasSubstr("output_shape is 1x1x3x4"));
  EXPECT_THAT(unpool({1, 2, 4, 4}).status().message(), HasSubstr("output_shape is 1x2x4x4"));
}

TEST(AdaptivePoolImportTest, OfPytorch) {
  const std::string average = StringAttribute("operator", "adaptive_avg_pool2d");
  EXPECT_THAT(ImportForeign("org.pytorch.aten", "ATen", {1, 2, 13, 11}, average, {7, 5}),
              AllOf(HasSubstr("AdaptivePool(%x) kind=average size=7x5"), HasSubstr("[1x2x7x5]")));
  EXPECT_THAT(ImportForeign("org.pytorch.aten", "ATen", {1, 2, 13},
                            StringAttribute("operator", "adaptive_max_pool1d"), {5}),
              HasSubstr("kind=max size=5"));
  EXPECT_THAT(ImportForeign("org.pytorch.aten", "ATen", {1, 2, 13, 11},
                            StringAttribute("operator", "_adaptive_avg_pool2d"), {7, 0}),
              HasSubstr("the output size is 7x0"));
  EXPECT_THAT(ImportForeign("org.pytorch.aten", "ATen", {1, 2, 13, 11},
                            StringAttribute("operator", "fft\\n"), {7, 5}),
              HasSubstr("ATen operator 'fft\\x0a' is not supported"));
}

TEST(AdaptivePoolImportTest, OfConvoy) {
  const auto pool = [](const std::vector<int64_t>& size) {
    return ImportForeign("ai.convoy", "AdaptiveAveragePool", {1, 2, 12, 8},
                         IntsAttribute("output_size", size));
  };
  EXPECT_THAT(pool({5, 5}), HasSubstr("AdaptivePool(%x) kind=average size=5x5"));
  EXPECT_THAT(pool({1, 1}), HasSubstr("GlobalPool"));
  EXPECT_THAT(pool({3, 4}), HasSubstr("Pool(%x) kind=average kernel=4x2 stride=4x2"));
  EXPECT_THAT(pool({3}), HasSubstr("the output size is 3"));
  EXPECT_THAT(ImportForeign("ai.convoy", "AdaptiveMaxPool", {1, 2, 12, 8},
                            IntsAttribute("output_size", {5, 8})),
              HasSubstr("kind=max size=5x8"));
}

TEST(DomainTest, AnOperatorOfAnotherDomainIsAnotherOperator) {
  EXPECT_THAT(ImportForeign("com.microsoft", "MaxPool", {1, 2, 3}, ""),
              HasSubstr("operator 'MaxPool' of domain 'com.microsoft' is not supported"));
  EXPECT_THAT(ImportForeign("ai.onnx", "Relu", {1, 2, 3}, ""), HasSubstr("relu"));
  EXPECT_THAT(ImportNode(13, "AdaptiveAveragePool", {{1, 2, 3}}),
              HasSubstr("'AdaptiveAveragePool' of the default domain is not supported"));
}

}  // namespace
}  // namespace convoy::testing
