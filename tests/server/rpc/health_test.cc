// grpc.health.v1 and server reflection, asked over the wire as stock tools do: their messages are
// few, so they are written and read here by hand.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::convoy::testing::RpcTest;
using ::testing::HasSubstr;

constexpr char kServing = 1;
constexpr char kNotServing = 2;

grpc::ByteBuffer Message(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string Text(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  return buffer.DumpToSingleSlice(&slice).ok()
             ? std::string(reinterpret_cast<const char*>(slice.begin()), slice.size())
             : "unreadable";
}

// A message whose field `number` is this string.
std::string StringField(int number, const std::string& value) {
  if (value.empty()) return "";
  return std::string(1, static_cast<char>(number << 3 | 2)) +
         std::string(1, static_cast<char>(value.size())) + value;
}

std::string StatusField(char status) { return std::string("\x08") + status; }

class HealthTest : public RpcTest {
 protected:
  // One call of any method with raw messages.
  struct Stream {
    Stream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method)
        : stub(channel), call(stub.PrepareCall(&context, method, &queue)) {
      call->StartCall(this);
      EXPECT_TRUE(Next());
    }
    ~Stream() {
      context.TryCancel();
      queue.Shutdown();
      void* tag = nullptr;
      bool ok = false;
      while (queue.Next(&tag, &ok)) continue;
    }

    bool Next() {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    }
    void WriteLast(const std::string& message) {
      call->WriteLast(Message(message), grpc::WriteOptions(), this);
      EXPECT_TRUE(Next());
    }
    std::string Read() {
      grpc::ByteBuffer buffer;
      call->Read(&buffer, this);
      return Next() ? Text(buffer) : "ended";
    }
    grpc::Status Finish() {
      grpc::Status status;
      call->Finish(&status, this);
      Next();
      return status;
    }

    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    grpc::GenericStub stub;
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call;
  };

  std::string Check(const std::string& service) {
    Stream stream(channel_, "/grpc.health.v1.Health/Check");
    stream.WriteLast(StringField(1, service));
    return stream.Read();
  }
};

TEST_F(HealthTest, CheckFollowsReadiness) {
  for (const char* service : {"", "inference.GRPCInferenceService", "convoy.v1.ClassifyService"}) {
    EXPECT_EQ(Check(service), StatusField(kNotServing)) << service;
  }
  rpc_->SetReady();
  for (const char* service : {"", "inference.GRPCInferenceService", "convoy.v1.ClassifyService"}) {
    EXPECT_EQ(Check(service), StatusField(kServing)) << service;
  }
}

TEST_F(HealthTest, LivenessDoesNotFollowReadiness) {
  EXPECT_EQ(Check("liveness"), StatusField(kServing));
  rpc_->SetReady();
  EXPECT_EQ(Check("liveness"), StatusField(kServing));
  rpc_->SetDeviceLost();  // not ready any more, as when the server drains
  EXPECT_EQ(Check(""), StatusField(kNotServing));
  EXPECT_EQ(Check("liveness"), StatusField(kServing));
}

TEST_F(HealthTest, CheckOfAnUnknownServiceIsNotFound) {
  Stream stream(channel_, "/grpc.health.v1.Health/Check");
  stream.WriteLast(StringField(1, "nosuch.Service"));
  EXPECT_EQ(stream.Read(), "ended");
  EXPECT_EQ(stream.Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(HealthTest, WatchTellsEveryChangeAndDoesNotHoldUpTheDrain) {
  Stream watch(channel_, "/grpc.health.v1.Health/Watch");
  watch.WriteLast("");
  EXPECT_EQ(watch.Read(), StatusField(kNotServing));
  rpc_->SetReady();
  EXPECT_EQ(watch.Read(), StatusField(kServing));
  std::thread drain([this] { EXPECT_TRUE(rpc_->Drain(absl::ZeroDuration(), absl::Minutes(1))); });
  EXPECT_EQ(watch.Read(), StatusField(kNotServing));
  drain.join();
}

TEST_F(HealthTest, ReflectionListsTheServices) {
  Stream stream(channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");
  stream.WriteLast(StringField(7, "*"));  // list_services
  const std::string answer = stream.Read();
  EXPECT_THAT(answer, HasSubstr("inference.GRPCInferenceService"));
  EXPECT_THAT(answer, HasSubstr("convoy.v1.ClassifyService"));
  EXPECT_THAT(answer, HasSubstr("grpc.health.v1.Health"));
}

}  // namespace
}  // namespace convoy::server
