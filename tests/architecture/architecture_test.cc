// The tree keeps its own rules: includes follow layers.txt, third-party headers have one door,
// files stay small.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/architecture/include_rules.h"

namespace convoy::architecture {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Lines a file may have (docs/testing.md says why): headers, product sources, shaders, tests.
constexpr int kMaxHeaderLines = 350;
constexpr int kMaxSourceLines = 600;
constexpr int kMaxShaderLines = 400;
constexpr int kMaxTestLines = 900;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Project-relative paths below `roots` with one of `extensions`.
std::vector<std::string> FilesBelow(const std::vector<std::string>& roots,
                                    const std::vector<std::string>& extensions) {
  std::vector<std::string> files;
  for (const std::string& root : roots) {
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (std::ranges::find(extensions, entry.path().extension().string()) != extensions.end()) {
        files.push_back(entry.path().generic_string());
      }
    }
  }
  return files;
}

std::vector<std::string> ProductFiles() {
  return FilesBelow({"compute", "models", "server", "client", "cli"}, {".h", ".cc"});
}

Rules ProjectRules() { return ParseRules(ReadFile("tests/architecture/layers.txt")); }

TEST(IncludeRules, SeesEveryFormOfInclude) {
  EXPECT_THAT(IncludesOf("#include <a/b.h>\n  #  include \"c.h\"\n// #include <d.h>\n"), SizeIs(2));
}

TEST(IncludeRules, RefusesAnUpwardInclude) {
  const Rules rules = ProjectRules();
  EXPECT_THAT(CheckFile(rules, "compute/base/clock.h", {{"models/model.h", true}}),
              Contains(HasSubstr("compute/base/clock.h may not include models/model.h")));
  EXPECT_THAT(CheckFile(rules, "client/client.cc", {{"compute/base/clock.h", true}}), SizeIs(1));
}

TEST(IncludeRules, RefusesASecondDoor) {
  EXPECT_THAT(CheckFile(ProjectRules(), "models/model.cc", {{"grpcpp/grpcpp.h", false}}),
              Contains(HasSubstr("is not a door")));
}

TEST(IncludeRules, KnowsVulkanFilesByTheirEnding) {
  const Rules rules = ProjectRules();
  const std::vector<Include> include = {{"compute/vulkan/step_builder.h", true}};
  EXPECT_THAT(CheckFile(rules, "compute/ops/conv/conv_vulkan.cc", include), IsEmpty());
  EXPECT_THAT(CheckFile(rules, "compute/ops/conv/conv.cc", include), SizeIs(1));
}

TEST(IncludeRules, FindsACycle) {
  EXPECT_EQ(FindCycle(ParseRules("layer a: b\nlayer b: a\n")), "a -> b -> a");
}

TEST(Architecture, LayersFormNoCycle) { EXPECT_EQ(FindCycle(ProjectRules()), ""); }

TEST(Architecture, EveryIncludeIsAllowed) {
  const Rules rules = ProjectRules();
  const std::vector<std::string> files = ProductFiles();
  ASSERT_GT(files.size(), 50U) << "the test runs in the source root";
  for (const std::string& path : files) {
    for (const std::string& violation : CheckFile(rules, path, IncludesOf(ReadFile(path)))) {
      ADD_FAILURE() << violation << " (tests/architecture/layers.txt)";
    }
  }
}

void ExpectAtMost(const std::vector<std::string>& files, int limit) {
  for (const std::string& path : files) {
    const std::string text = ReadFile(path);
    const auto lines = std::ranges::count(text, '\n');
    EXPECT_LE(lines, limit) << path << " has " << lines << " lines; two files would be clearer";
  }
}

TEST(Architecture, FilesStaySmall) {
  const std::vector<std::string> product = {"compute", "models", "server", "client", "cli"};
  ExpectAtMost(FilesBelow(product, {".h"}), kMaxHeaderLines);
  ExpectAtMost(FilesBelow(product, {".cc"}), kMaxSourceLines);
  ExpectAtMost(FilesBelow({"shaders"}, {".comp", ".glsl"}), kMaxShaderLines);
  ExpectAtMost(FilesBelow({"tests"}, {".cc", ".h"}), kMaxTestLines);
}

TEST(Architecture, HeadersOpenWithTheirPurpose) {
  for (const std::string& path :
       FilesBelow({"compute", "models", "server", "client", "cli"}, {".h"})) {
    const std::string text = ReadFile(path);
    EXPECT_TRUE(text.starts_with("//"))
        << path << " does not begin with a comment that says what it is";
    EXPECT_THAT(text, HasSubstr("#pragma once")) << path;
  }
}

}  // namespace
}  // namespace convoy::architecture
