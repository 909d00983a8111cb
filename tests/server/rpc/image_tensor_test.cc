#include "server/rpc/image_tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>

#include "tests/support/rpc_fixture.h"
#include "tests/support/shared_object.h"

namespace convoy::server {
namespace {

using ::convoy::testing::RpcTest;
using ::convoy::testing::SharedObject;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::string Element(std::string_view text) {
  std::string element;
  for (int shift = 0; shift < 32; shift += 8) {
    element += static_cast<char>((text.size() >> shift) & 0xff);
  }
  return element + std::string(text);
}

absl::StatusOr<std::vector<std::string>> Split(const std::string& raw, int64_t count) {
  const auto elements =
      SplitByteElements(std::as_bytes(std::span(raw.data(), raw.size())), count, "IN", "net");
  if (!elements.ok()) return elements.status();
  std::vector<std::string> texts;
  for (const EncodedImage& each : *elements) {
    texts.emplace_back(reinterpret_cast<const char*>(each.data()), each.size());
  }
  return texts;
}

TEST(SplitByteElements, TakesTheLengthsOff) {
  EXPECT_THAT(*Split(Element("one") + Element("") + Element(std::string("\0a", 2)), 3),
              ElementsAre("one", "", std::string("\0a", 2)));
  EXPECT_THAT(*Split("", 0), ElementsAre());
}

TEST(SplitByteElements, RefusesLengthsAndCountsThatDoNotFit) {
  const std::pair<std::string, std::string> cases[] = {
      {Element("a"), "expected 2 string elements for inference input 'IN' for model 'net', got 1"},
      {Element("a") + Element("b") + Element("c"), "got at least 3"},
      {"", "got 0"},
      {Element("a") + "\x0a" + std::string(3, '\0') + "abc",
       "expecting string of length 10 but only 3 bytes available"},
      {Element("a") + "\xff\xff\xff\xff", "expecting string of length 4294967295 but only 0"},
      {Element("a") + "\x01", "only 1 bytes available"},
  };
  for (const auto& [raw, says] : cases) {
    const absl::Status status = Split(raw, 2).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << says;
    EXPECT_THAT(std::string(status.message()), HasSubstr(says));
  }
}

// ModelInfer with pictures instead of tensors, against Classify of the same pictures.
class ImageTensorTest : public RpcTest {
 protected:
  server::RpcSettings Settings() const override {
    RpcSettings settings = RpcTest::Settings();
    settings.shared_memory.allowed = true;
    return settings;
  }

  static inference::ModelInferRequest Request(const std::vector<int64_t>& shape) {
    inference::ModelInferRequest request;
    request.set_model_name("net");
    auto& input = *request.add_inputs();
    input.set_name("IN");
    input.set_datatype("BYTES");
    for (const int64_t dim : shape) input.add_shape(dim);
    return request;
  }

  grpc::Status Infer(const inference::ModelInferRequest& request,
                     inference::ModelInferResponse& response) {
    grpc::ClientContext context;
    return stub_->ModelInfer(&context, request, &response);
  }

  // The scores of the pictures as Classify gives them, by index.
  std::vector<float> Scores(const std::vector<std::string>& pictures) {
    convoy::v1::ClassifyRequest request;
    for (const std::string& each : pictures) request.add_images(each);
    request.set_top_k(4);
    convoy::v1::ClassifyResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(classify_stub_->Classify(&context, request, &response).ok());
    std::vector<float> scores(pictures.size() * 4);
    for (int i = 0; i < response.results_size(); ++i) {
      for (const auto& each : response.results(i).classes()) {
        scores[static_cast<size_t>(i) * 4 + each.index()] = each.probability();
      }
    }
    return scores;
  }

  void ExpectScores(const inference::ModelInferRequest& request,
                    const std::vector<std::string>& pictures) {
    inference::ModelInferResponse response;
    const grpc::Status status = Infer(request, response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.outputs(0).shape(0), static_cast<int64_t>(pictures.size()));
    EXPECT_EQ(Floats(response.raw_output_contents(0)), Scores(pictures));
  }

  const std::string gray_ = ReadFile("tests/data/image/gray8.png");
  const std::string photo_ = ReadFile("tests/data/image/baseline_420.jpg");
};

TEST_F(ImageTensorTest, PicturesAnswerAsWithClassify) {
  runner_->Open();
  const std::string raw = Element(photo_) + Element(gray_);
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{2}, {2, 1}}) {
    inference::ModelInferRequest request = Request(shape);
    request.add_raw_input_contents(raw);
    ExpectScores(request, {photo_, gray_});
  }
  inference::ModelInferRequest typed = Request({1});
  typed.mutable_inputs(0)->mutable_contents()->add_bytes_contents(photo_);
  ExpectScores(typed, {photo_});

  const SharedObject object("pictures", raw.size() + 8);
  std::memcpy(object.bytes() + 8, raw.data(), raw.size());
  grpc::ClientContext context;
  inference::SystemSharedMemoryRegisterRequest region;
  region.set_name("pictures");
  region.set_key(object.key());
  region.set_byte_size(raw.size() + 8);
  inference::SystemSharedMemoryRegisterResponse registered;
  ASSERT_TRUE(stub_->SystemSharedMemoryRegister(&context, region, &registered).ok());
  inference::ModelInferRequest shared = Request({2});
  auto& parameters = *shared.mutable_inputs(0)->mutable_parameters();
  parameters["shared_memory_region"].set_string_param("pictures");
  parameters["shared_memory_byte_size"].set_int64_param(static_cast<int64_t>(raw.size()));
  parameters["shared_memory_offset"].set_int64_param(8);
  ExpectScores(shared, {photo_, gray_});
}

TEST_F(ImageTensorTest, ABadPictureIsNamedAndTheRequestRefused) {
  runner_->Open();
  const struct {
    std::vector<int64_t> shape;
    std::string raw;
    std::string says;
  } cases[] = {
      {{2}, Element(gray_) + Element("<html>"), "in element 1 of input 'IN'"},
      {{1}, Element(photo_.substr(0, 500)), "in element 0 of input 'IN'"},
      {{1}, Element(""), "in element 0"},
      {{1}, gray_, "expecting string of length"},  // without its length
      {{2}, Element(gray_), "expected 2 string elements"},
      {{1}, Element(gray_) + Element(gray_), "expected 1 string elements"},
      {{5}, Element(gray_), "batch-size must be from 1 to 4"},
      {{0}, "", "batch-size must be from 1 to 4"},
      {{-1}, Element(gray_), "has -1 rows"},
      {{1, 2}, Element(gray_), "[N] or [N,1]"},
      {{}, Element(gray_), "[N] or [N,1]"},
  };
  for (const auto& each : cases) {
    inference::ModelInferRequest request = Request(each.shape);
    request.add_raw_input_contents(each.raw);
    inference::ModelInferResponse response;
    const grpc::Status status = Infer(request, response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << each.says;
    EXPECT_THAT(status.error_message(), HasSubstr(each.says));
  }
  inference::ModelInferRequest typed = Request({1});
  typed.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1);
  inference::ModelInferResponse response;
  EXPECT_THAT(Infer(typed, response).error_message(), HasSubstr("do not belong to datatype"));
  ExpectUnharmed();
}

TEST_F(ImageTensorTest, AModelThatTakesNoPicturesRefusesThem) {
  models::ModelSpec blind = testing::GatedSpec();
  blind.name = "blind";
  blind.image.reset();
  AddModel(blind, std::make_unique<testing::GatedRunner>());
  inference::ModelInferRequest request = Request({1});
  request.set_model_name("blind");
  request.add_raw_input_contents(Element(gray_));
  inference::ModelInferResponse response;
  EXPECT_THAT(Infer(request, response).error_message(),
              HasSubstr("data-type is 'BYTES', but model 'blind' expects 'FP32'"));
}

}  // namespace
}  // namespace convoy::server
