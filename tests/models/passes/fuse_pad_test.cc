#include <gtest/gtest.h>

#include "models/passes/passes.h"
#include "tests/models/passes/pass_case.h"

namespace convoy::testing {
namespace {

using compute::ConvParams;
using compute::PadMode;
using compute::PadParams;
using compute::PoolKind;
using compute::PoolParams;
using models::FusePad;
using models::ValueId;

PadParams ImagePad(int64_t begin, int64_t end) {
  return {.begins = {0, 0, begin, begin}, .ends = {0, 0, end, end}};
}

ConvParams Conv3x3() {
  ConvParams conv;
  conv.window.kernel = {1, 3, 3};
  return conv;
}

PoolParams AveragePool(int64_t kernel) {
  PoolParams pool;
  pool.kind = PoolKind::kAverage;
  pool.window.kernel = {1, kernel, kernel};
  return pool;
}

TEST(FusePadTest, ZerosMoveIntoTheConvolution) {
  PassCase test;
  const ValueId x = test.Input("x", {1, 2, 5, 5});
  const ValueId padded = test.Node("padded", ImagePad(1, 2), {x});
  ConvParams conv = Conv3x3();
  conv.window.pads_begin = {0, 0, 1};
  test.Output(test.Node("y", conv, {padded, test.Constant("w", {3, 2, 3, 3})}));
  EXPECT_EQ(test.Before(),
            "input %x: FP32[1x2x5x5]\n"
            "%padded = Pad(%x) pads=0,0,1,1,0,0,2,2 : FP32[1x2x8x8]\n"
            "%y = Conv(%padded, %w:const[3x2x3x3]) kernel=3x3 pads=0,1,0,0 : FP32[1x3x6x7]\n"
            "output %y\n");
  EXPECT_EQ(test.After(FusePad),
            "input %x: FP32[1x2x5x5]\n"
            "%y = Conv(%x, %w:const[3x2x3x3]) kernel=3x3 pads=1,2,2,2 : FP32[1x3x6x7]\n"
            "output %y\n");
}

TEST(FusePadTest, AveragePoolingCountsThePadsZeros) {
  PassCase test;
  const ValueId padded = test.Node("padded", ImagePad(1, 0), {test.Input("x", {1, 2, 4, 4})});
  test.Output(test.Node("y", AveragePool(2), {padded}));
  EXPECT_EQ(test.After(FusePad),
            "input %x: FP32[1x2x4x4]\n"
            "%y = Pool(%x) kind=average kernel=2x2 pads=1,1,0,0 count_include_pad : "
            "FP32[1x2x4x4]\n"
            "output %y\n");
}

TEST(FusePadTest, AnotherMeaningKeepsThePad) {
  PoolParams own_pads = AveragePool(3);
  own_pads.window.pads_begin = {0, 1, 1};
  PoolParams ceil = AveragePool(2);
  ceil.ceil_mode = true;
  PoolParams max = AveragePool(2);
  max.kind = PoolKind::kMax;
  for (const PoolParams& pool : {own_pads, ceil, max}) {
    PassCase test;
    const ValueId padded = test.Node("padded", ImagePad(1, 1), {test.Input("x", {1, 1, 5, 5})});
    test.Output(test.Node("y", pool, {padded}));
    const std::string before = test.Before();
    EXPECT_EQ(test.After(FusePad), before);
  }
}

TEST(FusePadTest, OnlyZerosAroundTheImageMove) {
  PadParams ones = ImagePad(1, 1);
  ones.value = 1;
  PadParams edge = ImagePad(1, 1);
  edge.mode = PadMode::kEdge;
  const PadParams crop = ImagePad(1, -1);
  PadParams channels = ImagePad(1, 1);
  channels.begins[1] = channels.ends[1] = 1;
  for (const PadParams& pad : {ones, edge, crop, channels}) {
    PassCase test;
    const ValueId padded = test.Node("padded", pad, {test.Input("x", {1, 2, 5, 5})});
    const int64_t c = test.graph().values[padded].spec.shape[1];
    test.Output(test.Node("y", Conv3x3(), {padded, test.Constant("w", {3, c, 3, 3})}));
    const std::string before = test.Before();
    EXPECT_EQ(test.After(FusePad), before);
  }
}

TEST(FusePadTest, APadWithOtherReadersStaysForThem) {
  PassCase test;
  const ValueId padded = test.Node("padded", ImagePad(1, 1), {test.Input("x", {1, 2, 5, 5})});
  test.Output(test.Node("y", Conv3x3(), {padded, test.Constant("w", {3, 2, 3, 3})}));
  test.Output(padded);
  EXPECT_EQ(test.After(FusePad),
            "input %x: FP32[1x2x5x5]\n"
            "%padded = Pad(%x) pads=0,0,1,1,0,0,1,1 : FP32[1x2x7x7]\n"
            "%y = Conv(%x, %w:const[3x2x3x3]) kernel=3x3 pads=1,1,1,1 : FP32[1x3x5x5]\n"
            "output %y, %padded\n");
}

}  // namespace
}  // namespace convoy::testing
