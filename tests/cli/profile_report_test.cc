#include "cli/profile_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/profile_subject.h"

namespace convoy::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A convolution of 2 GFLOP and 4 MB in 20 ms, and a pool that fell to another device.
BatchProfile TwoLayers() {
  BatchProfile profile;
  profile.batch = 8;
  profile.runs = 3;
  profile.median_ms = 25;
  profile.min_ms = 24;
  profile.p99_ms = 27;
  profile.layers_timed = true;
  profile.layer_runs = 120;
  compute::StepReport conv{.step = "conv1", .kernel = "conv/conv_rt_4x64", .cost = {2e9, 4e6}};
  conv.median_ms = 20;
  conv.min_ms = 19;
  conv.p99_ms = 31;
  conv.others = {{"winograd43", "the kernel is not 3x3"}, {"direct", "slower in the trial", 48.5}};
  conv.device = "vulkan:0";
  conv.why = "software drivers: most multiply-adds a load";
  conv.moved_bytes = 6e6;
  conv.workgroups = 392;
  conv.invocations = 3136;
  compute::StepReport pool{.step = "pool1", .kernel = "reference", .cost = {0, 1e6}};
  pool.median_ms = 5;
  pool.min_ms = 5;
  pool.p99_ms = 6;
  pool.device = "cpu";
  profile.layers = {{conv, "Conv", "FP32[8x64x56x56]"}, {pool, "Pool", "FP32[8x64x28x28]"}};
  profile.flops = 2e9;
  profile.bytes = 5e6;
  profile.moved_bytes = 6e6;
  profile.arena_bytes = 3 << 20;
  profile.arena_peak_bytes = 2 << 20;
  return profile;
}

ProfileSubject Software() { return SubjectOn("vulkan:0", "llvmpipe"); }

TEST(RooflineTest, TheNearerRoofCounts) {
  const Roofline roof{1, "AVX2", 100e9, 10e9};
  EXPECT_DOUBLE_EQ(ShareOfRoof(roof, 1e9, 0, 20), 0.5);
  EXPECT_DOUBLE_EQ(ShareOfRoof(roof, 0, 50e6, 20), 0.25);
  EXPECT_DOUBLE_EQ(ShareOfRoof(roof, 1e9, 150e6, 20), 0.75);
  EXPECT_EQ(ShareOfRoof(roof, 1e9, 1e6, 0), 0) << "what took no time has no rate";
}

TEST(RooflineTest, MeasuresBothRoofs) {
  const Roofline roof = MeasureRoofline(2);
  EXPECT_EQ(roof.threads, 2);
  EXPECT_GT(roof.flops_per_s, 0);
  EXPECT_GT(roof.bytes_per_s, 0);
  EXPECT_FALSE(roof.instructions.empty());
}

TEST(ProfileReportTest, EveryLayerNamesItsDeviceAndKernel) {
  const std::string text = ProfileText(Software(), TwoLayers(), /*explain=*/false);
  EXPECT_THAT(text, HasSubstr("net version 3 on vulkan:0 (llvmpipe, 2 threads), batch 8\n"));
  EXPECT_THAT(text, ::testing::ContainsRegex(
                        "conv1 +Conv +FP32\\[8x64x56x56\\] +vulkan:0 +conv/conv_rt_4x64 +20.000 "
                        "+19.000 +31.000 +80.0 % +100.0 +0.2 +50 %"));
  EXPECT_THAT(text, ::testing::ContainsRegex("pool1 +Pool +FP32\\[8x64x28x28\\] +cpu +reference "
                                             "+5.000 +5.000 +6.000 +20.0 % +- +0.2 +2 %"));
  EXPECT_THAT(text,
              HasSubstr("25.000 ms median, 24.000 min, 27.000 p99 of 3 runs: 320.0 images/s"));
  EXPECT_THAT(text, HasSubstr("each timed by itself in 120 runs"));
  EXPECT_THAT(text, HasSubstr("p99      of fewer than 100 runs it is the slowest one"));
  EXPECT_THAT(text, Not(HasSubstr("winograd43")));
  EXPECT_THAT(text, HasSubstr("arena 3.00 MiB (least possible 2.00 MiB)"));
  EXPECT_THAT(text, Not(HasSubstr("most multiply-adds a load")));
}

TEST(ProfileReportTest, ExplainsChoiceTrafficAndSpread) {
  const std::string text = ProfileText(Software(), TwoLayers(), /*explain=*/true);
  EXPECT_THAT(text,
              ::testing::ContainsRegex("conv1 +conv/conv_rt_4x64 +3.81 MiB +5.72 MiB +1.50 +- "
                                       "+333.3 +392 +3,136 +software drivers: most"));
  EXPECT_THAT(text, HasSubstr("conv1: conv/conv_rt_4x64, and not\n"
                              "  slower in the trial: direct 48.5 ms\n"
                              "  the kernel is not 3x3: winograd43\n"));
  BatchProfile often = TwoLayers();
  often.runs = often.layer_runs = 100;
  EXPECT_THAT(ProfileText(Software(), often, true), Not(HasSubstr("it is the slowest one")));
}

TEST(ProfileReportTest, WhatIsNotMeasuredIsSaid) {
  ProfileSubject subject = Software();
  subject.threads = 0;
  subject.roof.reset();
  BatchProfile profile = TwoLayers();
  profile.layers_timed = false;
  const std::string text = ProfileText(subject, profile, /*explain=*/false);
  EXPECT_THAT(text, HasSubstr("(llvmpipe), batch 8"));
  EXPECT_THAT(text, HasSubstr("roof     not known"));
  EXPECT_THAT(text, HasSubstr("layers   not timed"));
  EXPECT_THAT(text, Not(HasSubstr("20.000")));
}

TEST(ProfileReportTest, JsonIsOneLine) {
  const std::string line = ProfileJson(Software(), TwoLayers());
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  const auto object = nlohmann::json::parse(line);
  EXPECT_EQ(object["model"], "net");
  EXPECT_EQ(object["device"], "vulkan:0");
  EXPECT_EQ(object["batch"], 8);
  EXPECT_EQ(object["threads"], 2);
  EXPECT_EQ(object["median_ms"], 25);
  EXPECT_EQ(object["images_per_s"], 320);
  EXPECT_EQ(object["layers"].size(), 2U);
  EXPECT_EQ(object["layers"][1]["device"], "cpu");
  EXPECT_EQ(object["layers"][1]["kernel"], "reference");
  EXPECT_EQ(object["layers"][0]["gflops_per_s"], 100);
  EXPECT_EQ(object["layers"][0]["share"], 0.8);
  EXPECT_EQ(object["p99_ms"], 27);
  EXPECT_EQ(object["layer_runs"], 120);
  EXPECT_EQ(object["layers"][0]["p99_ms"], 31);
  EXPECT_EQ(object["layers"][0]["others"][0]["kernel"], "winograd43");
  EXPECT_EQ(object["layers"][0]["others"][0]["why"], "the kernel is not 3x3");
  EXPECT_TRUE(object["layers"][0]["others"][0]["trial_ms"].is_null());
  EXPECT_EQ(object["layers"][0]["others"][1]["trial_ms"], 48.5);
  EXPECT_TRUE(object["layers"][1]["others"].empty());
}

}  // namespace
}  // namespace convoy::cli
