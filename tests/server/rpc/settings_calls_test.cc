#include "server/rpc/settings_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "compute/base/log_settings.h"
#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::convoy::testing::RpcTest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SettingsTest : public RpcTest {
 protected:
  void TearDown() override {
    compute::ChangeLogSettings(before_);
    RpcTest::TearDown();
  }

  grpc::Status Log(const inference::LogSettingsRequest& request,
                   inference::LogSettingsResponse* response) {
    grpc::ClientContext context;
    return stub_->LogSettings(&context, request, response);
  }
  grpc::Status Trace(const inference::TraceSettingRequest& request,
                     inference::TraceSettingResponse* response) {
    grpc::ClientContext context;
    return stub_->TraceSetting(&context, request, response);
  }

  const compute::LogSettings before_ = compute::GetLogSettings();
};

TEST_F(SettingsTest, TheLogTellsItsSettings) {
  compute::ChangeLogSettings({.info = false, .verbose_level = 3});
  inference::LogSettingsResponse response;
  ASSERT_TRUE(Log({}, &response).ok());
  const auto& settings = response.settings();
  EXPECT_EQ(settings.at("log_file").string_param(), "");
  EXPECT_FALSE(settings.at("log_info").bool_param());
  EXPECT_TRUE(settings.at("log_warning").bool_param());
  EXPECT_TRUE(settings.at("log_error").bool_param());
  EXPECT_EQ(settings.at("log_verbose_level").uint32_param(), 3u);
  EXPECT_EQ(settings.at("log_format").string_param(), "ISO8601");
  EXPECT_EQ(settings.size(), 6u);
}

TEST_F(SettingsTest, TheLogTakesNewSettings) {
  inference::LogSettingsRequest request;
  (*request.mutable_settings())["log_info"].set_bool_param(false);
  (*request.mutable_settings())["log_format"].set_string_param("default");
  (*request.mutable_settings())["log_verbose_level"].set_uint32_param(1);
  inference::LogSettingsResponse response;
  ASSERT_TRUE(Log(request, &response).ok());
  EXPECT_EQ(response.settings().at("log_format").string_param(), "default");
  EXPECT_FALSE(response.settings().at("log_info").bool_param());
  EXPECT_EQ(compute::GetLogSettings(),
            (compute::LogSettings{
                .info = false, .verbose_level = 1, .format = compute::LogFormat::kDefault}));
}

TEST_F(SettingsTest, ABadLogSettingChangesNothing) {
  using Value = inference::LogSettingsRequest::SettingValue;
  const struct {
    std::string key;
    std::function<void(Value&)> fill;
    grpc::StatusCode code;
    std::string says;
  } cases[] = {
      {"log_format", [](Value& v) { v.set_string_param("xml"); },
       grpc::StatusCode::INVALID_ARGUMENT, "invalid argument for log_format, got: 'xml'"},
      {"log_format", [](Value& v) { v.set_bool_param(true); }, grpc::StatusCode::INVALID_ARGUMENT,
       "expected string_param"},
      {"log_error", [](Value& v) { v.set_string_param("no"); }, grpc::StatusCode::INVALID_ARGUMENT,
       "expected bool_param"},
      {"log_verbose_level", [](Value&) {}, grpc::StatusCode::INVALID_ARGUMENT,
       "expected uint32_param"},
      {"log_file", [](Value& v) { v.set_string_param("/etc/motd"); },
       grpc::StatusCode::UNIMPLEMENTED, "log file location can not be updated"},
      {"log_colour", [](Value& v) { v.set_bool_param(true); }, grpc::StatusCode::INVALID_ARGUMENT,
       "'log_colour' is no log setting"},
  };
  for (const auto& bad : cases) {
    inference::LogSettingsRequest request;
    (*request.mutable_settings())["log_info"].set_bool_param(false);
    bad.fill((*request.mutable_settings())[bad.key]);
    inference::LogSettingsResponse response;
    const grpc::Status status = Log(request, &response);
    EXPECT_EQ(status.error_code(), bad.code) << bad.says;
    EXPECT_THAT(status.error_message(), HasSubstr(bad.says));
    EXPECT_EQ(compute::GetLogSettings(), before_) << bad.says;
  }
}

TEST_F(SettingsTest, TraceSettingsAreKeptByModel) {
  inference::TraceSettingRequest request;
  inference::TraceSettingResponse response;
  ASSERT_TRUE(Trace(request, &response).ok());
  EXPECT_THAT(response.settings().at("trace_level").value(), ElementsAre("OFF"));
  EXPECT_THAT(response.settings().at("trace_rate").value(), ElementsAre("1000"));
  request.set_model_name("net");
  (*request.mutable_settings())["trace_level"].add_value("TIMESTAMPS");
  (*request.mutable_settings())["trace_rate"].add_value("7");
  ASSERT_TRUE(Trace(request, &response).ok());
  EXPECT_THAT(response.settings().at("trace_level").value(), ElementsAre("TIMESTAMPS"));
  EXPECT_THAT(response.settings().at("trace_rate").value(), ElementsAre("7"));
  response.Clear();
  ASSERT_TRUE(Trace({}, &response).ok());
  EXPECT_THAT(response.settings().at("trace_rate").value(), ElementsAre("1000"));
  // A key without values is cleared.
  (*request.mutable_settings())["trace_rate"].clear_value();
  ASSERT_TRUE(Trace(request, &response).ok());
  EXPECT_THAT(response.settings().at("trace_rate").value(), ElementsAre("1000"));
}

TEST_F(SettingsTest, TraceSettingsRefuseWhatTheyDoNotHave) {
  const auto ask = [this](const std::string& model, const std::string& key,
                          const std::string& value) {
    inference::TraceSettingRequest request;
    request.set_model_name(model);
    if (!key.empty()) (*request.mutable_settings())[key].add_value(value);
    inference::TraceSettingResponse response;
    return Trace(request, &response);
  };
  EXPECT_THAT(ask("nosuch", "", "").error_message(), HasSubstr("unknown model : 'nosuch'"));
  EXPECT_EQ(ask("nosuch", "trace_rate", "1").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(ask("", "trace_rate", "often").error_message(),
              HasSubstr("Unable to parse 'trace_rate', got: 'often'"));
  const grpc::Status file = ask("net", "trace_file", "/tmp/x");
  EXPECT_EQ(file.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(file.error_message(), HasSubstr("trace file location can not be updated"));
}

}  // namespace
}  // namespace convoy::server
