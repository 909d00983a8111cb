#include "cli/driver_manifests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/scratch_folder.h"

namespace convoy::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ScratchFolder;
using ::testing::SizeIs;

ReadVariable Variables(std::map<std::string, std::string> values) {
  return [values](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

std::vector<std::string> PathsOf(const std::vector<ManifestPlace>& places) {
  std::vector<std::string> paths;
  for (const ManifestPlace& place : places) paths.push_back(place.path);
  return paths;
}

constexpr char kManifest[] =
    R"({"file_format_version":"1.0.0","ICD":{"library_path":"libvulkan_x.so","api_version":"1.3.1"}})";

TEST(ManifestPlacesTest, AreTheLoadersFolders) {
  EXPECT_THAT(PathsOf(ManifestPlaces(Variables({{"HOME", "/home/a"}}))),
              ElementsAre("/home/a/.config/vulkan/icd.d", "/etc/xdg/vulkan/icd.d",
                          "/etc/vulkan/icd.d", "/home/a/.local/share/vulkan/icd.d",
                          "/usr/local/share/vulkan/icd.d", "/usr/share/vulkan/icd.d"));
  EXPECT_THAT(
      PathsOf(ManifestPlaces(Variables({{"XDG_CONFIG_HOME", "/c"}, {"XDG_DATA_DIRS", "/d:/e"}}))),
      ElementsAre("/c/vulkan/icd.d", "/etc/xdg/vulkan/icd.d", "/etc/vulkan/icd.d",
                  "/d/vulkan/icd.d", "/e/vulkan/icd.d"));
}

TEST(ManifestPlacesTest, VariablesReplaceOrAdd) {
  EXPECT_THAT(PathsOf(ManifestPlaces(Variables({{"VK_DRIVER_FILES", "/a.json::/b"},
                                                {"VK_ICD_FILENAMES", "/c.json"},
                                                {"VK_ADD_DRIVER_FILES", "/d.json"}}))),
              ElementsAre("/a.json", "/b"));
  EXPECT_EQ(ManifestPlaces(Variables({{"VK_ICD_FILENAMES", "/c.json"}})).front().source,
            "VK_ICD_FILENAMES");
  EXPECT_THAT(PathsOf(ManifestPlaces(Variables({{"VK_ADD_DRIVER_FILES", "/d.json"}}))),
              ElementsAre("/d.json", "/etc/xdg/vulkan/icd.d", "/etc/vulkan/icd.d",
                          "/usr/local/share/vulkan/icd.d", "/usr/share/vulkan/icd.d"));
}

TEST(ManifestPlacesTest, AreCapped) {
  std::string list;
  for (int i = 0; i < 1000; ++i) list += "/x:";
  EXPECT_THAT(ManifestPlaces(Variables({{"VK_DRIVER_FILES", list}})), SizeIs(64));
}

TEST(FindManifestsTest, ReadsAFoldersManifestsByNameAndNothingBelow) {
  const ScratchFolder folder;
  folder.Write("b.json", kManifest);
  folder.Write("a.json", R"({"ICD":{"library_path":"./sub/liba.so"}})");
  folder.Write("notes.txt", kManifest);
  std::filesystem::create_directory(folder.Path("deep"));
  folder.Write("deep/c.json", kManifest);
  const std::vector<DriverManifest> manifests =
      FindManifests({{.path = folder.Path(""), .source = ""}, {.path = "/no/such", .source = ""}});
  ASSERT_THAT(manifests, SizeIs(2));
  EXPECT_EQ(manifests[0].library, folder.Path("sub/liba.so")) << "counts from the manifest";
  EXPECT_EQ(manifests[0].problem, "");
  EXPECT_EQ(manifests[1].library, "libvulkan_x.so") << "a name is for ld.so to find";
  EXPECT_EQ(manifests[1].api_version, "1.3.1");
}

std::string ProblemOf(const std::string& path) {
  const auto manifests = FindManifests({{.path = path, .source = "VK_DRIVER_FILES"}});
  return manifests.size() == 1 ? manifests[0].problem : "not one manifest";
}

TEST(FindManifestsTest, SaysWhatIsWrongWithAFile) {
  const ScratchFolder folder;
  EXPECT_THAT(ProblemOf("/nonexistent.json"), HasSubstr("No such file"));
  EXPECT_THAT(ProblemOf("/dev/zero"), HasSubstr("is not a file"));
  EXPECT_THAT(ProblemOf(folder.Write("a.json", "{")), HasSubstr("no JSON object"));
  EXPECT_THAT(ProblemOf(folder.Write("b.json", "[1]")), HasSubstr("no JSON object"));
  EXPECT_THAT(ProblemOf(folder.Write("c.json", "\xff")), HasSubstr("no JSON object"));
  EXPECT_THAT(ProblemOf(folder.Write("d.json", std::string(100000, '['))),
              HasSubstr("no JSON object"));
  EXPECT_THAT(ProblemOf(folder.Write("e.json", R"({"ICD":3})")), HasSubstr("no object \"ICD\""));
  EXPECT_THAT(ProblemOf(folder.Write("f.json", R"({"ICD":{"library_path":7}})")),
              HasSubstr("0 bytes"));
  const std::string long_path(5000, 'x');
  EXPECT_THAT(
      ProblemOf(folder.Write("g.json", "{\"ICD\":{\"library_path\":\"" + long_path + "\"}}")),
      HasSubstr("5000 bytes"));
  EXPECT_THAT(ProblemOf(folder.Write("h.json", std::string((1 << 20) + 1, ' '))),
              HasSubstr("more than the allowed"));
  EXPECT_THAT(ProblemOf(folder.Write("i.json", kManifest)), IsEmpty());
}

TEST(FindManifestsTest, IsCapped) {
  const ScratchFolder folder;
  for (int i = 0; i < 100; ++i) folder.Write(std::to_string(i).append(".json"), kManifest);
  EXPECT_THAT(FindManifests({{.path = folder.Path(""), .source = ""}}), SizeIs(64));
}

}  // namespace
}  // namespace convoy::cli
