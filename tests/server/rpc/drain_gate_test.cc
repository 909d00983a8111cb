#include "server/rpc/drain_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::server {
namespace {

using ::testing::HasSubstr;

TEST(DrainGateTest, HoldsNoMoreThanItsCapacity) {
  DrainGate gate(2);
  EXPECT_TRUE(gate.Enter().ok());
  EXPECT_TRUE(gate.Enter().ok());
  const absl::Status full = gate.Enter();
  EXPECT_EQ(full.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(full.ToString(), HasSubstr("holds 2 requests"));
  gate.FreePlace();
  gate.Leave();
  EXPECT_TRUE(gate.Enter().ok());
  EXPECT_EQ(gate.inside(), 2);
}

TEST(DrainGateTest, OneThatIsAnsweredHoldsNoPlaceButIsInside) {
  DrainGate gate(1);
  EXPECT_TRUE(gate.Enter().ok());
  gate.FreePlace();
  EXPECT_TRUE(gate.Enter().ok());
  EXPECT_EQ(gate.inside(), 2);
  gate.Close();
  EXPECT_FALSE(gate.AwaitEmpty(absl::ZeroDuration()));
}

TEST(DrainGateTest, LetsNobodyInOnceItIsClosed) {
  DrainGate gate;
  EXPECT_TRUE(gate.Enter().ok());
  gate.Close();
  EXPECT_EQ(gate.Enter().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(gate.AwaitEmpty(absl::ZeroDuration()));
  gate.Leave();
  EXPECT_TRUE(gate.AwaitEmpty(absl::ZeroDuration()));
}

}  // namespace
}  // namespace convoy::server
