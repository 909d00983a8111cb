// Every row of the operator table has the files it promises, tests of its own and enough
// conformance cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace convoy::architecture {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;

constexpr int kMinCases = 8;

struct Row {
  std::string family, file, name, cpu, vulkan;
};

std::vector<Row> TableRows() {
  static const std::regex kRow(R"(^CONVOY_OP\((\w+), (\w+), (\w+), (\w+), (\w+)\)$)");
  std::vector<Row> rows;
  std::ifstream table("compute/ops/op_table.def");
  for (std::string line; std::getline(table, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kRow)) {
      rows.push_back({match[1], match[2], match[3], match[4], match[5]});
    }
  }
  return rows;
}

int CasesIn(const std::string& path) {
  std::ifstream file(path);
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    const bool is_case = !line.empty() && line[0] != '#' && !line.starts_with("bound ");
    cases += is_case ? 1 : 0;
  }
  return cases;
}

TEST(OperatorsTest, TheTableIsReadWhole) {
  int lines = 0;
  std::ifstream table("compute/ops/op_table.def");
  for (std::string line; std::getline(table, line);) {
    lines += line.starts_with("CONVOY_OP(") ? 1 : 0;
  }
  EXPECT_GT(lines, 0);
  EXPECT_EQ(static_cast<int>(TableRows().size()), lines);
}

TEST(OperatorsTest, EveryOperatorHasItsFiles) {
  for (const Row& row : TableRows()) {
    const std::string stem = "compute/ops/" + row.family + "/" + row.file;
    std::vector<std::string> files = {stem + ".h", stem + ".cc", stem + "_reference.cc",
                                      "tests/" + stem + "_test.cc"};
    EXPECT_THAT(row.cpu, AnyOf(Eq("onednn"), Eq("reference"))) << row.name;
    if (row.cpu == "onednn") files.push_back(stem + "_onednn.cc");
    EXPECT_EQ(row.vulkan, "vulkan") << row.name;
    files.push_back(stem + "_vulkan.cc");
    for (const std::string& file : files) {
      EXPECT_TRUE(std::filesystem::exists(file)) << row.name << " has no " << file;
    }
  }
}

TEST(OperatorsTest, EveryOperatorHasCases) {
  for (const Row& row : TableRows()) {
    EXPECT_GE(CasesIn("tests/conformance/cases/" + row.file + ".cases"), kMinCases) << row.name;
  }
}

TEST(OperatorsTest, TheReferenceStaysATextbookFormula) {
  for (const Row& row : TableRows()) {
    std::ifstream file("compute/ops/" + row.family + "/" + row.file + "_reference.cc");
    int lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    EXPECT_LE(lines, 90) << row.name;
  }
}

}  // namespace
}  // namespace convoy::architecture
