#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "server/rpc/image_classes.h"
#include "tests/support/rpc_fixture.h"

namespace convoy::server {
namespace {

using ::convoy::testing::PendingInfer;
using ::convoy::testing::RpcTest;
using ::testing::HasSubstr;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

class ClassifyTest : public RpcTest {
 protected:
  grpc::Status Classify(const convoy::v1::ClassifyRequest& request,
                        convoy::v1::ClassifyResponse* response) {
    grpc::ClientContext context;
    return classify_stub_->Classify(&context, request, response);
  }

  // `count` good pictures for the only model.
  convoy::v1::ClassifyRequest Pictures(int count) {
    convoy::v1::ClassifyRequest request;
    for (int i = 0; i < count; ++i) request.add_images(picture_);
    return request;
  }

  const std::string picture_ = ReadFile("tests/data/image/gray8.png");
  const std::string photo_ = ReadFile("tests/data/image/baseline_420.jpg");
};

TEST_F(ClassifyTest, NamesTheBestClassesOfEachImage) {
  runner_->Open();
  convoy::v1::ClassifyRequest request = Pictures(2);
  request.add_images(photo_);
  request.set_top_k(3);
  request.set_id("mine");
  convoy::v1::ClassifyResponse response;
  const grpc::Status status = Classify(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.model_name(), "net");
  EXPECT_EQ(response.model_version(), "3");
  EXPECT_EQ(response.id(), "mine");
  ASSERT_EQ(response.results_size(), 3);
  for (const auto& result : response.results()) {
    EXPECT_FALSE(result.has_error());
    ASSERT_EQ(result.classes_size(), 3);
    EXPECT_GE(result.classes(0).probability(), result.classes(1).probability());
    EXPECT_EQ(result.classes(0).label(), testing::GatedSpec().labels[result.classes(0).index()]);
    EXPECT_GE(result.batch_size(), 1u);
    EXPECT_GE(result.times().total_us(), result.times().decode_us());
  }
  EXPECT_EQ(response.results(0).classes(0).probability(),
            response.results(1).classes(0).probability());
}

TEST_F(ClassifyTest, TheImagesOfACallShareABatch) {
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  std::thread opener([this] {
    const auto model = *registry_.Acquire("net", "");
    while (model->queue_size() < 4) std::this_thread::yield();
    runner_->Open();
  });
  convoy::v1::ClassifyResponse response;
  ASSERT_TRUE(Classify(Pictures(4), &response).ok());
  opener.join();
  for (const auto& result : response.results()) EXPECT_EQ(result.batch_size(), 4u);
  EXPECT_TRUE(running.Await().ok());
}

TEST_F(ClassifyTest, ABadImageFailsAlone) {
  runner_->Open();
  convoy::v1::ClassifyRequest request = Pictures(1);
  request.add_images("not an image");
  request.add_images(photo_.substr(0, photo_.size() / 2));
  request.add_images("");
  // A PNG whose header declares 2^31 - 1 by 2^31 - 1 pixels.
  std::string huge = picture_;
  huge.replace(16, 8, "\x7f\xff\xff\xff\x7f\xff\xff\xff");
  request.add_images(huge);
  request.add_images(picture_);
  convoy::v1::ClassifyResponse response;
  const grpc::Status status = Classify(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), 6);
  for (const int good : {0, 5}) EXPECT_FALSE(response.results(good).has_error());
  for (const int bad : {1, 2, 3, 4}) {
    EXPECT_EQ(response.results(bad).error().code(), 3) << bad;  // INVALID_ARGUMENT
    EXPECT_FALSE(response.results(bad).error().message().empty());
    EXPECT_EQ(response.results(bad).classes_size(), 0);
  }
  ExpectUnharmed();
}

TEST_F(ClassifyTest, RefusesWhatNoModelCanAnswer) {
  const auto expect = [this](const convoy::v1::ClassifyRequest& request, grpc::StatusCode code,
                             const std::string& says) {
    convoy::v1::ClassifyResponse response;
    const grpc::Status status = Classify(request, &response);
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(says));
  };
  expect({}, grpc::StatusCode::INVALID_ARGUMENT, "0 images; one call takes from 1 to 128");
  expect(Pictures(129), grpc::StatusCode::INVALID_ARGUMENT, "129 images");
  convoy::v1::ClassifyRequest request = Pictures(1);
  request.set_top_k(1001);
  expect(request, grpc::StatusCode::INVALID_ARGUMENT, "top_k is 1001");
  request = Pictures(1);
  request.set_model_name("nosuch");
  expect(request, grpc::StatusCode::NOT_FOUND, "Request for unknown model: 'nosuch'");
  request = Pictures(1);
  request.set_model_name("net");
  request.set_model_version("8");
  expect(request, grpc::StatusCode::NOT_FOUND, "version 8");
  models::ModelSpec blind = testing::GatedSpec();
  blind.name = "blind";
  blind.image.reset();
  registry_.Add(std::make_shared<ServedModel>(blind, 1, std::make_unique<testing::GatedRunner>(),
                                              nullptr, QueueDefaults{}, clock_));
  request = Pictures(1);
  request.set_model_name("blind");
  expect(request, grpc::StatusCode::FAILED_PRECONDITION, "'blind' takes no images");
  expect(Pictures(1), grpc::StatusCode::INVALID_ARGUMENT, "'blind', 'net'");  // which of the two?
  ExpectUnharmed();
}

TEST_F(ClassifyTest, AnOverloadIsTheCallsOwnFailure) {
  PendingInfer running(*stub_, MakeRequest(1));
  runner_->AwaitRuns(1);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(30));
  convoy::v1::ClassifyResponse response;
  const grpc::Status status = classify_stub_->Classify(&context, Pictures(3), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  const auto model = *registry_.Acquire("net", "");
  while (model->queue_size() > 0) std::this_thread::yield();
  runner_->Open();
  EXPECT_TRUE(running.Await().ok());
  ExpectUnharmed();
}

TEST(AddClasses, AppliesSoftmaxWhereTheModelGivesLogits) {
  models::ModelSpec spec = testing::GatedSpec();
  spec.classify_softmax = true;
  const auto logits =
      compute::HostTensor::FromFloats({1, 4}, std::vector<float>{0, std::log(3.0F), -100, -100});
  convoy::v1::ImageResult result;
  AddClasses(logits.view(), spec, 2, result);
  ASSERT_EQ(result.classes_size(), 2);
  EXPECT_EQ(result.classes(0).label(), "east");
  EXPECT_NEAR(result.classes(0).probability(), 0.75, 1e-6);
  EXPECT_NEAR(result.classes(1).probability(), 0.25, 1e-6);
}

TEST(ImageInputSpec, FreeExtentsTakeTheImagesSize) {
  models::ModelSpec spec = testing::GatedSpec();
  spec.inputs[0].dims = {1, models::kAnyExtent, models::kAnyExtent};
  const auto input = ImageInputSpec(spec);
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_EQ(input->shape, (compute::Shape{1, 1, 2, 2}));
  spec.max_batch_size = 0;
  spec.inputs[0].dims = {models::kAnyExtent, 1, 2, 2};
  ASSERT_TRUE(ImageInputSpec(spec).ok());
  EXPECT_EQ(ImageInputSpec(spec)->shape, (compute::Shape{1, 1, 2, 2}));
  spec.inputs[0].dims = {1, 3, 3};
  EXPECT_EQ(ImageInputSpec(spec).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace convoy::server
