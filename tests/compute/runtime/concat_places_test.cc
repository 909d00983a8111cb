#include "compute/runtime/concat_places.h"

#include "gtest/gtest.h"
#include "tests/compute/runtime/cpu_plans.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::ConcatParams;
using compute::ConcatPlace;
using compute::FindConcatPlaces;
using compute::FindQuadPlaces;
using compute::Shape;

constexpr ActivationParams kTanh{ActivationKind::kTanh, 0, 0};
constexpr std::nullopt_t kNone = std::nullopt;

TEST(ConcatPlaces, GivesComputedPartsTheirPlace) {
  PlanDraft draft;
  const int x = draft.Input({1, 16, 5, 5});
  const int a = draft.Step(kTanh, {x});
  const int b = draft.Step(kTanh, {a});
  const int whole = draft.Step(ConcatParams{1}, {x, a, b, a});
  const auto places = FindConcatPlaces(draft.plan(), 8);
  EXPECT_EQ(kNone, places[x]);  // the client's memory
  EXPECT_EQ((ConcatPlace{whole, 16}), places[a]);
  EXPECT_EQ((ConcatPlace{whole, 32}), places[b]);
  EXPECT_EQ(kNone, places[whole]);
}

TEST(ConcatPlaces, NestsAndSharesBeginnings) {
  PlanDraft draft;
  const int x = draft.Input({1, 8, 5, 5});
  const int a = draft.Step(kTanh, {x});
  const int b = draft.Step(kTanh, {a});
  const int two = draft.Step(ConcatParams{1}, {a, b});
  const int c = draft.Step(kTanh, {b});
  const int three = draft.Step(ConcatParams{1}, {a, b, c});
  const int outer = draft.Step(ConcatParams{1}, {c, three});
  const auto places = FindConcatPlaces(draft.plan(), 8);
  EXPECT_EQ((ConcatPlace{two, 0}), places[a]);
  EXPECT_EQ((ConcatPlace{two, 8}), places[b]);
  EXPECT_EQ((ConcatPlace{three, 0}), places[two]);
  EXPECT_EQ((ConcatPlace{three, 16}), places[c]);
  EXPECT_EQ((ConcatPlace{outer, 8}), places[three]);
}

TEST(ConcatPlaces, WantsOneSampleAndWholeBlocksOfChannels) {
  for (const Shape& shape : {Shape{2, 8, 5, 5}, Shape{1, 12, 5, 5}, Shape{1, 8, 5}}) {
    PlanDraft draft;
    const int x = draft.Input(shape);
    const int a = draft.Step(kTanh, {x});
    draft.Step(ConcatParams{1}, {a, x});
    EXPECT_EQ(kNone, FindConcatPlaces(draft.plan(), 8)[a]) << shape.ToString();
  }
  PlanDraft draft;
  const int x = draft.Input({1, 8, 5, 5});
  const int a = draft.Step(kTanh, {x});
  draft.Step(ConcatParams{2}, {a, x});
  EXPECT_EQ(kNone, FindConcatPlaces(draft.plan(), 8)[a]);
}

TEST(ConcatPlaces, QuadsTakeAnyBatchAndARaggedEnd) {
  PlanDraft draft;
  const int x = draft.Input({3, 4, 5, 5});
  const int a = draft.Step(kTanh, {x});
  const int odd = draft.Step(compute::SliceParams{{0, 0, 0, 0}, {1, 1, 1, 1}, {3, 3, 5, 5}}, {a});
  const int whole = draft.Step(ConcatParams{1}, {a, odd});
  const int b = draft.Step(kTanh, {odd});
  draft.Step(ConcatParams{1}, {b, a, b});  // b would begin inside a quad
  const auto places = FindQuadPlaces(draft.plan());
  EXPECT_EQ((ConcatPlace{whole, 0}), places[a]);
  EXPECT_EQ((ConcatPlace{whole, 4}), places[odd]);
  EXPECT_EQ(kNone, places[b]);
  EXPECT_EQ(kNone, FindConcatPlaces(draft.plan(), 4)[a]);
}

}  // namespace
}  // namespace convoy::testing
