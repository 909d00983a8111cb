#include "server/rpc/tensor_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "server/rpc/request_parameters.h"
#include "server/rpc/top_k.h"

namespace convoy::server {
namespace {

using compute::DType;
using inference::ModelInferRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename T>
std::string Bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// Two inputs with a batch dimension, one of them with a free extent, and two outputs.
models::ModelSpec Spec() {
  return {.name = "net",
          .max_batch_size = 4,
          .inputs = {{"A", DType::kFloat32, {2}}, {"B", DType::kInt8, {models::kAnyExtent}}},
          .outputs = {{"X", DType::kFloat32, {3}},
                      {"H", DType::kFloat16, {1}},
                      {"B", DType::kBool, {1}}},
          .labels = {"cat", "", "dog"}};
}

absl::StatusOr<DecodedRequest> Decode(const ModelInferRequest& request,
                                      const models::ModelSpec& spec) {
  return DecodeRequest(request, spec, SharedMemory({}));
}

void AddInput(ModelInferRequest& request, const std::string& name, const std::string& datatype,
              const std::vector<int64_t>& shape) {
  auto& input = *request.add_inputs();
  input.set_name(name);
  input.set_datatype(datatype);
  for (const int64_t dim : shape) input.add_shape(dim);
}

ModelInferRequest GoodRaw() {
  ModelInferRequest request;
  AddInput(request, "A", "FP32", {2, 2});
  AddInput(request, "B", "INT8", {2, 3});
  request.add_raw_input_contents(Bytes<float>({1, 2, 3, 4}));
  request.add_raw_input_contents(Bytes<int8_t>({1, 2, 3, 4, 5, -6}));
  return request;
}

ModelInferRequest GoodTyped() {
  ModelInferRequest request = GoodRaw();
  request.clear_raw_input_contents();
  for (const float value : {1.F, 2.F, 3.F, 4.F}) {
    request.mutable_inputs(0)->mutable_contents()->add_fp32_contents(value);
  }
  for (const int value : {1, 2, 3, 4, 5, -6}) {
    request.mutable_inputs(1)->mutable_contents()->add_int_contents(value);
  }
  return request;
}

TEST(DecodeRequest, RawAndTypedContentsGiveTheSameTensors) {
  for (const ModelInferRequest& request : {GoodRaw(), GoodTyped()}) {
    const auto decoded = Decode(request, Spec());
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(decoded->rows, 2);
    ASSERT_EQ(decoded->inputs.size(), 2u);
    EXPECT_THAT(decoded->inputs[0].data<float>(), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(decoded->inputs[1].data<int8_t>(), ElementsAre(1, 2, 3, 4, 5, -6));
    EXPECT_EQ(decoded->inputs[1].spec.shape, (compute::Shape{2, 3}));
    ASSERT_EQ(decoded->outputs.size(), 3u);
  }
}

TEST(DecodeRequest, InputsMayComeInAnyOrder) {
  ModelInferRequest request = GoodRaw();
  request.mutable_inputs()->SwapElements(0, 1);
  request.mutable_raw_input_contents()->SwapElements(0, 1);
  const auto decoded = Decode(request, Spec());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_THAT(decoded->inputs[0].data<float>(), ElementsAre(1, 2, 3, 4));
}

TEST(DecodeRequest, TheShapeKeyTellsFreeExtentsApartAndNotRows) {
  ModelInferRequest one_row;
  AddInput(one_row, "A", "FP32", {1, 2});
  AddInput(one_row, "B", "INT8", {1, 3});
  one_row.add_raw_input_contents(Bytes<float>({1, 2}));
  one_row.add_raw_input_contents(Bytes<int8_t>({1, 2, 3}));
  ModelInferRequest wider = one_row;
  wider.mutable_inputs(1)->set_shape(1, 4);
  wider.set_raw_input_contents(1, Bytes<int8_t>({1, 2, 3, 4}));
  const std::string key = Decode(GoodRaw(), Spec())->shape_key;
  EXPECT_EQ(Decode(one_row, Spec())->shape_key, key);
  EXPECT_NE(Decode(wider, Spec())->shape_key, key);
}

TEST(DecodeRequest, WithoutBatchDimensionTheShapeIsTheModels) {
  models::ModelSpec spec = Spec();
  spec.max_batch_size = 0;
  spec.inputs = {{"A", DType::kFloat64, {2, 2}}};
  ModelInferRequest request;
  AddInput(request, "A", "FP64", {2, 2});
  request.add_raw_input_contents(Bytes<double>({1, 2, 3, 4}));
  const auto decoded = Decode(request, spec);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->rows, 1);
}

TEST(DecodeRequest, AskedOutputsComeInTheModelsOrder) {
  ModelInferRequest request = GoodRaw();
  request.add_outputs()->set_name("H");
  request.add_outputs()->set_name("X");
  const auto decoded = Decode(request, Spec());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->outputs[0].index, 0);
  EXPECT_EQ(decoded->outputs[1].index, 1);
}

struct BadRequest {
  std::string name;
  std::function<void(ModelInferRequest&)> spoil;  // a good raw request
  std::string says;
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
};

void SpoilShape(ModelInferRequest& request, const std::vector<int64_t>& shape) {
  auto& input = *request.mutable_inputs(0);
  input.clear_shape();
  for (const int64_t dim : shape) input.add_shape(dim);
}

const std::vector<BadRequest>& BadRequests() {
  static const std::vector<BadRequest> cases = {
      {"NoInput",
       [](auto& r) {
         r.clear_inputs();
         r.clear_raw_input_contents();
       },
       "expected 2 inputs but got 0 inputs for model 'net'"},
      {"MissingInput",
       [](auto& r) {
         r.mutable_inputs()->RemoveLast();
         r.mutable_raw_input_contents()->RemoveLast();
       },
       "required input 'B' is missing"},
      {"UnknownInput", [](auto& r) { r.mutable_inputs(0)->set_name("C"); },
       "unexpected inference input 'C' for model 'net', which takes 'A', 'B'"},
      {"DuplicateInput", [](auto& r) { r.mutable_inputs(1)->set_name("A"); },
       "input 'A' already exists in request"},
      {"HugeName", [](auto& r) { r.mutable_inputs(0)->set_name(std::string(1 << 20, 'n')); },
       "(cut from 1048576 bytes)"},
      {"ControlBytesInName", [](auto& r) { r.mutable_inputs(0)->set_name("a\n\x01"); },
       "'a\\x0a\\x01'"},
      {"WrongDatatype", [](auto& r) { r.mutable_inputs(0)->set_datatype("FP64"); },
       "data-type is 'FP64', but model 'net' expects 'FP32'"},
      {"EmptyDatatype", [](auto& r) { r.mutable_inputs(0)->set_datatype(""); },
       "data-type is '', but model 'net' expects 'FP32'"},
      {"RankTooLow", [](auto& r) { SpoilShape(r, {4}); }, "Expected [-1,2], got [4]"},
      {"RankTooHigh",
       [](auto& r) {
         SpoilShape(r, {2, 2, 1});
       },
       "Expected [-1,2], got [2,2,1]"},
      {"NoShape", [](auto& r) { SpoilShape(r, {}); }, "Expected [-1,2], got []"},
      {"AbsurdRank", [](auto& r) { SpoilShape(r, std::vector<int64_t>(100000, 1)); }, ",...]"},
      {"WrongExtent",
       [](auto& r) {
         SpoilShape(r, {2, 3});
       },
       "Expected [-1,2], got [2,3]"},
      {"NegativeExtent", [](auto& r) { r.mutable_inputs(1)->set_shape(1, -1); }, "got [2,-1]"},
      {"ZeroExtent", [](auto& r) { r.mutable_inputs(1)->set_shape(1, 0); }, "got [2,0]"},
      {"BatchZero",
       [](auto& r) {
         SpoilShape(r, {0, 2});
       },
       "batch-size must be from 1 to 4 for 'net': input 'A' has 0 rows"},
      {"BatchNegative",
       [](auto& r) {
         SpoilShape(r, {-1, 2});
       },
       "has -1 rows"},
      {"BatchTooLarge",
       [](auto& r) {
         SpoilShape(r, {5, 2});
       },
       "batch-size must be from 1 to 4 for 'net': input 'A' has 5 rows"},
      {"BatchesDiffer",
       [](auto& r) {
         SpoilShape(r, {1, 2});
         r.set_raw_input_contents(0, Bytes<float>({1, 2}));
       },
       "batch size does not match other inputs"},
      {"ExtentOverflows",
       [](auto& r) { r.mutable_inputs(1)->set_shape(1, std::numeric_limits<int64_t>::max()); },
       "unexpected shape for input 'B'"},
      {"HugeExtent", [](auto& r) { r.mutable_inputs(1)->set_shape(1, int64_t{1} << 40); },
       "input byte size mismatch for input 'B' for model 'net'. Expected 2199023255552, got 6"},
      {"TooFewBytes", [](auto& r) { r.set_raw_input_contents(0, "1234"); }, "Expected 16, got 4"},
      {"TooManyBytes", [](auto& r) { r.set_raw_input_contents(0, std::string(17, 'x')); },
       "Expected 16, got 17"},
      {"NoBytes", [](auto& r) { r.set_raw_input_contents(0, ""); }, "Expected 16, got 0"},
      {"OneRawEntryShort", [](auto& r) { r.mutable_raw_input_contents()->RemoveLast(); },
       "unable to find data for input tensor 'B'"},
      {"OneRawEntryTooMany", [](auto& r) { r.add_raw_input_contents("x"); },
       "3 raw_input_contents entries for 2 inputs"},
      {"RawAndTyped", [](auto& r) { r.mutable_inputs(1)->mutable_contents()->add_int_contents(1); },
       "contents field must not be specified when using raw_input_contents for 'B'"},
      {"UnknownOutput", [](auto& r) { r.add_outputs()->set_name("Y"); },
       "unexpected inference output 'Y' for model 'net', which gives 'X', 'H'"},
      {"DuplicateOutput",
       [](auto& r) {
         r.add_outputs()->set_name("X");
         r.add_outputs()->set_name("X");
       },
       "output 'X' already exists in request"},
      {"ClassificationZero",
       [](auto& r) {
         auto& output = *r.add_outputs();
         output.set_name("X");
         (*output.mutable_parameters())["classification"].set_int64_param(0);
       },
       "'classification' parameter, expected > 0, got 0"},
      {"ClassificationNotANumber",
       [](auto& r) {
         auto& output = *r.add_outputs();
         output.set_name("X");
         (*output.mutable_parameters())["classification"].set_string_param("3");
       },
       "expected int64_param"},
      {"ClassificationOnBool",
       [](auto& r) {
         auto& output = *r.add_outputs();
         output.set_name("B");
         (*output.mutable_parameters())["classification"].set_int64_param(1);
       },
       "unsupported type 'BOOL'"},
      {"SharedMemoryInput",
       [](auto& r) {
         (*r.mutable_inputs(0)->mutable_parameters())["shared_memory_region"].set_string_param("s");
         r.mutable_raw_input_contents()->RemoveLast();  // it has no entry there
       },
       "Client shared memory is disabled", absl::StatusCode::kUnimplemented},
      {"SharedMemoryOutput",
       [](auto& r) {
         auto& output = *r.add_outputs();
         output.set_name("X");
         (*output.mutable_parameters())["shared_memory_region"].set_string_param("s");
       },
       "shared memory", absl::StatusCode::kUnimplemented},
  };
  return cases;
}

class BadRequestTest : public ::testing::TestWithParam<size_t> {};

TEST_P(BadRequestTest, IsRefusedWithGivenAndAllowed) {
  const BadRequest& bad = BadRequests()[GetParam()];
  ModelInferRequest request = GoodRaw();
  bad.spoil(request);
  const absl::Status status = Decode(request, Spec()).status();
  EXPECT_EQ(status.code(), bad.code) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(bad.says));
  EXPECT_LT(status.message().size(), 1500u);
}

INSTANTIATE_TEST_SUITE_P(All, BadRequestTest, ::testing::Range<size_t>(0, BadRequests().size()),
                         [](const auto& parameter) { return BadRequests()[parameter.param].name; });

TEST(DecodeRequest, RefusesTypedContentsThatDoNotFit) {
  const struct {
    std::function<void(inference::InferTensorContents&)> spoil;  // of B, six INT8 values
    std::string says;
  } cases[] = {
      {[](auto& c) { c.add_int_contents(7); },
       "has 7 elements in its contents, but its shape 2x3 has 6"},
      {[](auto& c) { c.mutable_int_contents()->RemoveLast(); }, "has 5 elements"},
      {[](auto& c) { c.set_int_contents(3, 128); },
       "element 3 of input 'B' is 128, which is outside of -128 to 127"},
      {[](auto& c) { c.set_int_contents(0, -129); }, "-129"},
      {[](auto& c) { c.add_fp32_contents(1); },
       "1 elements are in fields that do not belong to datatype 'INT8'"},
      {[](auto& c) { c.add_bytes_contents("x"); }, "do not belong to datatype 'INT8'"},
      {[](auto& c) { c.clear_int_contents(); }, "has 0 elements"},
  };
  for (const auto& bad : cases) {
    ModelInferRequest request = GoodTyped();
    bad.spoil(*request.mutable_inputs(1)->mutable_contents());
    const absl::Status status = Decode(request, Spec()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad.says;
    EXPECT_THAT(std::string(status.message()), HasSubstr(bad.says));
  }
}

TEST(DecodeRequest, ATypedShapeLargerThanTheMessageTakesNoMemory) {
  ModelInferRequest request = GoodTyped();
  request.mutable_inputs(1)->set_shape(1, int64_t{1} << 50);
  EXPECT_EQ(Decode(request, Spec()).status().code(), absl::StatusCode::kInvalidArgument);
}

// Each datatype through its typed field and through raw bytes.
TEST(DecodeRequest, EveryTypedFieldReachesItsDatatype) {
  const struct {
    DType dtype;
    std::function<void(inference::InferTensorContents&)> fill;
    std::string bytes;
  } cases[] = {
      {DType::kBool, [](auto& c) { c.add_bool_contents(true); }, Bytes<uint8_t>({1})},
      {DType::kInt8, [](auto& c) { c.add_int_contents(-128); }, Bytes<int8_t>({-128})},
      {DType::kInt16, [](auto& c) { c.add_int_contents(-32768); }, Bytes<int16_t>({-32768})},
      {DType::kInt32, [](auto& c) { c.add_int_contents(-7); }, Bytes<int32_t>({-7})},
      {DType::kInt64, [](auto& c) { c.add_int64_contents(-(int64_t{1} << 40)); },
       Bytes<int64_t>({-(int64_t{1} << 40)})},
      {DType::kUint8, [](auto& c) { c.add_uint_contents(255); }, Bytes<uint8_t>({255})},
      {DType::kUint16, [](auto& c) { c.add_uint_contents(65535); }, Bytes<uint16_t>({65535})},
      {DType::kUint32, [](auto& c) { c.add_uint_contents(0xffffffff); },
       Bytes<uint32_t>({0xffffffff})},
      {DType::kUint64, [](auto& c) { c.add_uint64_contents(~uint64_t{0}); },
       Bytes<uint64_t>({~uint64_t{0}})},
      {DType::kFloat32, [](auto& c) { c.add_fp32_contents(1.5F); }, Bytes<float>({1.5F})},
      {DType::kFloat64, [](auto& c) { c.add_fp64_contents(0.1); }, Bytes<double>({0.1})},
  };
  for (const auto& each : cases) {
    models::ModelSpec spec = Spec();
    spec.inputs = {{"A", each.dtype, {1}}};
    ModelInferRequest request;
    AddInput(request, "A", std::string(compute::NameOf(each.dtype)), {1, 1});
    each.fill(*request.mutable_inputs(0)->mutable_contents());
    const auto decoded = Decode(request, spec);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    ASSERT_EQ(decoded->inputs[0].bytes.size(), each.bytes.size());
    EXPECT_EQ(std::memcmp(decoded->inputs[0].bytes.data(), each.bytes.data(), each.bytes.size()), 0)
        << compute::NameOf(each.dtype);
  }
}

TEST(DecodeRequest, HalfHasNoTypedField) {
  models::ModelSpec spec = Spec();
  spec.inputs = {{"A", DType::kFloat16, {1}}};
  ModelInferRequest request;
  AddInput(request, "A", "FP16", {1, 1});
  request.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1);
  EXPECT_EQ(Decode(request, spec).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(EncodeOutputs, GivesOneRawEntryAnOutput) {
  const std::vector<float> scores = {0.25F, 0.5F, 1, 3, 2, 2};
  std::vector<compute::HostTensor> outputs;
  outputs.push_back(compute::HostTensor::FromFloats({2, 3}, scores));
  outputs.emplace_back(compute::TensorSpec{DType::kFloat16, {2, 1}});
  inference::ModelInferResponse response;
  const std::vector<WantedOutput> wanted = {{.index = 0}, {.index = 1}};
  ASSERT_TRUE(EncodeOutputs(outputs, wanted, Spec(), response).ok());
  ASSERT_EQ(response.outputs_size(), 2);
  ASSERT_EQ(response.raw_output_contents_size(), 2);
  EXPECT_EQ(response.outputs(0).name(), "X");
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(2, 3));
  EXPECT_EQ(response.raw_output_contents(0), Bytes(scores));
  EXPECT_EQ(response.outputs(1).datatype(), "FP16");
  EXPECT_EQ(response.raw_output_contents(1).size(), 4u);
}

// Splits a raw BYTES tensor.
std::vector<std::string> Elements(const std::string& raw) {
  std::vector<std::string> elements;
  for (size_t at = 0; at < raw.size();) {
    uint32_t length = 0;
    std::memcpy(&length, raw.data() + at, sizeof(length));
    elements.push_back(raw.substr(at + sizeof(length), length));
    at += sizeof(length) + length;
  }
  return elements;
}

TEST(EncodeOutputs, ClassesAreTextWithLabelsWhereThereAreSome) {
  const std::vector<float> scores = {0.25F, 0.5F, 1, 3, 2, 2};
  std::vector<compute::HostTensor> outputs;
  outputs.push_back(compute::HostTensor::FromFloats({2, 3}, scores));
  inference::ModelInferResponse response;
  ASSERT_TRUE(EncodeOutputs(outputs, std::vector<WantedOutput>{{.index = 0, .classes = 2}}, Spec(),
                            response)
                  .ok());
  EXPECT_EQ(response.outputs(0).datatype(), "BYTES");
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(2, 2));
  EXPECT_THAT(Elements(response.raw_output_contents(0)),
              ElementsAre("1.000000:2:dog", "0.500000:1", "3.000000:0:cat", "2.000000:1"));
}

TEST(EncodeOutputs, AskingForMoreClassesThanThereAreGivesAll) {
  std::vector<compute::HostTensor> outputs;
  outputs.push_back(compute::HostTensor::FromFloats({1, 3}, std::vector<float>{1, 2, 3}));
  inference::ModelInferResponse response;
  ASSERT_TRUE(EncodeOutputs(outputs, std::vector<WantedOutput>{{.index = 0, .classes = 99}}, Spec(),
                            response)
                  .ok());
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(1, 3));
}

TEST(TopK, TiesGoToTheLowerIndexAndNanIsLast) {
  const double nan = std::nan("");
  const std::vector<double> scores = {nan, 1, 2, 2, nan, -1};
  std::vector<int64_t> order;
  for (const ScoredClass& each : TopK(scores, 6)) order.push_back(each.index);
  EXPECT_THAT(order, ElementsAre(2, 3, 1, 5, 0, 4));
  EXPECT_TRUE(TopK(scores, 0).empty());
  EXPECT_TRUE(TopK({}, 3).empty());
}

TEST(Softmax, IsStableForLargeScores) {
  std::vector<double> scores = {1000, 1000, -1000};
  Softmax(scores);
  EXPECT_THAT(scores, ElementsAre(0.5, 0.5, 0));
}

TEST(ParseParameters, ReadsTheTimeoutAndIgnoresWhatItMay) {
  ModelInferRequest request;
  auto& parameters = *request.mutable_parameters();
  parameters["timeout"].set_int64_param(2500);
  parameters["priority"].set_uint64_param(3);
  parameters["triton_enable_empty_final_response"].set_bool_param(true);
  parameters["sequence_id"].set_int64_param(9);
  parameters["note"].set_string_param("hello");
  const auto parsed = ParseParameters(request);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->timeout, absl::Microseconds(2500));
  EXPECT_EQ(parsed->priority, 3);
  parameters["priority"].set_int64_param(2);
  EXPECT_EQ(ParseParameters(request)->priority, 2);
  EXPECT_EQ(ParseParameters({})->timeout, absl::InfiniteDuration());
}

TEST(ParseParameters, RefusesBadOnes) {
  const std::pair<std::string, std::function<void(inference::InferParameter&)>> cases[] = {
      {"timeout", [](auto& p) { p.set_string_param("1"); }},
      {"timeout", [](auto& p) { p.set_int64_param(-1); }},
      {"priority", [](auto& p) { p.set_string_param("high"); }},
      {"priority", [](auto& p) { p.set_int64_param(-1); }},
      {"triton_secret", [](auto& p) { p.set_bool_param(true); }},
      {"note", [](auto&) {}},
  };
  for (const auto& [key, fill] : cases) {
    ModelInferRequest request;
    fill((*request.mutable_parameters())[key]);
    const absl::Status status = ParseParameters(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << key;
    EXPECT_THAT(std::string(status.message()), HasSubstr(key == "triton_secret" ? "triton_" : key));
  }
}

}  // namespace
}  // namespace convoy::server
