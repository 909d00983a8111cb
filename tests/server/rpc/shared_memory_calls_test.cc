#include "server/rpc/shared_memory_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "tests/support/rpc_fixture.h"
#include "tests/support/shared_object.h"

namespace convoy::server {
namespace {

using ::convoy::testing::PendingInfer;
using ::convoy::testing::RpcTest;
using ::convoy::testing::SharedObject;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t kRowBytes = 16;  // of the model "net", in and out

class SharedMemoryOffTest : public RpcTest {
 protected:
  grpc::Status Register(const std::string& name, const SharedObject& object, uint64_t offset,
                        uint64_t bytes) {
    grpc::ClientContext context;
    inference::SystemSharedMemoryRegisterRequest request;
    request.set_name(name);
    request.set_key(object.key());
    request.set_offset(offset);
    request.set_byte_size(bytes);
    inference::SystemSharedMemoryRegisterResponse response;
    return stub_->SystemSharedMemoryRegister(&context, request, &response);
  }

  grpc::Status Unregister(const std::string& name) {
    grpc::ClientContext context;
    inference::SystemSharedMemoryUnregisterRequest request;
    request.set_name(name);
    inference::SystemSharedMemoryUnregisterResponse response;
    return stub_->SystemSharedMemoryUnregister(&context, request, &response);
  }

  grpc::Status Infer(const inference::ModelInferRequest& request,
                     inference::ModelInferResponse* response) {
    grpc::ClientContext context;
    return stub_->ModelInfer(&context, request, response);
  }

  std::vector<std::string> Extensions() {
    grpc::ClientContext context;
    inference::ServerMetadataResponse response;
    EXPECT_TRUE(stub_->ServerMetadata(&context, {}, &response).ok());
    return {response.extensions().begin(), response.extensions().end()};
  }

  template <typename Parameters>
  static void Place(Parameters& parameters, const std::string& region, size_t bytes,
                    size_t offset) {
    parameters["shared_memory_region"].set_string_param(region);
    parameters["shared_memory_byte_size"].set_int64_param(static_cast<int64_t>(bytes));
    if (offset > 0) {
      parameters["shared_memory_offset"].set_int64_param(static_cast<int64_t>(offset));
    }
  }

  // One row from the start of "in", its answer to the start of "out".
  static inference::ModelInferRequest SharedRequest() {
    inference::ModelInferRequest request = MakeRequest(0);
    request.clear_raw_input_contents();
    Place(*request.mutable_inputs(0)->mutable_parameters(), "in", kRowBytes, 0);
    auto& output = *request.add_outputs();
    output.set_name("OUT");
    Place(*output.mutable_parameters(), "out", kRowBytes, 0);
    return request;
  }
};

class SharedMemoryCallsTest : public SharedMemoryOffTest {
 protected:
  RpcSettings Settings() const override {
    RpcSettings settings = SharedMemoryOffTest::Settings();
    settings.shared_memory.allowed = true;
    return settings;
  }
};

TEST_F(SharedMemoryOffTest, IsRefusedAndNotListed) {
  const SharedObject object("refused", 64);
  EXPECT_THAT(Extensions(), Not(Contains("system_shared_memory")));
  inference::ModelInferResponse response;
  for (const grpc::Status& status :
       {Register("in", object, 0, 64), Unregister(""), Infer(SharedRequest(), &response)}) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_THAT(status.error_message(), HasSubstr("Client shared memory is disabled"));
  }
  ExpectUnharmed();
}

TEST_F(SharedMemoryCallsTest, CarriesInputsAndOutputs) {
  runner_->Open();
  EXPECT_THAT(Extensions(), Contains("system_shared_memory"));
  const SharedObject in("in", 4096);
  const SharedObject out("out", 4096);
  ASSERT_TRUE(Register("in", in, 16, 64).ok());
  ASSERT_TRUE(Register("out", out, 0, 4096).ok());
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8};
  std::memcpy(in.bytes() + 16 + 8, values.data(), 2 * kRowBytes);
  inference::ModelInferRequest request = MakeRequest(0, 2);
  request.clear_raw_input_contents();
  Place(*request.mutable_inputs(0)->mutable_parameters(), "in", 2 * kRowBytes, 8);
  auto& output = *request.add_outputs();
  output.set_name("OUT");
  Place(*output.mutable_parameters(), "out", 100, 32);  // more room than it takes
  inference::ModelInferResponse response;
  const grpc::Status status = Infer(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  // The output is described, and its raw entry is empty.
  EXPECT_EQ(response.outputs(0).datatype(), "FP32");
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(2, 1, 2, 2));
  ASSERT_EQ(response.raw_output_contents_size(), 1);
  EXPECT_TRUE(response.raw_output_contents(0).empty());
  EXPECT_EQ(Floats(std::string(out.bytes() + 32, 2 * kRowBytes)),
            (std::vector<float>{2, 4, 6, 8, 10, 12, 14, 16}));
  EXPECT_EQ(std::string(out.bytes() + 32 + 2 * kRowBytes, 16), std::string(16, '\0'));
}

TEST_F(SharedMemoryCallsTest, TellsItsRegions) {
  const SharedObject object("status", 4096);
  ASSERT_TRUE(Register("a", object, 8, 100).ok());
  EXPECT_EQ(Register("a", object, 0, 8).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Register("b", object, 4000, 97).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto ask = [this](const std::string& name,
                          inference::SystemSharedMemoryStatusResponse* response) {
    grpc::ClientContext context;
    inference::SystemSharedMemoryStatusRequest request;
    request.set_name(name);
    return stub_->SystemSharedMemoryStatus(&context, request, response);
  };
  inference::SystemSharedMemoryStatusResponse response;
  ASSERT_TRUE(ask("", &response).ok());
  ASSERT_EQ(response.regions().size(), 1u);
  EXPECT_EQ(response.regions().at("a").name(), "a");
  EXPECT_EQ(response.regions().at("a").key(), object.key());
  EXPECT_EQ(response.regions().at("a").offset(), 8u);
  EXPECT_EQ(response.regions().at("a").byte_size(), 100u);
  EXPECT_EQ(ask("b", &response).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(Unregister("nosuch").ok());
  EXPECT_TRUE(Unregister("").ok());
  response.Clear();
  ASSERT_TRUE(ask("", &response).ok());
  EXPECT_TRUE(response.regions().empty());
}

TEST_F(SharedMemoryCallsTest, BadPlacesAreRefused) {
  runner_->Open();
  const SharedObject in("bad_in", 64);
  const SharedObject out("bad_out", 64);
  ASSERT_TRUE(Register("in", in, 0, 64).ok());
  ASSERT_TRUE(Register("out", out, 0, 64).ok());
  const auto input = [](auto& r) -> auto& { return *r.mutable_inputs(0)->mutable_parameters(); };
  const auto output = [](auto& r) -> auto& { return *r.mutable_outputs(0)->mutable_parameters(); };
  const struct {
    std::function<void(inference::ModelInferRequest&)> spoil;
    grpc::StatusCode code;
    std::string says;
  } cases[] = {
      {[&](auto& r) { input(r)["shared_memory_region"].set_string_param("nosuch"); },
       grpc::StatusCode::NOT_FOUND, "Unable to find shared memory region: 'nosuch'"},
      {[&](auto& r) { output(r)["shared_memory_region"].set_string_param("nosuch"); },
       grpc::StatusCode::NOT_FOUND, "Unable to find shared memory region: 'nosuch'"},
      {[&](auto& r) { input(r)["shared_memory_region"].set_int64_param(1); },
       grpc::StatusCode::INVALID_ARGUMENT, "expected string_param"},
      {[&](auto& r) { input(r).erase("shared_memory_byte_size"); },
       grpc::StatusCode::INVALID_ARGUMENT, "'shared_memory_byte_size' must be specified"},
      {[&](auto& r) { input(r)["shared_memory_byte_size"].set_string_param("16"); },
       grpc::StatusCode::INVALID_ARGUMENT, "expected int64_param"},
      {[&](auto& r) { input(r)["shared_memory_byte_size"].set_int64_param(-1); },
       grpc::StatusCode::INVALID_ARGUMENT, "expected >= 0, got -1"},
      {[&](auto& r) { input(r)["shared_memory_byte_size"].set_int64_param(12); },
       grpc::StatusCode::INVALID_ARGUMENT, "Expected 16, got 12"},
      {[&](auto& r) { input(r)["shared_memory_offset"].set_int64_param(49); },
       grpc::StatusCode::INVALID_ARGUMENT,
       "Invalid offset + byte size for shared memory region: 'in'"},
      {[&](auto& r) {
         input(r)["shared_memory_offset"].set_int64_param(std::numeric_limits<int64_t>::max());
       },
       grpc::StatusCode::INVALID_ARGUMENT, "Invalid offset + byte size"},
      {[&](auto& r) { output(r)["shared_memory_offset"].set_int64_param(49); },
       grpc::StatusCode::INVALID_ARGUMENT, "Invalid offset + byte size"},
      {[&](auto& r) { output(r)["shared_memory_byte_size"].set_int64_param(8); },
       grpc::StatusCode::INTERNAL, "(8 bytes) should be at least 16 bytes"},
      {[&](auto& r) { output(r)["classification"].set_int64_param(1); },
       grpc::StatusCode::INVALID_ARGUMENT,
       "output can't set both 'shared_memory_region' and 'classification'"},
      {[&](auto& r) { r.add_raw_input_contents("x"); }, grpc::StatusCode::INVALID_ARGUMENT,
       "1 raw_input_contents entries for 0 inputs outside of shared memory"},
      {[&](auto& r) { r.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1); },
       grpc::StatusCode::INVALID_ARGUMENT, "contents field must not be specified"},
  };
  for (const auto& bad : cases) {
    inference::ModelInferRequest request = SharedRequest();
    bad.spoil(request);
    inference::ModelInferResponse response;
    const grpc::Status status = Infer(request, &response);
    EXPECT_EQ(status.error_code(), bad.code) << bad.says << ": " << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(bad.says));
    ExpectUnharmed();
  }
  inference::ModelInferResponse response;
  EXPECT_TRUE(Infer(SharedRequest(), &response).ok());
}

TEST_F(SharedMemoryCallsTest, ARegionUnregisteredDuringItsRequestIsStillWritten) {
  const SharedObject in("during_in", 64);
  const SharedObject out("during_out", 64);
  const std::vector<float> values = {1, 2, 3, 4};
  std::memcpy(in.bytes(), values.data(), kRowBytes);
  ASSERT_TRUE(Register("in", in, 0, 64).ok());
  ASSERT_TRUE(Register("out", out, 0, 64).ok());
  PendingInfer running(*stub_, SharedRequest());
  runner_->AwaitRuns(1);
  ASSERT_TRUE(Unregister("").ok());
  runner_->Open();
  const grpc::Status status = running.Await();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Floats(std::string(out.bytes(), kRowBytes)), (std::vector<float>{2, 4, 6, 8}));
}

TEST_F(SharedMemoryCallsTest, ObjectsThatShrinkDuringTheRequestAreAnError) {
  SharedObject in("shrink_in", 64);
  SharedObject out("shrink_out", 64);
  ASSERT_TRUE(Register("in", in, 0, 64).ok());
  ASSERT_TRUE(Register("out", out, 0, 64).ok());
  PendingInfer running(*stub_, SharedRequest());
  runner_->AwaitRuns(1);
  out.Resize(0);
  in.Resize(0);
  runner_->Open();
  EXPECT_EQ(running.Await().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  inference::ModelInferResponse response;
  const grpc::Status again = Infer(SharedRequest(), &response);
  EXPECT_EQ(again.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(again.error_message(), HasSubstr("has become smaller"));
  ExpectUnharmed();
}

TEST_F(SharedMemoryCallsTest, RawContentsAreForTheInputsOutsideOfIt) {
  models::ModelSpec spec = testing::GatedSpec();
  spec.name = "pair";
  spec.inputs = {{"A", compute::DType::kFloat32, {4}}, {"B", compute::DType::kFloat32, {4}}};
  spec.image.reset();
  auto runner = std::make_unique<testing::GatedRunner>();
  runner->Open();
  AddModel(spec, std::move(runner));
  const SharedObject in("pair", 64);
  ASSERT_TRUE(Register("in", in, 0, 64).ok());
  const std::vector<float> values = {1, 2, 3, 4};
  std::memcpy(in.bytes(), values.data(), kRowBytes);
  inference::ModelInferRequest request;
  request.set_model_name("pair");
  for (const char* name : {"A", "B"}) {
    auto& input = *request.add_inputs();
    input.set_name(name);
    input.set_datatype("FP32");
    input.add_shape(1);
    input.add_shape(4);
  }
  Place(*request.mutable_inputs(0)->mutable_parameters(), "in", kRowBytes, 0);
  request.add_raw_input_contents(std::string(kRowBytes, '\0'));
  inference::ModelInferResponse response;
  const grpc::Status status = Infer(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Floats(response.raw_output_contents(0)), (std::vector<float>{2, 4, 6, 8}));
}

TEST_F(SharedMemoryOffTest, ThereIsNoCudaMemory) {
  grpc::ClientContext all, one, register_context, unregister;
  inference::CudaSharedMemoryStatusResponse status;
  EXPECT_TRUE(stub_->CudaSharedMemoryStatus(&all, {}, &status).ok());
  EXPECT_TRUE(status.regions().empty());
  inference::CudaSharedMemoryStatusRequest named;
  named.set_name("r");
  EXPECT_EQ(stub_->CudaSharedMemoryStatus(&one, named, &status).error_code(),
            grpc::StatusCode::NOT_FOUND);
  inference::CudaSharedMemoryUnregisterResponse unregistered;
  EXPECT_TRUE(stub_->CudaSharedMemoryUnregister(&unregister, {}, &unregistered).ok());
  inference::CudaSharedMemoryRegisterRequest request;
  request.set_name("r");
  inference::CudaSharedMemoryRegisterResponse response;
  const grpc::Status refused =
      stub_->CudaSharedMemoryRegister(&register_context, request, &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(refused.error_message(),
              HasSubstr("failed to register shared memory region: invalid args"));
}

}  // namespace
}  // namespace convoy::server
