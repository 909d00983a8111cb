// docs/course.md leads to files that are there and to tests that exist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace convoy::testing {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::set<std::string> Matches(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    found.insert((*at)[1].str());
  }
  return found;
}

// Tests run at the top of the source tree.
TEST(CoursePageTest, EveryPathIsThere) {
  static const std::regex kPath(
      R"((?:^|[^A-Za-z0-9_/])((?:compute|models|shaders|tests|cli|server|docs)/[A-Za-z0-9_./-]*[A-Za-z0-9_/]))");
  const std::set<std::string> paths = Matches(ReadFile("docs/course.md"), kPath);
  EXPECT_GT(paths.size(), 40U);
  for (const std::string& path : paths) {
    EXPECT_TRUE(std::filesystem::exists(path)) << "docs/course.md names " << path;
  }
}

TEST(CoursePageTest, EveryWorkedExampleIsATest) {
  static const std::regex kExample(R"(`CourseTest\.([A-Za-z0-9]+)`)");
  static const std::regex kTest(R"(TEST_P\(CourseTest, ([A-Za-z0-9]+)\))");
  const std::set<std::string> named = Matches(ReadFile("docs/course.md"), kExample);
  EXPECT_EQ(named, Matches(ReadFile("tests/course/course_test.cc"), kTest))
      << "the page and tests/course/course_test.cc tell of the same examples";
}

}  // namespace
}  // namespace convoy::testing
