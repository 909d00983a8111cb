#include "cli/gpu_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <string>

#include "tests/support/scratch_folder.h"

namespace convoy::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr mode_t kOwnerAndGroup = S_IFCHR | 0660;

DeviceNode Node(mode_t mode, int open_error) {
  return {.path = "/dev/dri/renderD128",
          .mode = mode,
          .owner = 0,
          .group = 105,
          .open_error = open_error};
}

const Identity kUser{.user = 65532, .groups = {65532}};

ReadVariable Variables(std::map<std::string, std::string> values) {
  return [values](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(WhyNoAccessTest, NamesTheGroupByNumber) {
  EXPECT_EQ(WhyNoAccess(Node(kOwnerAndGroup, 0), kUser), "");
  EXPECT_THAT(WhyNoAccess(Node(kOwnerAndGroup, EACCES), kUser),
              AllOf(HasSubstr("user 65532"), HasSubstr("mode 0660"), HasSubstr("--group-add 105")));
}

TEST(WhyNoAccessTest, AGroupThatWouldNotHelpIsNotNamed) {
  EXPECT_THAT(WhyNoAccess(Node(S_IFCHR | 0600, EACCES), kUser), Not(HasSubstr("--group-add")));
  EXPECT_THAT(WhyNoAccess(Node(kOwnerAndGroup, EACCES), {.user = 1, .groups = {1, 105}}),
              Not(HasSubstr("--group-add")));
}

TEST(WhyNoAccessTest, TellsTheContainersRuleFromTheFiles) {
  EXPECT_THAT(WhyNoAccess(Node(kOwnerAndGroup, EPERM), kUser),
              HasSubstr("--device /dev/dri/renderD128"));
  EXPECT_THAT(WhyNoAccess(Node(kOwnerAndGroup, ENXIO), kUser), HasSubstr("No such device"));
  EXPECT_THAT(WhyNoAccess(Node(S_IFREG | 0660, 0), kUser), HasSubstr("no device file"));
}

TEST(ReadRenderNodesTest, ReadsRenderNodesAndOpensDeviceFilesOnly) {
  const testing::ScratchFolder folder;
  folder.Write("card0", "");
  folder.Write("renderD129", "");
  ASSERT_EQ(symlink("/dev/zero", folder.Path("renderD128").c_str()), 0);
  const std::vector<DeviceNode> nodes = ReadRenderNodes(folder.Path(""));
  ASSERT_THAT(nodes, SizeIs(2));
  EXPECT_THAT(nodes[0].path, HasSubstr("renderD128"));
  EXPECT_THAT(WhyNoAccess(nodes[0], kUser), HasSubstr("no device file"));
  EXPECT_THAT(WhyNoAccess(nodes[1], kUser), HasSubstr("no device file"));
  EXPECT_THAT(ReadRenderNodes("/no/such/folder"), IsEmpty());
}

TEST(JudgeVariablesTest, MissesNvidiasGraphics) {
  EXPECT_THAT(JudgeVariables(Variables({}), /*nvidia=*/false), IsEmpty());
  EXPECT_THAT(JudgeVariables(Variables({}), /*nvidia=*/true),
              ElementsAre(AllOf(HasSubstr("NVIDIA_DRIVER_CAPABILITIES is not set"),
                                HasSubstr("compute,utility,graphics"))));
  EXPECT_THAT(JudgeVariables(Variables({{"NVIDIA_DRIVER_CAPABILITIES", "utility,compute"}}), true),
              ElementsAre(HasSubstr("'utility,compute' and lacks graphics")));
  for (const char* enough : {"all", "compute,graphics", "display"}) {
    EXPECT_THAT(JudgeVariables(Variables({{"NVIDIA_DRIVER_CAPABILITIES", enough}}), true),
                IsEmpty())
        << enough;
  }
  EXPECT_THAT(JudgeVariables(Variables({{"NVIDIA_VISIBLE_DEVICES", "void"},
                                        {"NVIDIA_DRIVER_CAPABILITIES", "all"}}),
                             true),
              ElementsAre(HasSubstr("NVIDIA_VISIBLE_DEVICES is 'void'")));
}

TEST(JudgeVariablesTest, NamesWhatRestrictsTheLoader) {
  EXPECT_THAT(JudgeVariables(Variables({{"VK_DRIVER_FILES", "/a.json"},
                                        {"VK_LOADER_DRIVERS_DISABLE", "*lvp*"}}),
                             false),
              ElementsAre(HasSubstr("VK_DRIVER_FILES is '/a.json'"),
                          HasSubstr("VK_LOADER_DRIVERS_DISABLE")));
}

}  // namespace
}  // namespace convoy::cli
