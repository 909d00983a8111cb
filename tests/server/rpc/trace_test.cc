// Requests that are to be traced, from the call's header to the page that shows them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";

class TraceTest : public convoy::testing::RpcTest {
 protected:
  void Infer(const std::string& traceparent) {
    runner_->Open();
    grpc::ClientContext context;
    if (!traceparent.empty()) context.AddMetadata("traceparent", traceparent);
    auto request = MakeRequest(1);
    request.set_id("request-7");
    inference::ModelInferResponse response;
    const grpc::Status status = stub_->ModelInfer(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  std::string Page() const { return rpc_->ChromeTrace(absl::Minutes(1)); }
};

TEST_F(TraceTest, ARequestThatItsCallerSamplesIsShownWithItsBatch) {
  Infer(absl::StrFormat("00-%s-00f067aa0ba902b7-01", kTraceId));
  for (const char* part : {kTraceId, "Recv.inference.GRPCInferenceService.ModelInfer", "queue",
                           "compute", "batches of net", "request-7"}) {
    EXPECT_THAT(Page(), HasSubstr(part));
  }
}

TEST_F(TraceTest, OthersAreNot) {
  Infer("");
  Infer(absl::StrFormat("00-%s-00f067aa0ba902b7-00", kTraceId));
  EXPECT_THAT(Page(), Not(HasSubstr("ModelInfer")));
}

TEST_F(TraceTest, TheSettingsChooseOneOfSoMany) {
  grpc::ClientContext context;
  inference::TraceSettingRequest request;
  (*request.mutable_settings())["trace_level"].add_value("TIMESTAMPS");
  (*request.mutable_settings())["trace_rate"].add_value("2");
  inference::TraceSettingResponse response;
  ASSERT_TRUE(stub_->TraceSetting(&context, request, &response).ok());
  for (int i = 0; i < 4; ++i) Infer("");
  const std::string page = Page();
  size_t begun = 0;
  const std::string mark = "\"name\":\"compute\",\"ph\":\"b\"";
  for (size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) ++begun;
  EXPECT_EQ(begun, 2u) << page;
}

}  // namespace
}  // namespace convoy::server
