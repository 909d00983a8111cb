#include "models/zoo/googlenet.h"

#include "models/zoo/zoo_blocks.h"

namespace convoy::models {
namespace {

// One row of table 1; channels at width 64.
struct Inception {
  const char* name;
  int64_t one, reduce3, three, reduce5, five, pool;
};

constexpr Inception kStage3[] = {{"3a", 64, 96, 128, 16, 32, 32},
                                 {"3b", 128, 128, 192, 32, 96, 64}};
constexpr Inception kStage4[] = {{"4a", 192, 96, 208, 16, 48, 64},
                                 {"4b", 160, 112, 224, 24, 64, 64},
                                 {"4c", 128, 128, 256, 24, 64, 64},
                                 {"4d", 112, 144, 288, 32, 64, 64},
                                 {"4e", 256, 160, 320, 32, 128, 128}};
constexpr Inception kStage5[] = {{"5a", 256, 160, 320, 32, 128, 128},
                                 {"5b", 384, 192, 384, 48, 128, 128}};

constexpr PoolLayer kHalving{.kernel = 3, .stride = 2, .ceil = true};

// Four branches side by side: 1x1, 3x3, 5x5 and pooling.
ZooTensor AddInception(OnnxBuilder& net, const Inception& row, const ZooTensor& x, int64_t width) {
  const std::string name = std::string("inception_") + row.name;
  const auto scaled = [&](int64_t channels) { return Scaled(channels, width, 64); };
  const ZooTensor one = ConvRelu(net, name + ".1x1", x, {.channels = scaled(row.one)});
  ZooTensor three = ConvRelu(net, name + ".3x3_reduce", x, {.channels = scaled(row.reduce3)});
  three =
      ConvRelu(net, name + ".3x3", three, {.channels = scaled(row.three), .kernel = 3, .pad = 1});
  ZooTensor five = ConvRelu(net, name + ".5x5_reduce", x, {.channels = scaled(row.reduce5)});
  five = ConvRelu(net, name + ".5x5", five, {.channels = scaled(row.five), .kernel = 5, .pad = 2});
  ZooTensor pool = net.MaxPool(name + ".pool", x, {.kernel = 3, .stride = 1, .pad = 1});
  pool = ConvRelu(net, name + ".pool_proj", pool, {.channels = scaled(row.pool)});
  return net.Concat(name + ".concat", {one, three, five, pool});
}

}  // namespace

absl::StatusOr<std::string> BuildGoogLeNet(const ZooOptions& asked) {
  const ZooOptions options = WithDefaults(asked, 224, 64, 1000);
  const int64_t width = options.width;
  OnnxBuilder net("googlenet", options);
  ZooTensor x = net.Input(3, {options.size, options.size});
  x = ConvRelu(net, "conv1", x, {.channels = width, .kernel = 7, .stride = 2, .pad = 3});
  x = net.Lrn("norm1", net.MaxPool("pool1", x, kHalving), {});
  x = ConvRelu(net, "conv2_reduce", x, {.channels = width});
  x = ConvRelu(net, "conv2", x, {.channels = 3 * width, .kernel = 3, .pad = 1});
  x = net.MaxPool("pool2", net.Lrn("norm2", x, {}), kHalving);
  for (const Inception& row : kStage3) x = AddInception(net, row, x, width);
  x = net.MaxPool("pool3", x, kHalving);
  for (const Inception& row : kStage4) x = AddInception(net, row, x, width);
  x = net.MaxPool("pool4", x, kHalving);
  for (const Inception& row : kStage5) x = AddInception(net, row, x, width);
  x = net.Flatten("flatten", net.GlobalAveragePool("pool5", x));
  return net.Finish(net.Dense("fc", net.Dropout("drop", x), options.classes, kLinearGain));
}

}  // namespace convoy::models
