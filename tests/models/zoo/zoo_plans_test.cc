// The plan of every network of the zoo, in its small version and at batch 2, as text: shows what
// the importer and the passes make of it. `make plans` writes tests/data/plans anew; look at the
// difference before you commit it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compute/base/status.h"
#include "models/lower/lower.h"
#include "models/onnx/onnx_model.h"
#include "models/passes/passes.h"
#include "models/zoo/zoo.h"

namespace convoy::models {
namespace {

constexpr int64_t kBatch = 2;

std::filesystem::path PlansFolder() {
  return std::filesystem::path(CONVOY_SOURCE_DIR) / "tests" / "data" / "plans";
}

// Half of all lines, and no news: the steps that read them have the shapes.
std::string WithoutConstants(const std::string& text) {
  std::string kept;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" = constant ") == std::string::npos) kept += line + "\n";
  }
  return kept;
}

absl::StatusOr<std::string> PlanText(const std::string& name) {
  CONVOY_ASSIGN_OR_RETURN(const ZooOptions options, SmallZooOptions(name));
  CONVOY_ASSIGN_OR_RETURN(const std::string bytes, BuildZooModel(name, options));
  CONVOY_ASSIGN_OR_RETURN(const OnnxModel model,
                          OnnxModel::Parse(std::as_bytes(std::span(bytes)), name, ""));
  std::vector<int64_t> dims = model.inputs()[0].dims;
  dims[0] = kBatch;
  const compute::Shape shape{std::span<const int64_t>(dims)};
  CONVOY_ASSIGN_OR_RETURN(Graph graph, model.Import({&shape, 1}));
  CONVOY_RETURN_IF_ERROR(RunPasses(graph, {}).status());
  CONVOY_ASSIGN_OR_RETURN(const compute::Plan plan, LowerToPlan(graph, name));
  return WithoutConstants(compute::ToString(plan));
}

class ZooPlansTest : public testing::TestWithParam<std::string_view> {};

TEST_P(ZooPlansTest, IsTheRecordedOne) {
  const std::string name(GetParam());
  const absl::StatusOr<std::string> plan = PlanText(name);
  ASSERT_TRUE(plan.ok()) << plan.status();
  const std::filesystem::path path = PlansFolder() / (name + ".txt");
  if (std::getenv("CONVOY_WRITE_PLANS") != nullptr) std::ofstream(path) << *plan;
  std::ifstream file(path);
  ASSERT_TRUE(file.is_open()) << path << " is missing: `make plans` writes it";
  std::stringstream recorded;
  recorded << file.rdbuf();
  EXPECT_EQ(*plan, recorded.str()) << "if the change is meant, `make plans` records it";
}

INSTANTIATE_TEST_SUITE_P(Networks, ZooPlansTest,
                         testing::ValuesIn(ZooNames().begin(), ZooNames().end()),
                         [](const auto& test) { return std::string(test.param); });

TEST(ZooPlansFolderTest, HoldsNothingElse) {
  for (const auto& entry : std::filesystem::directory_iterator(PlansFolder())) {
    EXPECT_THAT(ZooNames(), testing::Contains(entry.path().stem().string())) << entry.path();
  }
}

}  // namespace
}  // namespace convoy::models
