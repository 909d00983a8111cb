#include "server/rpc/infer_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::convoy::testing::GatedRunner;
using ::convoy::testing::PendingInfer;
using ::convoy::testing::RpcTest;
using ::testing::HasSubstr;

class InferStreamTest : public RpcTest {
 protected:
  using Stream =
      grpc::ClientReaderWriter<inference::ModelInferRequest, inference::ModelStreamInferResponse>;

  std::unique_ptr<Stream> Open(grpc::ClientContext& context) {
    return stub_->ModelStreamInfer(&context);
  }

  // Request `id` holds its number as its first value.
  static inference::ModelInferRequest Numbered(int id, const std::string& model = "net") {
    inference::ModelInferRequest request = MakeRequest(static_cast<float>(id));
    request.set_model_name(model);
    request.set_id(std::to_string(id));
    return request;
  }

  void ExpectAnswer(Stream& stream, int id) {
    inference::ModelStreamInferResponse reply;
    ASSERT_TRUE(stream.Read(&reply)) << id;
    EXPECT_EQ(reply.error_message(), "");
    EXPECT_EQ(reply.infer_response().id(), std::to_string(id));
    EXPECT_TRUE(reply.infer_response().parameters().at("triton_final_response").bool_param());
    ASSERT_EQ(reply.infer_response().raw_output_contents_size(), 1);
    EXPECT_EQ(Floats(reply.infer_response().raw_output_contents(0))[0], 2 * static_cast<float>(id));
  }

  void ExpectError(Stream& stream, const std::string& id, const std::string& says) {
    inference::ModelStreamInferResponse reply;
    ASSERT_TRUE(stream.Read(&reply)) << id;
    EXPECT_THAT(reply.error_message(), HasSubstr(says));
    EXPECT_EQ(reply.infer_response().id(), id);
    EXPECT_EQ(reply.infer_response().outputs_size(), 0);
  }

  void ExpectEnd(Stream& stream) {
    inference::ModelStreamInferResponse reply;
    EXPECT_FALSE(stream.Read(&reply));
    const grpc::Status status = stream.Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  int64_t QueueSize(const std::string& model = "net") {
    return (*registry_.Acquire(model, ""))->queue_size();
  }
  void AwaitQueue(int64_t count) {
    while (QueueSize() != count) std::this_thread::yield();
  }
};

TEST_F(InferStreamTest, AnswersInTheOrderOfTheRequests) {
  runner_->Open();
  grpc::ClientContext context;
  const auto stream = Open(context);
  for (int id = 0; id < 40; ++id) ASSERT_TRUE(stream->Write(Numbered(id)));
  for (int id = 0; id < 40; ++id) ExpectAnswer(*stream, id);
  ASSERT_TRUE(stream->WritesDone());
  ExpectEnd(*stream);
  EXPECT_THAT(metrics_.Render(), HasSubstr("method=\"ModelStreamInfer\""));
}

TEST_F(InferStreamTest, RequestsOfOneStreamRideInOneBatch) {
  grpc::ClientContext context;
  const auto stream = Open(context);
  ASSERT_TRUE(stream->Write(Numbered(0)));
  runner_->AwaitRuns(1);
  for (int id = 1; id <= 4; ++id) ASSERT_TRUE(stream->Write(Numbered(id)));
  AwaitQueue(4);
  runner_->Open();
  for (int id = 0; id <= 4; ++id) ExpectAnswer(*stream, id);
  EXPECT_EQ(runner_->runs(), 2);
  stream->WritesDone();
  ExpectEnd(*stream);
}

TEST_F(InferStreamTest, AFastModelWaitsForASlowOneBeforeIt) {
  models::ModelSpec spec = testing::GatedSpec();
  spec.name = "fast";
  auto fast = std::make_unique<GatedRunner>();
  GatedRunner& runner = *fast;
  runner.Open();
  AddModel(spec, std::move(fast));
  grpc::ClientContext context;
  const auto stream = Open(context);
  ASSERT_TRUE(stream->Write(Numbered(1, "net")));
  ASSERT_TRUE(stream->Write(Numbered(2, "fast")));
  runner_->AwaitRuns(1);
  runner.AwaitRuns(1);
  runner_->Open();
  ExpectAnswer(*stream, 1);
  ExpectAnswer(*stream, 2);
  stream->WritesDone();
  ExpectEnd(*stream);
}

TEST_F(InferStreamTest, AFailedRequestIsAReplyAndTheStreamGoesOn) {
  grpc::ClientContext context;
  const auto stream = Open(context);
  ASSERT_TRUE(stream->Write(Numbered(1)));
  runner_->AwaitRuns(1);  // what fails behind it takes another batch
  inference::ModelInferRequest bad = Numbered(2);
  bad.mutable_inputs(0)->set_datatype("INT8");
  ASSERT_TRUE(stream->Write(bad));
  ASSERT_TRUE(stream->Write(Numbered(3, "nosuch")));
  inference::ModelInferRequest failing = MakeRequest(-1);  // fails in the batch
  failing.set_id("fails");
  ASSERT_TRUE(stream->Write(failing));
  runner_->Open();
  ExpectAnswer(*stream, 1);
  ExpectError(*stream, "2", "expects 'FP32'");
  ExpectError(*stream, "3", "Request for unknown model: 'nosuch'");
  ExpectError(*stream, "fails", "a value is negative");
  ASSERT_TRUE(stream->Write(Numbered(5)));
  ExpectAnswer(*stream, 5);
  stream->WritesDone();
  ExpectEnd(*stream);
}

TEST_F(InferStreamTest, AnErrorTextThatIsNoUtf8DoesNotBreakTheStream) {
  grpc::ClientContext context;
  const auto stream = Open(context);
  inference::ModelInferRequest request = Numbered(1);
  std::string name(255, 'n');
  for (int i = 0; i < 100; ++i) name += "ö";  // a message that quotes it cuts inside a character
  request.mutable_inputs(0)->set_name(name);
  ASSERT_TRUE(stream->Write(request));
  ExpectError(*stream, "1", "unexpected inference input");
  stream->WritesDone();
  ExpectEnd(*stream);
}

// Of gRPC's generic client: bytes instead of messages.
TEST_F(InferStreamTest, AMessageThatDoesNotParseIsAFailedRequest) {
  runner_->Open();
  std::string good = Numbered(1).SerializeAsString();
  grpc::internal::RpcMethod method("/inference.GRPCInferenceService/ModelStreamInfer",
                                   grpc::internal::RpcMethod::BIDI_STREAMING);
  grpc::ClientContext context;
  const std::unique_ptr<
      grpc::ClientReaderWriter<grpc::ByteBuffer, inference::ModelStreamInferResponse>>
      stream(grpc::internal::ClientReaderWriterFactory<
             grpc::ByteBuffer, inference::ModelStreamInferResponse>::Create(channel_.get(), method,
                                                                            &context));
  for (const std::string& body : {good, std::string("\x0a\xff\xff"), std::string(), good}) {
    const grpc::Slice slice(body);
    ASSERT_TRUE(stream->Write(grpc::ByteBuffer(&slice, 1)));
  }
  stream->WritesDone();
  std::vector<std::string> errors;
  for (inference::ModelStreamInferResponse reply; stream->Read(&reply);) {
    errors.push_back(reply.error_message());
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(errors, ::testing::ElementsAre("", "Unable to parse request",
                                             HasSubstr("Request for unknown model"), ""));
}

TEST_F(InferStreamTest, ByMetadataAFailureEndsTheStreamWithItsStatus) {
  runner_->Open();
  grpc::ClientContext context;
  context.AddMetadata(InferStream::kErrorMetadata, "true");
  const auto stream = Open(context);
  ASSERT_TRUE(stream->Write(Numbered(1)));
  ExpectAnswer(*stream, 1);
  ASSERT_TRUE(stream->Write(Numbered(2, "nosuch")));
  inference::ModelStreamInferResponse reply;
  EXPECT_FALSE(stream->Read(&reply));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("'nosuch'"));
  ExpectUnharmed();
}

TEST_F(InferStreamTest, EndsBehindTheLastReplyWhenTheClientIsDone) {
  grpc::ClientContext context;
  const auto stream = Open(context);
  for (int id = 0; id < 6; ++id) ASSERT_TRUE(stream->Write(Numbered(id)));
  ASSERT_TRUE(stream->WritesDone());
  runner_->AwaitRuns(1);
  runner_->Open();
  for (int id = 0; id < 6; ++id) ExpectAnswer(*stream, id);
  ExpectEnd(*stream);
}

TEST_F(InferStreamTest, WithoutARequestItEndsWithoutAReply) {
  grpc::ClientContext context;
  const auto stream = Open(context);
  ASSERT_TRUE(stream->WritesDone());
  ExpectEnd(*stream);
}

TEST_F(InferStreamTest, ACancelledStreamLeavesTheQueue) {
  grpc::ClientContext context;
  const auto stream = Open(context);
  ASSERT_TRUE(stream->Write(Numbered(0)));
  runner_->AwaitRuns(1);
  for (int id = 1; id <= 10; ++id) ASSERT_TRUE(stream->Write(Numbered(id)));
  AwaitQueue(10);
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  AwaitQueue(0);
  runner_->Open();
  ExpectUnharmed();
  EXPECT_EQ(runner_->runs(), 2);  // what waited never ran
}

TEST_F(InferStreamTest, AStreamPastItsDeadlineLeavesTheQueue) {
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(30));
  const auto stream = Open(context);
  stream->Write(Numbered(1));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  AwaitQueue(0);
  runner_->Open();
  EXPECT_TRUE(running.Await().ok());
  ExpectUnharmed();
}

// Remembers how long the queue was at most.
class LongestQueue : public BatchObserver {
 public:
  explicit LongestQueue(std::atomic<int64_t>& longest) : longest_(longest) {}
  void OnBatch(const BatchReport&) override {}
  void OnQueueSize(int64_t requests) override {
    for (int64_t seen = longest_; requests > seen;) {
      if (longest_.compare_exchange_weak(seen, requests)) break;
    }
  }

 private:
  std::atomic<int64_t>& longest_;
};

TEST_F(InferStreamTest, IsReadOnOnlyWhileFewRequestsWait) {
  constexpr int kRequests = 1000;
  const auto most = static_cast<int64_t>(InferStream::kMaxWaiting);
  models::ModelSpec spec = testing::GatedSpec();
  spec.name = "deep";
  spec.batching.queue.max_queue_size = kRequests;
  auto gated = std::make_unique<GatedRunner>();
  GatedRunner& runner = *gated;
  std::atomic<int64_t> longest = 0;
  registry_.Add(std::make_shared<ServedModel>(
      spec, 3, std::move(gated), std::make_unique<LongestQueue>(longest), QueueDefaults{}, clock_));
  grpc::ClientContext context;
  const auto stream = Open(context);
  std::thread writer([&] {
    for (int id = 0; id < kRequests; ++id) stream->Write(Numbered(id, "deep"));
    stream->WritesDone();
  });
  runner.AwaitRuns(1);
  const int64_t at_least = most - spec.max_batch_size;  // a batch's worth has left the queue
  while (QueueSize("deep") < at_least) std::this_thread::yield();
  runner.Open();
  for (int id = 0; id < kRequests; ++id) ExpectAnswer(*stream, id);
  writer.join();
  ExpectEnd(*stream);
  EXPECT_GE(longest, at_least);
  EXPECT_LE(longest, most);
}

// Answers every row by so many bytes.
class LargeAnswers : public BatchRunner {
 public:
  explicit LargeAnswers(int64_t bytes) : floats_(bytes / 4) {}
  absl::StatusOr<BatchReport> Run(std::span<BatchPart> parts, compute::Width) override {
    BatchReport report;
    for (BatchPart& part : parts) {
      report.rows += part.rows;
      part.outputs.emplace_back(
          compute::TensorSpec{compute::DType::kFloat32, {part.rows, floats_}});
    }
    return report;
  }

 private:
  const int64_t floats_;
};

TEST_F(InferStreamTest, AClientThatDoesNotReadStopsNobodyElse) {
  runner_->Open();
  grpc::ClientContext context;
  const auto stream = Open(context);
  // Replies far beyond gRPC's buffers, which nobody takes: ids are echoed.
  inference::ModelInferRequest request = Numbered(1);
  request.set_id(std::string(1 << 20, 'i'));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(stream->Write(request));
  ExpectUnharmed();
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  ExpectUnharmed();
}

// As the test before, in a server that holds four requests at once.
class FourPlacesTest : public InferStreamTest {
 protected:
  RpcSettings Settings() const override {
    RpcSettings settings = InferStreamTest::Settings();
    settings.max_inflight_requests = 4;
    return settings;
  }
};

TEST_F(FourPlacesTest, AClientThatDoesNotReadHoldsNoPlace) {
  runner_->Open();
  grpc::ClientContext context;
  const auto stream = Open(context);
  inference::ModelInferRequest request = Numbered(1);
  request.set_id(std::string(1 << 20, 'i'));
  std::thread writer([&] {
    while (stream->Write(request)) continue;  // until the stream is cancelled
  });
  // Far more of them are answered than there are places, and none is read.
  while (rpc_->requests_inside() < 20) std::this_thread::yield();
  const auto settled = [&] {
    inference::ModelInferResponse response;
    grpc::ClientContext other;
    return stub_->ModelInfer(&other, MakeRequest(1), &response).ok();
  };
  while (!settled()) std::this_thread::yield();  // the stream's own may take all four for a moment
  context.TryCancel();
  writer.join();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

// Small requests with large replies: the server stops reading before they fill its memory.
TEST_F(InferStreamTest, RepliesThatNobodyReadsAreBounded) {
  constexpr int64_t kReplyBytes = 4 << 20;
  models::ModelSpec spec = testing::GatedSpec();
  spec.name = "large";
  spec.outputs = {{"OUT", compute::DType::kFloat32, {kReplyBytes / 4}}};
  AddModel(spec, std::make_unique<LargeAnswers>(kReplyBytes));
  grpc::ClientContext context;
  const auto stream = Open(context);
  std::thread writer([&] {
    int id = 0;
    while (id < 1000 && stream->Write(Numbered(id, "large"))) ++id;
  });
  const auto most = static_cast<int64_t>(InferStream::kMaxWaitingBytes) / kReplyBytes;
  while (rpc_->requests_inside() < most) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();  // a server without bound would go on
  EXPECT_LE(rpc_->requests_inside(), most + 2);
  context.TryCancel();
  writer.join();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  ExpectUnharmed();
}

TEST_F(InferStreamTest, ManyStreamsThatBreakOffHarmNobody) {
  runner_->Open();
  std::vector<std::thread> clients;
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&, c] {
      const auto stub = inference::GRPCInferenceService::NewStub(Connect());
      for (int round = 0; round < 25; ++round) {
        grpc::ClientContext context;
        const auto stream = stub->ModelStreamInfer(&context);
        inference::ModelStreamInferResponse reply;
        for (int id = 0; id < 10; ++id) stream->Write(Numbered(id));
        for (int read = 0; read < (c + round) % 11; ++read) stream->Read(&reply);
        context.TryCancel();
        stream->Finish();
      }
    });
  }
  for (std::thread& client : clients) client.join();
  ExpectUnharmed();
}

TEST_F(InferStreamTest, TheDrainFinishesWhatAStreamHasSent) {
  // Holds the drain up until everything is read.
  models::ModelSpec spec = testing::GatedSpec();
  spec.name = "slow";
  auto gated = std::make_unique<GatedRunner>();
  GatedRunner& slow = *gated;
  AddModel(spec, std::move(gated));
  PendingInfer last(*stub_, Numbered(9, "slow"));
  slow.AwaitRuns(1);
  grpc::ClientContext context;
  const auto stream = Open(context);
  ASSERT_TRUE(stream->Write(Numbered(1)));
  runner_->AwaitRuns(1);
  bool finished = false;
  std::thread drain([&] { finished = rpc_->Drain(absl::ZeroDuration(), absl::Minutes(1)); });
  // Once the gate is closed a new request on the open stream is refused, in its turn.
  inference::ModelInferResponse response;
  grpc::Status refused;
  do {
    grpc::ClientContext probe;
    inference::ModelInferRequest bad = MakeRequest(1);
    bad.set_model_version("0");  // NOT_FOUND while the gate is open
    refused = stub_->ModelInfer(&probe, bad, &response);
  } while (refused.error_code() == grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(stream->Write(Numbered(2)));
  runner_->Open();
  ExpectAnswer(*stream, 1);
  ExpectError(*stream, "2", "shutting down");
  slow.Open();
  EXPECT_TRUE(last.Await().ok());
  drain.join();
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace convoy::server
