#include "cli/tune_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/config/config_file.h"

namespace convoy::cli {
namespace {

using testing::ElementsAre;

const TuneAxis* Find(const std::vector<TuneAxis>& axes, const std::string& name) {
  for (const TuneAxis& axis : axes) {
    if (axis.name == name) return &axis;
  }
  return nullptr;
}

TEST(TuneSettingsTest, ValuesComeNearestFirst) {
  const auto axes =
      MakeAxes({.current = {.max_batch = 8}, .limit = absl::Milliseconds(15), .lanes = 2});
  EXPECT_THAT(Find(axes, "batch")->values, ElementsAre(8, 4, 16, 2, 32, 1));
  EXPECT_THAT(Find(axes, "delay")->values, ElementsAre(0, 1000, 2000, 5000));
  EXPECT_THAT(Find(axes, "preferred")->values, ElementsAre(0, 2, 4, 8, 16));
  EXPECT_THAT(Find(axes, "instances")->values, ElementsAre(0, 1, 4));
}

TEST(TuneSettingsTest, RangesFollowTheModelAndTheDevice) {
  const auto axes = MakeAxes({.current = {.max_batch = 48, .delay_us = 700},
                              .rows_per_call = 4,
                              .largest_batch = 16,
                              .limit = absl::Microseconds(30),
                              .lanes = 2,
                              .narrow_lanes = true});
  EXPECT_THAT(Find(axes, "batch")->values, ElementsAre(48, 32, 16, 8, 4));
  EXPECT_THAT(Find(axes, "delay")->values, ElementsAre(700, 10, 5, 2, 0));
  EXPECT_THAT(Find(axes, "instances")->values, ElementsAre(0, 1));
  EXPECT_EQ(Find(MakeAxes({.current = {.max_batch = 8}, .narrow_lanes = true}), "instances"),
            nullptr);
}

TEST(TuneSettingsTest, WhatMayNotBeChangedIsLeftOut) {
  const auto axes = MakeAxes({.current = {.max_batch = 8}, .lanes = 2, .names = {"delay"}});
  ASSERT_EQ(axes.size(), 1U);
  EXPECT_EQ(axes[0].name, "delay");
  EXPECT_EQ(Find(MakeAxes({.current = {.max_batch = 0}, .lanes = 2}), "batch"), nullptr);
  EXPECT_NE(Find(MakeAxes({.current = {.max_batch = 0}, .lanes = 2}), "instances"), nullptr);
  EXPECT_EQ(Find(MakeAxes({.current = {.max_batch = 8}, .lanes = 2, .several_groups = true}),
                 "instances"),
            nullptr);
}

TEST(TuneSettingsTest, SensibleTakesOutWhatHasNoEffect) {
  EXPECT_EQ(Sensible({.max_batch = 1, .delay_us = 500}), (TuneSettings{.max_batch = 1}));
  EXPECT_EQ(Sensible({.max_batch = 8, .preferred_batch = 4}), (TuneSettings{.max_batch = 8}));
  EXPECT_EQ(Sensible({.max_batch = 8, .delay_us = 9, .preferred_batch = 8}),
            (TuneSettings{.max_batch = 8, .delay_us = 9}));
  const TuneSettings all{.max_batch = 8, .delay_us = 9, .preferred_batch = 4, .instances = 1};
  EXPECT_EQ(Sensible(all), all);
}

TEST(TuneSettingsTest, ReadsAConfig) {
  const auto config = models::ParseConfig(
      "max_batch_size: 16 dynamic_batching { preferred_batch_size: [4, 8] "
      "max_queue_delay_microseconds: 900 } instance_group { count: 2 }",
      "");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(SettingsOf(*config),
            (TuneSettings{.max_batch = 16, .delay_us = 900, .preferred_batch = 4, .instances = 2}));
}

TEST(TuneSettingsTest, AnEditHoldsTheDifferenceAlone) {
  const TuneSettings from{.max_batch = 8, .delay_us = 500, .preferred_batch = 4};
  const models::BatchingEdit none = EditBetween(from, from, false);
  EXPECT_FALSE(none.max_batch_size.has_value() || none.max_queue_delay_us.has_value() ||
               none.preferred_batch_sizes.has_value() || none.instance_count.has_value());
  const models::BatchingEdit edit = EditBetween(from, {.max_batch = 8, .instances = 1}, false);
  EXPECT_FALSE(edit.max_batch_size.has_value());
  EXPECT_EQ(edit.max_queue_delay_us, 0);
  EXPECT_TRUE(edit.preferred_batch_sizes->empty());
  EXPECT_EQ(edit.instance_count, 1);
  EXPECT_EQ(EditBetween(from, from, true).max_batch_size, 8);
  EXPECT_FALSE(EditBetween({}, {}, true).max_batch_size.has_value());
}

TEST(TuneSettingsTest, IsToldInWords) {
  EXPECT_EQ(ToString({.max_batch = 8, .delay_us = 1500, .preferred_batch = 4, .instances = 1}),
            "batch 8, delay 1.5ms, preferred 4, instances 1");
  EXPECT_EQ(ToString({.instances = 2}), "instances 2");
}

}  // namespace
}  // namespace convoy::cli
