#include "models/inspect/lint_repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "tests/models/inspect/model_folder.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using models::Finding;
using models::LintReport;
using models::LintRepository;
using models::Severity;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

// x: [N, 4] -> y: [N, 4]
std::string GoodModel() {
  return ModelBytes(13, Input("x", {-1, 4}) + NodeText("Relu", {"x"}, "y") + Output("y"));
}

class LintRepositoryTest : public ::testing::Test {
 protected:
  // "error: net/config.pbtxt:2:7: message", with paths inside of the repository.
  std::vector<std::string> Lint() {
    const auto report = LintRepository({folder_.path("repo")});
    EXPECT_TRUE(report.ok()) << report.status();
    std::vector<std::string> lines;
    for (const Finding& finding : report->findings) {
      const char* severity = finding.severity == Severity::kError ? "error" : "warning";
      const std::string place =
          finding.line > 0 ? absl::StrFormat("%d:%d:", finding.line, finding.column) : "";
      const std::string line =
          absl::StrFormat("%s: %s:%s %s", severity, finding.path, place, finding.message);
      lines.push_back(absl::StrReplaceAll(line, {{folder_.path("repo/"), ""}}));
    }
    report_ = *report;
    return lines;
  }

  void Write(const std::string& file, const std::string& bytes) {
    folder_.Write("repo/" + file, bytes);
  }

  ModelFolder folder_;
  LintReport report_;
};

TEST_F(LintRepositoryTest, AGoodRepositoryHasNothingToSay) {
  Write("net/config.pbtxt", "max_batch_size: 4");
  Write("net/1/model.onnx", GoodModel());
  Write("net/labels.txt", "a\nb\nc\nd\n");
  Write("net/samples/README", "pictures");
  Write("README.md", "text");
  EXPECT_THAT(Lint(), IsEmpty());
  EXPECT_EQ(report_.models, 1);
  EXPECT_EQ(report_.versions, 1);
}

TEST_F(LintRepositoryTest, APathThatIsNotThereIsAnError) {
  EXPECT_TRUE(absl::IsNotFound(LintRepository({folder_.path("nowhere")}).status()));
}

TEST_F(LintRepositoryTest, AConfigThatCannotBeReadIsNamedWithItsPlace) {
  Write("net/1/model.onnx", GoodModel());
  Write("net/config.pbtxt", "name: 'net'\n  max_batch_sice: 4\n");
  EXPECT_THAT(Lint(), ElementsAre("error: net/config.pbtxt:2:3: ModelConfig has no field "
                                  "'max_batch_sice'; did you mean 'max_batch_size'?"));
  EXPECT_EQ(report_.findings[0].excerpt, "      max_batch_sice: 4\n      ^\n");
}

TEST_F(LintRepositoryTest, EveryMismatchOfConfigAndModelIsListed) {
  Write("net/1/model.onnx", GoodModel());
  Write("net/config.pbtxt",
        "max_batch_size: 4 input { name: 'x' data_type: TYPE_INT8 dims: [5] }\n"
        "output { name: 'q' data_type: TYPE_FP32 dims: [4] }\n"
        "runtime: 'other'");
  EXPECT_THAT(Lint(),
              ElementsAre(HasSubstr("warning: net/config.pbtxt:3:1: 'runtime' is not used"),
                          HasSubstr("error: net/config.pbtxt:1:37: input 'x' has data_type"),
                          HasSubstr("error: net/config.pbtxt:1:58: input 'x' has dims [5]"),
                          HasSubstr("error: net/config.pbtxt:2:10: output 'q'")));
  EXPECT_EQ(report_.Count(Severity::kError), 3);
  EXPECT_EQ(report_.Count(Severity::kWarning), 1);
}

TEST_F(LintRepositoryTest, ABatchSizeForAModelThatFixesItIsAnError) {
  Write("net/1/model.onnx",
        ModelBytes(13, Input("x", {1, 4}) + NodeText("Relu", {"x"}, "y") + Output("y")));
  Write("net/config.pbtxt", "max_batch_size: 4");
  EXPECT_THAT(Lint(),
              ElementsAre(HasSubstr("error: net/config.pbtxt:1:1: max_batch_size is 4, but the "
                                    "model file fixes the first dimension")));
}

TEST_F(LintRepositoryTest, ABatchThatDoesNotReachTheOutputsIsAWarning) {
  Write("net/1/model.onnx",
        ModelBytes(13, Input("x", {-1, 4}) + Integers("shape", {1, -1}) +
                           NodeText("Reshape", {"x", "shape"}, "y") + Output("y")));
  EXPECT_THAT(Lint(), ElementsAre(AllOf(HasSubstr("warning: net/1/model.onnx: max_batch_size is 8"),
                                        HasSubstr("output 'y' is FP32[1x8] for a batch of 2"))));
}

TEST_F(LintRepositoryTest, LabelsMustBeThereAndAsManyAsClasses) {
  Write("few/1/model.onnx", GoodModel());
  Write("few/labels.txt", "a\nb\n");
  Write("none/1/model.onnx", GoodModel());
  Write("none/config.pbtxt",
        "max_batch_size: 4 output { name: 'y' data_type: TYPE_FP32 dims: [4] "
        "label_filename: 'names.txt' }");
  EXPECT_THAT(
      Lint(),
      ElementsAre(HasSubstr("warning: few: there are 2 labels, but output 'y' has 4"),
                  AllOf(StartsWith("error: none/config.pbtxt:1:69: "), HasSubstr("names.txt"))));
}

TEST_F(LintRepositoryTest, BrokenModelFilesAreNamed) {
  Write("cut/1/model.onnx", GoodModel().substr(0, 40));
  // A tensor of four floats with eight bytes.
  Write("short/1/model.onnx",
        ModelBytes(13, Input("x", {-1, 4}) +
                           "initializer { name: 'w' data_type: 1 dims: 4 raw_data: '12345678' }\n" +
                           NodeText("Add", {"x", "w"}, "y") + Output("y")));
  EXPECT_THAT(
      Lint(),
      ElementsAre(
          AllOf(StartsWith("error: cut/1/model.onnx: "), HasSubstr("no ONNX model, are truncated")),
          AllOf(StartsWith("error: short/1/model.onnx: "), HasSubstr("while reading tensor 'w'"))));
}

TEST_F(LintRepositoryTest, UnsupportedOperatorsAreListedByKind) {
  const auto node = [](const char* op, const char* name, const char* in, const char* out) {
    return absl::StrFormat("node { op_type: '%s' name: '%s' input: '%s' output: '%s' }\n", op, name,
                           in, out);
  };
  Write("net/1/model.onnx",
        ModelBytes(13, Input("x", {-1, 4}) + node("Quaternion", "n1", "x", "a") +
                           node("Quaternion", "n2", "a", "b") + node("Warp", "n3", "b", "y") +
                           Output("y")));
  EXPECT_THAT(
      Lint(),
      ElementsAre(
          AllOf(HasSubstr("2 nodes of operator 'Quaternion'"), HasSubstr("the first is 'n1'")),
          AllOf(HasSubstr("1 node of operator 'Warp'"), HasSubstr("the first is 'n3'"))));
}

TEST_F(LintRepositoryTest, FoldersThatLookLikeVersionsOrModelsAreNotPassedOver) {
  Write("net/1/model.onnx", GoodModel());
  Write("net/2/model.onx", GoodModel());    // a slip of the pen: version 1 is served
  Write("net/v3/model.onnx", GoodModel());  // no version number
  Write("empty/1/README", "");              // no version at all
  Write("lone.onnx", GoodModel());          // a model of its own
  EXPECT_THAT(Lint(),
              UnorderedElementsAre(
                  AllOf(HasSubstr("error: empty: "), HasSubstr("neither a version directory")),
                  AllOf(HasSubstr("warning: net/2: "), HasSubstr("no file 'model.onnx'")),
                  HasSubstr("warning: net/v3: "), HasSubstr("warning: empty/1: ")));
}

}  // namespace
}  // namespace convoy::testing
