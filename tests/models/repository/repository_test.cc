#include "models/repository/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_file_tree.h"

namespace convoy::testing {
namespace {

using models::ModelEntry;
using models::Scan;
using models::Snapshot;
using ::testing::AllOf;
using ::testing::HasSubstr;

Snapshot ScanOk(const FakeFileTree& tree, const std::vector<std::string>& paths) {
  auto snapshot = Scan(tree, paths);
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return snapshot.ok() ? *std::move(snapshot) : Snapshot();
}

// "net:1=/r/net/1/model.onnx in /r/net", one line a version; errors as they are.
std::string Describe(const Snapshot& snapshot) {
  std::string text;
  for (const ModelEntry& model : snapshot.models) {
    if (!model.status.ok()) text += model.name + ": " + model.status.ToString() + "\n";
    for (const models::ModelSource& source : model.versions) {
      text += absl::StrFormat("%s:%d=%s in %s\n", source.name, source.version, source.model_path,
                              source.directory);
    }
  }
  return text;
}

std::string ReasonFor(const Snapshot& snapshot, const std::string& path) {
  for (const models::IgnoredPath& ignored : snapshot.ignored) {
    if (ignored.path == path) return ignored.reason;
  }
  return "not ignored";
}

TEST(RepositoryTest, EveryLayoutIsFound) {
  FakeFileTree tree;
  tree.AddFile("/r/lenet/1/model.onnx");
  tree.AddFile("/r/lenet/3/model.onnx");
  tree.AddFile("/r/lenet/labels.txt");
  tree.AddFile("/r/unet/model.onnx");
  tree.AddFile("/solo/config.pbtxt");
  tree.AddFile("/r/flat.onnx");
  tree.AddFile("/solo/0/model.onnx");
  tree.AddFile("/files/tiny.v2.onnx");
  EXPECT_EQ(Describe(ScanOk(tree, {"/r", "/solo/", "/files/tiny.v2.onnx"})),
            "flat:1=/r/flat.onnx in \n"
            "lenet:3=/r/lenet/3/model.onnx in /r/lenet\n"
            "solo:0=/solo/0/model.onnx in /solo\n"
            "tiny.v2:1=/files/tiny.v2.onnx in \n"
            "unet:1=/r/unet/model.onnx in /r/unet\n");
}

TEST(RepositoryTest, TheConfigChoosesVersionsAndFile) {
  FakeFileTree tree;
  tree.AddFile("/r/net/config.pbtxt",
               "version_policy { all { } } default_model_filename: 'net.onnx'");
  tree.AddFile("/r/net/2/net.onnx");
  tree.AddFile("/r/net/10/net.onnx");
  tree.AddFile("/r/net/11/model.onnx");
  const Snapshot snapshot = ScanOk(tree, {"/r"});
  EXPECT_EQ(Describe(snapshot),
            "net:2=/r/net/2/net.onnx in /r/net\n"
            "net:10=/r/net/10/net.onnx in /r/net\n");
  EXPECT_THAT(ReasonFor(snapshot, "/r/net/11"), HasSubstr("has no file 'net.onnx'"));
}

TEST(RepositoryTest, VersionNamesAreStrictIntegers) {
  FakeFileTree tree;
  tree.AddFile("/r/net/5/model.onnx");
  for (const char* name : {"05", "1abc", "-1", "+1", " 1", "99999999999999999999", "configs"}) {
    tree.AddFile(std::string("/r/net/") + name + "/model.onnx");
  }
  const Snapshot snapshot = ScanOk(tree, {"/r"});
  EXPECT_EQ(Describe(snapshot), "net:5=/r/net/5/model.onnx in /r/net\n");
  EXPECT_THAT(ReasonFor(snapshot, "/r/net/05"), HasSubstr("no integer without leading zeros"));
  EXPECT_THAT(ReasonFor(snapshot, "/r/net/99999999999999999999"), HasSubstr("no integer"));
}

TEST(RepositoryTest, OneBrokenModelLeavesTheOthersAlone) {
  FakeFileTree tree;
  tree.AddFile("/r/good/1/model.onnx");
  tree.AddFile("/r/badconfig/1/model.onnx");
  tree.AddFile("/r/badconfig/config.pbtxt", "max_batch: 3");
  tree.AddFile("/r/escape/1/model.onnx");
  tree.AddFile("/r/escape/config.pbtxt", "default_model_filename: '../../good/1/model.onnx'");
  tree.AddDirectory("/r/empty");
  tree.AddFile("/r/missing/1/model.onnx");
  tree.AddFile("/r/missing/config.pbtxt", "version_policy { specific { versions: 2 } }");
  tree.AddFile("/r/README.md");
  tree.AddFile("/r/.git/config");
  tree.AddBrokenLink("/r/gone");
  const Snapshot snapshot = ScanOk(tree, {"/r"});
  const std::string text = Describe(snapshot);
  EXPECT_THAT(text, HasSubstr("good:1=/r/good/1/model.onnx"));
  EXPECT_THAT(text, HasSubstr("badconfig: INVALID_ARGUMENT: /r/badconfig/config.pbtxt"));
  EXPECT_THAT(text, HasSubstr("escape: INVALID_ARGUMENT: default_model_filename is"));
  EXPECT_THAT(text, HasSubstr("empty: NOT_FOUND: directory '/r/empty' has neither"));
  EXPECT_THAT(text, HasSubstr("missing: INVALID_ARGUMENT: version_policy asks for"));
  EXPECT_EQ(snapshot.models.size(), 5);
  EXPECT_EQ(ReasonFor(snapshot, "/r/README.md"),
            "neither a directory nor an .onnx file, so no model");
  EXPECT_EQ(ReasonFor(snapshot, "/r/.git"), "hidden");
  EXPECT_THAT(ReasonFor(snapshot, "/r/gone"), HasSubstr("leads nowhere"));
}

TEST(RepositoryTest, ANameThatIsThereTwiceServesNeither) {
  FakeFileTree tree;
  tree.AddFile("/a/net/1/model.onnx");
  tree.AddFile("/b/net/1/model.onnx");
  tree.AddFile("/b/other/1/model.onnx");
  const std::string text = Describe(ScanOk(tree, {"/a", "/b"}));
  EXPECT_THAT(text, HasSubstr("net: ALREADY_EXISTS"));
  EXPECT_THAT(text, HasSubstr("other:1="));
}

TEST(RepositoryTest, PathsThatAreNoModelsAreErrors) {
  FakeFileTree tree;
  tree.AddFile("/files/picture.png");
  tree.AddFile("/files/.onnx");
  tree.AddBrokenLink("/link");
  tree.AddSocket("/socket");
  tree.AddDirectory("/empty");
  tree.AddFile("./model.onnx");
  const auto error = [&](const std::string& path) {
    const std::vector<std::string> paths{path};
    return Scan(tree, paths).status().ToString();
  };
  EXPECT_THAT(error("/nowhere"), AllOf(HasSubstr("NOT_FOUND"), HasSubstr("'/nowhere'")));
  EXPECT_THAT(error("/link"), AllOf(HasSubstr("NOT_FOUND"), HasSubstr("leads nowhere")));
  EXPECT_THAT(error("/socket"), HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(error("/files/picture.png"), HasSubstr("must end in .onnx"));
  EXPECT_THAT(error("/files/.onnx"), HasSubstr("must end in .onnx"));
  EXPECT_THAT(error("."), HasSubstr("does not say its name"));
  EXPECT_EQ(error("/empty"), "OK") << "models may be added later";
}

TEST(RepositoryTest, OneModelIsFoundByItsNameAlone) {
  FakeFileTree tree;
  tree.AddFile("/r/net/1/model.onnx");
  tree.AddFile("/r/net/2/model.onnx");
  tree.AddFile("/r/bad/config.pbtxt", "this is no config");
  tree.AddFile("/r/flat.onnx");
  tree.AddFile("/files/tiny.onnx");
  const std::vector<std::string> paths = {"/r", "/files/tiny.onnx"};
  const auto net = models::ScanModel(tree, paths, "net", std::nullopt);
  ASSERT_TRUE(net.ok()) << net.status();
  ASSERT_EQ(net->versions.size(), 1u);
  EXPECT_EQ(net->versions[0].version, 2);
  const auto all = models::ScanModel(tree, paths, "net", "version_policy { all {} }");
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->versions.size(), 2u);
  EXPECT_EQ(all->versions[1].config_text, "version_policy { all {} }");
  EXPECT_NE(all->versions[1].stamp, net->versions[0].stamp);
  EXPECT_TRUE(models::ScanModel(tree, paths, "tiny", std::nullopt).ok());
  for (const std::string name : {"nosuch", "", ".", "..", "../r/net", "net/1", "/r/net"}) {
    EXPECT_TRUE(absl::IsNotFound(models::ScanModel(tree, paths, name, std::nullopt).status()))
        << name;
  }
  EXPECT_THAT(models::ListModels(tree, paths),
              ::testing::ElementsAre("bad", "flat", "net", "tiny"));
}

TEST(RepositoryTest, AFolderThatLeadsBackToItselfEndsTheStamp) {
  // As a link to its own folder looks from outside.
  class LoopingTree : public FakeFileTree {
   public:
    models::FileKind KindOf(const std::string& path) const override {
      return path.ends_with("/loop") ? models::FileKind::kDirectory : FakeFileTree::KindOf(path);
    }
    absl::StatusOr<std::vector<std::string>> List(const std::string& directory) const override {
      if (directory.ends_with("/loop")) return std::vector<std::string>{"loop"};
      return FakeFileTree::List(directory);
    }
  };
  LoopingTree tree;
  tree.AddFile("/r/net/1/model.onnx");
  tree.AddFile("/r/net/1/loop");
  EXPECT_NE(ScanOk(tree, {"/r"}).models.at(0).versions.at(0).stamp, "");
}

}  // namespace
}  // namespace convoy::testing
