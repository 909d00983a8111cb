#include <gtest/gtest.h>

#include "models/passes/passes.h"
#include "tests/models/passes/pass_case.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::ConcatParams;
using compute::PadParams;
using compute::ReshapeParams;
using compute::SliceParams;
using compute::TransposeParams;
using models::EliminateIdentity;
using models::ValueId;

TEST(EliminateIdentityTest, NodesThatGiveTheirInputBackGo) {
  PassCase test;
  ValueId x = test.Input("x", {1, 2, 3});
  x = test.Node("dropout", ReshapeParams{{1, 2, 3}}, {x});
  x = test.Node("transpose", TransposeParams{{0, 1, 2}}, {x});
  x = test.Node("slice", SliceParams{{0, 0, 0}, {1, 1, 1}, {1, 2, 3}}, {x});
  x = test.Node("pad", PadParams{.begins = {0, 0, 0}, .ends = {0, 0, 0}}, {x});
  x = test.Node("concat", ConcatParams{1}, {x});
  test.Output(test.Node("relu", ActivationParams{ActivationKind::kRelu}, {x}));
  EXPECT_EQ(test.graph().nodes.size(), 6);
  EXPECT_EQ(test.After(EliminateIdentity),
            "input %x: FP32[1x2x3]\n"
            "%relu = Activation(%x) act=relu : FP32[1x2x3]\n"
            "output %relu\n");
}

TEST(EliminateIdentityTest, ReshapesOfReshapesJoin) {
  PassCase test;
  const ValueId x = test.Input("x", {2, 3, 4});
  const ValueId flat = test.Node("flat", ReshapeParams{{24}}, {x});
  const ValueId wide = test.Node("wide", ReshapeParams{{4, 6}}, {flat});
  test.Output(wide);
  test.Output(test.Node("back", ReshapeParams{{2, 3, 4}}, {wide}));
  EXPECT_EQ(test.After(EliminateIdentity),
            "input %x: FP32[2x3x4]\n"
            "%wide = Reshape(%x) shape=4x6 : FP32[4x6]\n"
            "output %wide, %x\n");
}

TEST(EliminateIdentityTest, WhatMovesElementsStays) {
  PassCase test;
  const ValueId x = test.Input("x", {2, 2});
  test.Output(test.Node("transpose", TransposeParams{{1, 0}}, {x}));
  test.Output(test.Node("reverse", SliceParams{{1, 0}, {-1, 1}, {2, 2}}, {x}));
  test.Output(test.Node("shift", PadParams{.begins = {1, 0}, .ends = {-1, 0}}, {x}));
  const std::string before = test.Before();
  EXPECT_EQ(test.After(EliminateIdentity), before);
}

}  // namespace
}  // namespace convoy::testing
