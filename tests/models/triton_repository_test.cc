// Triton's own example repository (of the test data that lies beside the project, see
// docs/testing.md): what a CNN server can serve of it loads and answers, the rest is refused by
// the name of what is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "absl/strings/str_format.h"
#include "compute/runtime/reference_session.h"
#include "models/model.h"
#include "models/repository/repository.h"

namespace convoy::testing {
namespace {

using compute::DType;
using compute::HostTensor;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Repository() {
  const char* given = std::getenv("CONVOY_TESTDATA");
  return absl::StrFormat("%s/triton_model_repository",
                         given != nullptr ? given : CONVOY_SOURCE_DIR "/../shared/testdata");
}

class TritonRepositoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(Repository())) GTEST_SKIP() << "there is no " << Repository();
    const std::vector<std::string> paths = {Repository()};
    const auto snapshot = models::Scan(models::DiskFileTree(), paths);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    for (const models::ModelEntry& entry : snapshot->models) entries_[entry.name] = entry;
  }

  // The model, or why there is none.
  absl::StatusOr<std::unique_ptr<models::Model>> Load(const std::string& name) {
    const models::ModelEntry& entry = entries_[name];
    if (!entry.status.ok()) return entry.status;
    if (entry.versions.empty()) return absl::InternalError("the scan found no version");
    return models::Model::Load(entry.versions.front(), *device_, {});
  }

  std::map<std::string, models::ModelEntry> entries_;
  std::unique_ptr<compute::Device> device_ = compute::MakeReferenceDevice({});
};

// OUTPUT0 is the sum of the inputs, OUTPUT1 their difference.
template <typename T>
void CheckSums(models::Model& model, DType dtype) {
  const compute::TensorSpec spec{dtype, {3, 16}};
  HostTensor a(spec), b(spec);
  for (int i = 0; i < 48; ++i) {
    a.mutable_data<T>()[static_cast<size_t>(i)] = static_cast<T>(i);
    b.mutable_data<T>()[static_cast<size_t>(i)] = static_cast<T>(2 * i - 40);
  }
  models::BatchItem item{.rows = 3, .inputs = {a.view(), b.view()}};
  ASSERT_EQ(model.ValidateItem(item), absl::OkStatus());
  const auto report = model.Run({&item, 1});
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(item.outputs.size(), 2);
  for (size_t i = 0; i < 48; ++i) {
    const auto left = a.data<T>()[i], right = b.data<T>()[i];
    ASSERT_EQ(item.outputs[0].data<T>()[i], static_cast<T>(left + right)) << i;
    ASSERT_EQ(item.outputs[1].data<T>()[i], static_cast<T>(left - right)) << i;
  }
}

TEST_F(TritonRepositoryTest, SumsAnswer) {
  const auto simple = Load("simple");
  ASSERT_TRUE(simple.ok()) << simple.status();
  EXPECT_EQ((*simple)->spec().max_batch_size, 8);
  EXPECT_EQ((*simple)->spec().platform, "onnxruntime_onnx");
  CheckSums<int32_t>(**simple, DType::kInt32);
  const auto bytes = Load("simple_int8");
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  CheckSums<int8_t>(**bytes, DType::kInt8);
}

TEST_F(TritonRepositoryTest, WhatIsNoNetworkOfTensorsIsRefusedByName) {
  EXPECT_THAT(Load("simple_sequence").status().ToString(),
              AllOf(HasSubstr("UNIMPLEMENTED"), HasSubstr("config.pbtxt:30:1: "),
                    HasSubstr("'sequence_batching' is not supported")));
  EXPECT_THAT(Load("simple_dyna_sequence").status().ToString(),
              HasSubstr("'sequence_batching' is not supported"));
  EXPECT_TRUE(absl::IsUnimplemented(Load("simple_string").status()))
      << Load("simple_string").status();
  EXPECT_THAT(Load("densenet_onnx").status().ToString(), HasSubstr("NOT_FOUND"))
      << "its model file is fetched by Triton's own script";
}

}  // namespace
}  // namespace convoy::testing
