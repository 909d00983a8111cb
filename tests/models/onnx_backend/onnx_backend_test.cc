// ONNX's own backend tests: every case has a verdict. It passes; or its operator is out of scope or
// not supported and the message says so; or expected_failures.txt names it with a reason, and it
// must fail. Suites "node", "pytorch-*" and "simple" are those of Debian's libonnx-testdata;
// "newer" is what the onnx package of requirements.txt adds to "node" (newer_cases.sh).
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "compute/base/status.h"
#include "tests/models/onnx_backend/onnx_case.h"
#include "tests/support/test_devices.h"

namespace convoy::testing {
namespace {

constexpr char kRoot[] = "/usr/share/libonnx-testdata/data/";

struct Suite {
  std::string name;
  std::string folder;
};

std::vector<Suite> DebianSuites() {
  std::vector<Suite> suites;
  for (const char* name : {"node", "pytorch-converted", "pytorch-operator", "simple"}) {
    suites.push_back({name, std::string(kRoot) + name});
  }
  return suites;
}

std::vector<Suite> NewerSuites() {
  const char* folder = std::getenv("CONVOY_NEWER_ONNX_CASES");
  return {{"newer", folder == nullptr ? CONVOY_NEWER_ONNX_CASES : folder}};
}

// The tolerances of ONNX's own runner for every case.
constexpr double kRelative = 1e-3;
constexpr double kAbsolute = 1e-7;

struct ExpectedFailure {
  std::string pattern;
  int matches = 0;
};

// Lines "suite/case: reason"; # starts a comment. Those of other suites are left out.
std::vector<ExpectedFailure> ReadExpectedFailures(std::span<const Suite> suites) {
  std::vector<ExpectedFailure> failures;
  std::ifstream stream(CONVOY_EXPECTED_FAILURES);
  EXPECT_TRUE(stream) << CONVOY_EXPECTED_FAILURES;
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line[0] == '#') continue;
    const size_t colon = line.find(": ");
    EXPECT_NE(colon, std::string::npos) << line;
    const std::string suite = line.substr(0, line.find('/'));
    const bool wanted = std::any_of(suites.begin(), suites.end(),
                                    [&](const Suite& known) { return known.name == suite; });
    if (wanted) failures.push_back({line.substr(0, colon)});
  }
  return failures;
}

bool IsExpectedToFail(const std::string& name, std::vector<ExpectedFailure>& expected) {
  bool found = false;
  for (ExpectedFailure& failure : expected) {
    if (fnmatch(failure.pattern.c_str(), name.c_str(), 0) != 0) continue;
    found = true;
    ++failure.matches;
  }
  return found;
}

bool IsUnsupportedOperator(const absl::Status& status) {
  return absl::IsUnimplemented(status) &&
         status.message().find("is not supported, while importing") != std::string::npos;
}

// Refused by name, with the reason (models/onnx/out_of_scope.h).
bool IsOutOfScope(const absl::Status& status) {
  return absl::IsUnimplemented(status) && absl::StartsWith(status.message(), "operator '") &&
         status.message().find("' is not supported: ") != std::string::npos;
}

absl::Status RunCase(const std::string& directory, compute::Device& device) {
  CONVOY_ASSIGN_OR_RETURN(const OnnxCase original, ReadOnnxCase(directory));
  CONVOY_ASSIGN_OR_RETURN(const OnnxCase test, WithConstantArguments(original));
  if (test.answers.empty()) return absl::NotFoundError("the case has no data");
  for (const OnnxAnswer& answer : test.answers) {
    CONVOY_RETURN_IF_ERROR(CheckAnswer(test, answer, device, kRelative, kAbsolute, {}));
  }
  return absl::OkStatus();
}

struct Tally {
  int passed = 0, failed_as_expected = 0, unsupported = 0, out_of_scope = 0;
};

void RunSuite(const Suite& suite, compute::Device& device, std::vector<ExpectedFailure>& expected,
              Tally& tally) {
  for (const std::string& directory : FoldersIn(suite.folder)) {
    const std::string name =
        suite.name + "/" + std::filesystem::path(directory).filename().string();
    const absl::Status status = RunCase(directory, device);
    if (IsUnsupportedOperator(status)) {
      ++tally.unsupported;
    } else if (IsOutOfScope(status)) {
      ++tally.out_of_scope;
    } else if (IsExpectedToFail(name, expected)) {
      EXPECT_FALSE(status.ok()) << name << " is expected to fail, but passes";
      ++tally.failed_as_expected;
    } else {
      EXPECT_TRUE(status.ok()) << name << ": " << status;
      tally.passed += status.ok();
    }
  }
}

// Returns how many cases passed.
int RunSuites(std::span<const Suite> suites, compute::Device& device) {
  std::vector<ExpectedFailure> expected = ReadExpectedFailures(suites);
  Tally tally;
  for (const Suite& suite : suites) RunSuite(suite, device, expected, tally);
  for (const ExpectedFailure& failure : expected) {
    EXPECT_GT(failure.matches, 0) << failure.pattern << " matches no case";
  }
  std::printf(
      "%d cases pass, %d fail as expected, %d use operators that are out of scope, %d others that "
      "are not supported\n",
      tally.passed, tally.failed_as_expected, tally.out_of_scope, tally.unsupported);
  return tally.passed;
}

class OnnxBackendTest : public ::testing::TestWithParam<std::string> {};

TEST_P(OnnxBackendTest, EveryCaseHasItsVerdict) {
  if (!std::filesystem::exists(kRoot)) {
    GTEST_SKIP() << kRoot << " is absent: install libonnx-testdata";
  }
  const auto device = TestDevice(GetParam());
  if (!device.ok()) GTEST_SKIP() << device.status();
  EXPECT_GE(RunSuites(DebianSuites(), **device), 853);
}

TEST_P(OnnxBackendTest, EveryNewerCaseHasItsVerdict) {
  const std::vector<Suite> suites = NewerSuites();
  if (!std::filesystem::exists(suites[0].folder)) {
    GTEST_SKIP() << suites[0].folder << " is absent: run tests/models/onnx_backend/newer_cases.sh";
  }
  const auto device = TestDevice(GetParam());
  if (!device.ok()) GTEST_SKIP() << device.status();
  EXPECT_GE(RunSuites(suites, **device), 433);
}

INSTANTIATE_TEST_SUITE_P(Devices, OnnxBackendTest, ::testing::ValuesIn(TestDeviceNames()),
                         [](const auto& entry) { return entry.param; });

}  // namespace
}  // namespace convoy::testing
