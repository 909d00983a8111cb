#include "compute/cpu/cpu_facts.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace convoy::testing {
namespace {

using compute::CpuFacts;
using compute::ModelNameOf;
using compute::UsableCores;

TEST(CpuFacts, ReadsTheFirstModelName) {
  EXPECT_EQ("AMD EPYC 9B45",
            ModelNameOf("processor\t: 0\nmodel\t\t: 2\nmodel name\t: AMD EPYC 9B45\n"
                        "stepping : 1\nmodel name : Other\n"));
  EXPECT_EQ("X", ModelNameOf("model name: X"));
  EXPECT_EQ("unknown processor", ModelNameOf(""));
  EXPECT_EQ("unknown processor", ModelNameOf("model name\n: late"));
  EXPECT_EQ("unknown processor", ModelNameOf("model name :   "));
}

TEST(CpuFacts, UsesNoMoreCoresThanQuotaAndAffinityAllow) {
  CpuFacts facts;
  facts.online_cores = 16;
  facts.affinity_cores = 8;
  EXPECT_EQ(8, UsableCores(facts));
  facts.quota_cores = 2.5;
  EXPECT_EQ(3, UsableCores(facts));
  facts.quota_cores = 0.2;
  EXPECT_EQ(1, UsableCores(facts));
  facts.quota_cores = 1e18;
  EXPECT_EQ(8, UsableCores(facts));
}

TEST(CpuFacts, KnowsThisMachine) {
  const CpuFacts facts = compute::ReadCpuFacts();
  EXPECT_GE(facts.affinity_cores, 1);
  EXPECT_LE(facts.affinity_cores, facts.online_cores);
  EXPECT_FALSE(facts.model.empty());
  EXPECT_THAT(compute::PropertiesOf(facts),
              ::testing::Contains(::testing::Pair("oneDNN", ::testing::StartsWith("2."))));
}

}  // namespace
}  // namespace convoy::testing
