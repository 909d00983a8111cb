#include "server/rpc/request_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace convoy::server {
namespace {

using inference::ModelInferRequest;
using ::testing::HasSubstr;

TEST(CheckRequestLimits, TakesWhatIsWithinThem) {
  ModelInferRequest request;
  for (int i = 0; i < kMaxRequestTensors; ++i) {
    request.add_inputs()->set_name(std::string(kMaxRequestNameBytes, 'i'));
    request.add_outputs()->set_name(std::string(kMaxRequestNameBytes, 'o'));
  }
  for (int i = 0; i < kMaxRequestParameters; ++i) {
    (*request.mutable_parameters())[std::to_string(i)].set_bool_param(true);
    (*request.mutable_inputs(0)->mutable_parameters())[std::to_string(i)].set_bool_param(true);
  }
  EXPECT_TRUE(CheckRequestLimits(request).ok());
  EXPECT_TRUE(CheckRequestLimits({}).ok());
}

TEST(CheckRequestLimits, NamesWhatThereIsTooMuchOf) {
  const auto many = [](auto& parameters) {
    for (int i = 0; i <= kMaxRequestParameters; ++i) parameters[std::to_string(i)];
  };
  const std::string long_name(kMaxRequestNameBytes + 1, 'n');
  const struct {
    std::function<void(ModelInferRequest&)> fill;
    std::string says;
  } cases[] = {
      {[](auto& r) {
         for (int i = 0; i < 10000; ++i) r.add_inputs();
       },
       "10000 inputs; the limit is 1024"},
      {[](auto& r) {
         for (int i = 0; i < 10000; ++i) r.add_outputs();
       },
       "10000 outputs; the limit is 1024"},
      {[&](auto& r) { many(*r.mutable_parameters()); }, "257 parameters; the limit is 256"},
      {[&](auto& r) { many(*r.add_inputs()->mutable_parameters()); },
       "257 parameters of one input"},
      {[&](auto& r) { many(*r.add_outputs()->mutable_parameters()); },
       "257 parameters of one output"},
      {[&](auto& r) { r.add_inputs()->set_name(long_name); }, "The name of input 'nnn"},
      {[&](auto& r) { r.add_outputs()->set_name(long_name); }, "The name of output 'nnn"},
      {[&](auto& r) { (*r.mutable_parameters())[long_name]; }, "The name of parameter 'nnn"},
      {[&](auto& r) { (*r.add_outputs()->mutable_parameters())[long_name]; },
       "(cut from 1025 bytes) is too long; the limit is 1024 bytes"},
  };
  for (const auto& each : cases) {
    ModelInferRequest request;
    each.fill(request);
    const absl::Status status = CheckRequestLimits(request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << each.says;
    EXPECT_THAT(std::string(status.message()), HasSubstr(each.says));
    EXPECT_LT(status.message().size(), 1000u);
  }
}

}  // namespace
}  // namespace convoy::server
