#include "compute/vulkan/device_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace convoy::compute {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kGiB = int64_t{1} << 30;

size_t Slot(MemoryIntent intent) { return static_cast<size_t>(intent); }

DeviceSnapshot Base(const char* name, VulkanDeviceKind kind) {
  DeviceSnapshot snapshot;
  snapshot.name = name;
  snapshot.kind = kind;
  snapshot.api_version = VK_API_VERSION_1_3;
  snapshot.timeline_semaphore = true;
  snapshot.max_workgroup_invocations = 1024;
  snapshot.max_workgroup_size_x = 1024;
  snapshot.max_storage_buffers = 32;
  snapshot.timestamp_ns = 1;
  return snapshot;
}

// A discrete GPU without resizable BAR: graphics family first, compute family second.
DeviceSnapshot Discrete() {
  DeviceSnapshot snapshot = Base("discrete", VulkanDeviceKind::kDiscrete);
  snapshot.subgroup_size = 32;
  snapshot.subgroup_shuffle = snapshot.subgroup_ballot = true;
  snapshot.queue_families = {{.compute = true, .graphics = true, .timestamp_bits = 64},
                             {.compute = false, .graphics = false, .timestamp_bits = 64},
                             {.compute = true, .graphics = false, .timestamp_bits = 64}};
  snapshot.memory_types = {
      {.heap_bytes = 32 * kGiB},
      {.device_local = true, .heap_bytes = 8 * kGiB},
      {.host_visible = true, .host_coherent = true, .heap_bytes = 32 * kGiB},
      {.host_visible = true, .host_coherent = true, .host_cached = true, .heap_bytes = 32 * kGiB},
  };
  return snapshot;
}

DeviceSnapshot Integrated() {
  DeviceSnapshot snapshot = Base("integrated", VulkanDeviceKind::kIntegrated);
  snapshot.subgroup_size = 16;
  snapshot.queue_families = {{.compute = true, .graphics = true, .timestamp_bits = 36}};
  snapshot.memory_types = {
      {.device_local = true, .heap_bytes = 16 * kGiB},
      {.device_local = true, .host_visible = true, .host_coherent = true, .heap_bytes = 16 * kGiB},
      {.device_local = true,
       .host_visible = true,
       .host_coherent = true,
       .host_cached = true,
       .heap_bytes = 16 * kGiB}};
  return snapshot;
}

DeviceSnapshot Llvmpipe(const char* mesa, uint32_t subgroup_size) {
  DeviceSnapshot snapshot = Base("llvmpipe", VulkanDeviceKind::kCpu);
  snapshot.driver_name = "llvmpipe";
  snapshot.driver_text = mesa;
  snapshot.subgroup_size = subgroup_size;
  snapshot.subgroup_shuffle = snapshot.subgroup_ballot = true;
  snapshot.max_texel_elements = int64_t{1} << 27;
  snapshot.queue_families = {{.compute = true, .graphics = true, .timestamp_bits = 64}};
  snapshot.memory_types = {{.device_local = true,
                            .host_visible = true,
                            .host_coherent = true,
                            .host_cached = true,
                            .heap_bytes = 2 * kGiB}};
  return snapshot;
}

TEST(DevicePlanTest, ADiscreteGpuComputesBesideItsDesktop) {
  const absl::StatusOr<DevicePlan> plan = PlanDevice(Discrete());
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->queue_family, 2u);
  EXPECT_TRUE(plan->timestamps);
  EXPECT_FALSE(plan->traits.software);
  EXPECT_FALSE(plan->traits.texel_loads);
  EXPECT_FALSE(plan->shuffle_kernels);
  EXPECT_EQ(plan->traits.default_local_size, 64u);
  EXPECT_THAT(plan->extensions, IsEmpty());
}

TEST(DevicePlanTest, ADiscreteGpuStagesItsInputsAndOutputs) {
  const DevicePlan plan = *PlanDevice(Discrete());
  EXPECT_FALSE(plan.shared_memory);
  EXPECT_EQ(plan.memory_types[Slot(MemoryIntent::kActivations)], 1u);
  EXPECT_EQ(plan.memory_types[Slot(MemoryIntent::kWeights)], 1u);
  EXPECT_FALSE(plan.host_visible[Slot(MemoryIntent::kWeights)]);
  EXPECT_EQ(plan.memory_types[Slot(MemoryIntent::kUpload)], 2u) << "write-combined is enough";
  EXPECT_EQ(plan.memory_types[Slot(MemoryIntent::kReadback)], 3u) << "the host reads cached memory";
  EXPECT_EQ(plan.heap_bytes[Slot(MemoryIntent::kActivations)], 8 * kGiB);
}

TEST(DevicePlanTest, WeightsGoStraightThroughAResizableBar) {
  DeviceSnapshot snapshot = Discrete();
  snapshot.memory_types.push_back(
      {.device_local = true, .host_visible = true, .host_coherent = true, .heap_bytes = 8 * kGiB});
  const DevicePlan plan = *PlanDevice(snapshot);
  EXPECT_EQ(plan.memory_types[Slot(MemoryIntent::kWeights)], 4u);
  EXPECT_TRUE(plan.host_visible[Slot(MemoryIntent::kWeights)]);
  EXPECT_EQ(plan.memory_types[Slot(MemoryIntent::kActivations)], 1u);
}

TEST(DevicePlanTest, AnIntegratedGpuSharesItsMemory) {
  const DevicePlan plan = *PlanDevice(Integrated());
  EXPECT_TRUE(plan.shared_memory);
  EXPECT_EQ(plan.memory_types[Slot(MemoryIntent::kUpload)], 1u);
  EXPECT_EQ(plan.memory_types[Slot(MemoryIntent::kReadback)], 2u);
  EXPECT_EQ(plan.queue_family, 0u) << "the only one there is";
}

TEST(DevicePlanTest, ASoftwareDriverLoadsTexelsAndShuffles) {
  const DevicePlan plan = *PlanDevice(Llvmpipe("Mesa 22.3.6 (LLVM 15.0.6)", 16));
  EXPECT_TRUE(plan.traits.software);
  EXPECT_TRUE(plan.traits.texel_loads);
  EXPECT_TRUE(plan.shared_memory);
  EXPECT_TRUE(plan.shuffle_kernels);
  EXPECT_FALSE(plan.broadcast_kernels);
  EXPECT_EQ(plan.traits.default_local_size, 16u);
  EXPECT_THAT(plan.workarounds, IsEmpty());
}

TEST(DevicePlanTest, ANewerLlvmpipeBroadcastsInstead) {
  const DevicePlan plan = *PlanDevice(Llvmpipe("Mesa 25.0.7 (LLVM 19.1.7)", 16));
  EXPECT_FALSE(plan.shuffle_kernels);
  EXPECT_TRUE(plan.broadcast_kernels);
  EXPECT_TRUE(plan.traits.texel_loads);
  EXPECT_THAT(plan.workarounds, Contains("llvmpipe_broadcast"));
}

TEST(DevicePlanTest, ANewerLlvmpipeWithNarrowVectorsLoadsNoTexels) {
  const DevicePlan plan = *PlanDevice(Llvmpipe("Mesa 25.0.7 (LLVM 19.1.7)", 8));
  EXPECT_FALSE(plan.traits.texel_loads);
  EXPECT_THAT(plan.workarounds, Contains("llvmpipe_narrow_texel_crash"));
}

TEST(DevicePlanTest, FewLanesDoNotShuffle) {
  EXPECT_FALSE(PlanDevice(Llvmpipe("Mesa 22.3.6", 4))->shuffle_kernels);
}

TEST(DevicePlanTest, WorkgroupsStayWithinTheLimit) {
  DeviceSnapshot snapshot = Discrete();
  snapshot.max_workgroup_invocations = 32;
  EXPECT_EQ(PlanDevice(snapshot)->traits.default_local_size, 32u);
}

TEST(DevicePlanTest, SubmissionsStayShortWhereAWatchdogWaits) {
  const DevicePlan card = *PlanDevice(Discrete());
  const DevicePlan board = *PlanDevice(Integrated());
  // Even of a card that reaches 200 GFLOP/s, and of a board's GPU that reaches 10.
  EXPECT_LE(card.flops_per_submission, 0.1 * 200e9);
  EXPECT_LE(board.flops_per_submission, 0.1 * 10e9);
  EXPECT_GE(board.flops_per_submission, 0.05 * 10e9) << "each submission costs time";
  EXPECT_TRUE(std::isinf(PlanDevice(Llvmpipe("Mesa 22.3.6", 8))->flops_per_submission));
}

TEST(DevicePlanTest, Vulkan11NeedsTheTimelineExtension) {
  DeviceSnapshot snapshot = Discrete();
  snapshot.api_version = VK_API_VERSION_1_1;
  snapshot.portability_subset = true;
  const DevicePlan plan = *PlanDevice(snapshot);
  EXPECT_THAT(plan.extensions,
              ::testing::ElementsAre(::testing::StrEq("VK_KHR_timeline_semaphore"),
                                     ::testing::StrEq("VK_KHR_portability_subset")));
}

struct Lack {
  const char* message;
  std::function<void(DeviceSnapshot&)> take_away;
};

TEST(DevicePlanTest, WhatADeviceLacksIsNamed) {
  const Lack lacks[] = {
      {"API version 1.0, but 1.1", [](DeviceSnapshot& s) { s.api_version = VK_API_VERSION_1_0; }},
      {"no timeline semaphores", [](DeviceSnapshot& s) { s.timeline_semaphore = false; }},
      {"no compute queue", [](DeviceSnapshot& s) { s.queue_families = {{.graphics = true}}; }},
      {"4 storage buffers", [](DeviceSnapshot& s) { s.max_storage_buffers = 4; }},
      {"no coherent memory", [](DeviceSnapshot& s) { s.memory_types.resize(2); }},
  };
  for (const Lack& lack : lacks) {
    DeviceSnapshot snapshot = Discrete();
    lack.take_away(snapshot);
    const absl::Status status = PlanDevice(snapshot).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << lack.message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(lack.message));
    EXPECT_THAT(std::string(status.message()), HasSubstr("'discrete'"));
  }
}

}  // namespace
}  // namespace convoy::compute
