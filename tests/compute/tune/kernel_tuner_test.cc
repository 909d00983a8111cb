#include "compute/tune/kernel_tuner.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "compute/base/cache_file.h"
#include "gtest/gtest.h"

namespace convoy::testing {
namespace {

using compute::KernelChoice;
using compute::KernelTuner;
using compute::TimedKernel;
using compute::TuneMode;

constexpr char kKey[] = "processor | kernels 1";
const std::vector<std::string> kCandidates = {"direct", "winograd"};

class KernelTunerTest : public ::testing::Test {
 protected:
  KernelTunerTest()
      : folder_(std::filesystem::path(::testing::TempDir()) / "convoy_kernel_tuner_test") {
    std::filesystem::remove_all(folder_);
  }
  ~KernelTunerTest() override { std::filesystem::remove_all(folder_); }

  std::string file() const { return folder_ / "tune"; }

  // What a start of the program does: one problem, `times` where it must be timed.
  KernelChoice Start(std::vector<TimedKernel> times, TuneMode mode = TuneMode::kAuto,
                     const char* key = kKey, const char* problem = "problem") {
    KernelTuner tuner(mode, file(), key);
    tuner.Load();
    const KernelChoice choice = tuner.Choose(problem, kCandidates, [&] {
      ++measured_;
      return times;
    });
    tuner.Save();
    return choice;
  }

  std::string Read() const {
    std::ifstream stream(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  void Write(const std::string& bytes) const {
    std::filesystem::create_directories(folder_);
    std::ofstream(file(), std::ios::binary) << bytes;
  }

  std::filesystem::path folder_;
  int measured_ = 0;
};

TEST_F(KernelTunerTest, TimesOnceAndTheNextStartChoosesAlike) {
  const KernelChoice first = Start({{"direct", 1.61}, {"winograd", 1.24}});
  EXPECT_EQ(first.kernel, "winograd");
  EXPECT_EQ(first.why, "timed: 1.24 ms against 1.61 of direct");
  EXPECT_THAT(first.timed,
              ::testing::ElementsAre(TimedKernel{"winograd", 1.24}, TimedKernel{"direct", 1.61}));
  // Timed again, the other one would win.
  const KernelChoice second = Start({{"direct", 1}, {"winograd", 2}});
  EXPECT_EQ(second.kernel, "winograd");
  EXPECT_EQ(second.why, "tune file: 1.24 ms against 1.61 of direct");
  EXPECT_EQ(measured_, 1);
}

TEST_F(KernelTunerTest, OneTunerTimesEveryProblemOnce) {
  KernelTuner tuner(TuneMode::kAuto, "", kKey);
  const auto measure = [&] {
    return std::vector<TimedKernel>{{"winograd", static_cast<double>(++measured_)}};
  };
  EXPECT_EQ(tuner.Choose("a", kCandidates, measure).why, "timed: 1 ms");
  EXPECT_EQ(tuner.Choose("b", kCandidates, measure).why, "timed: 2 ms");
  EXPECT_EQ(tuner.Choose("a", kCandidates, measure).why, "timed: 1 ms");
}

TEST_F(KernelTunerTest, OffGoesByTheRulesAndTouchesNoFile) {
  Start({{"winograd", 1}});
  const std::string before = Read();
  const KernelChoice off = Start({{"winograd", 1}}, TuneMode::kOff);
  EXPECT_EQ(off.kernel, "direct");
  EXPECT_EQ(off.why, "");
  EXPECT_EQ(Read(), before);
  std::filesystem::remove_all(folder_);
  Start({{"winograd", 1}}, TuneMode::kOff);
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_EQ(measured_, 1);
}

TEST_F(KernelTunerTest, RulesChooseWhereNothingIsKnownOrTimed) {
  KernelTuner tuner(TuneMode::kAuto, file(), kKey);
  EXPECT_EQ(tuner.Choose("problem", kCandidates, nullptr).kernel, "direct");
  EXPECT_EQ(tuner.Choose("problem", kCandidates, [] { return std::vector<TimedKernel>(); }).kernel,
            "direct");
  tuner.Save();
  EXPECT_FALSE(std::filesystem::exists(file())) << "nothing is known";
}

TEST_F(KernelTunerTest, AKernelThatIsNoCandidateIsTimedAnew) {
  Start({{"gone", 1}, {"direct", 2}});
  EXPECT_EQ(measured_, 1);
  // "direct" is still there, and known.
  EXPECT_EQ(Start({{"winograd", 1}}).kernel, "direct");
  EXPECT_EQ(measured_, 1);
  Start({{"gone", 1}}, TuneMode::kAuto, kKey, "other");
  EXPECT_EQ(Start({{"winograd", 1}}, TuneMode::kAuto, kKey, "other").kernel, "winograd");
  EXPECT_EQ(measured_, 3);
}

TEST_F(KernelTunerTest, ForeignAndDamagedFilesAreWrittenAnew) {
  Start({{"winograd", 1}});
  const std::string good = Read();
  EXPECT_EQ(Start({{"direct", 1}}, TuneMode::kAuto, "processor | kernels 2").kernel, "direct");
  EXPECT_NE(Read(), good);
  int expected = 2;
  for (const std::string& bad :
       {std::string(), good.substr(0, good.size() - 1), good + "x", std::string(1000, '\n'),
        std::string(1000, '\xff'), compute::SealCache(kKey, "problem\tnonsense\n")}) {
    Write(bad);
    EXPECT_EQ(Start({{"direct", 1}}).kernel, "direct");
    EXPECT_EQ(measured_, ++expected);
    EXPECT_EQ(Start({{"winograd", 1}}).kernel, "direct") << "it is whole again";
    EXPECT_EQ(measured_, expected);
  }
}

TEST_F(KernelTunerTest, ADamagedFileIsWrittenAnewAlsoWhereNothingIsTimed) {
  Write("damaged");
  KernelTuner tuner(TuneMode::kAuto, file(), kKey);
  tuner.Load();
  tuner.Choose("problem", kCandidates, nullptr);
  tuner.Save();
  EXPECT_EQ(Read(), compute::SealCache(kKey, ""));
}

TEST_F(KernelTunerTest, AFolderThatCannotBeWrittenIsNoError) {
  KernelTuner tuner(TuneMode::kAuto, "/proc/no/such/folder/tune", kKey);
  for (int plan = 0; plan < 2; ++plan) {
    tuner.Load();
    EXPECT_EQ(tuner
                  .Choose("problem", kCandidates,
                          [] {
                            return std::vector<TimedKernel>{{"winograd", 1}};
                          })
                  .kernel,
              "winograd");
    tuner.Save();
  }
}

TEST_F(KernelTunerTest, WritersKeepEachOthersProblems) {
  KernelTuner a(TuneMode::kAuto, file(), kKey);
  KernelTuner b(TuneMode::kAuto, file(), kKey);
  const auto measure = [] { return std::vector<TimedKernel>{{"winograd", 1}}; };
  a.Load();
  b.Load();
  a.Choose("a", kCandidates, measure);
  b.Choose("b", kCandidates, measure);
  a.Save();
  b.Save();
  Start({{"direct", 1}}, TuneMode::kAuto, kKey, "a");
  Start({{"direct", 1}}, TuneMode::kAuto, kKey, "b");
  EXPECT_EQ(measured_, 0);
}

TEST_F(KernelTunerTest, ManyWritersAtOnceLeaveAWholeFile) {
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 4; ++writer) {
    threads.emplace_back([this, writer] {
      KernelTuner tuner(TuneMode::kAuto, file(), kKey);
      for (int i = 0; i < 25; ++i) {
        tuner.Load();
        tuner.Choose(std::to_string(writer) + " " + std::to_string(i), kCandidates, [] {
          return std::vector<TimedKernel>{{"winograd", 1}};
        });
        tuner.Save();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::optional<std::string> text = compute::OpenSealedCache(kKey, Read());
  ASSERT_TRUE(text.has_value());
  const auto table = compute::TuneTable::Parse(*text);
  ASSERT_TRUE(table.has_value());
  EXPECT_GE(table->size(), 25);  // those of the last writer at least
}

}  // namespace
}  // namespace convoy::testing
