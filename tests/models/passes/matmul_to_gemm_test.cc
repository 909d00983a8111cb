#include <gtest/gtest.h>

#include "models/passes/passes.h"
#include "tests/models/passes/pass_case.h"

namespace convoy::testing {
namespace {

using compute::MatMulParams;
using models::MatMulToGemm;
using models::ValueId;

TEST(MatMulToGemmTest, TwoMatricesBecomeADenseLayer) {
  PassCase test;
  const ValueId x = test.Input("x", {3, 2});
  test.Output(test.Node("y", MatMulParams{}, {x, test.Constant("w", {2, 5})}));
  EXPECT_EQ(test.After(MatMulToGemm),
            "input %x: FP32[3x2]\n"
            "%y = Gemm(%x, %w:const[2x5]) : FP32[3x5]\n"
            "output %y\n");
}

TEST(MatMulToGemmTest, StacksOfMatricesStay) {
  PassCase test;
  const ValueId x = test.Input("x", {4, 3, 2});
  test.Output(test.Node("y", MatMulParams{}, {x, test.Constant("w", {2, 5})}));
  const std::string before = test.Before();
  EXPECT_EQ(test.After(MatMulToGemm), before);
}

}  // namespace
}  // namespace convoy::testing
