#include "server/serve.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>

#include "tests/support/http_get.h"

namespace convoy::server {
namespace {

using ::convoy::testing::FreePort;
using ::convoy::testing::HttpGet;

// Serves in this process, which a death test has started, and sends it `first` as soon as it is
// ready and `second`, unless 0, as soon as it is not.
[[noreturn]] void ServeAndSignal(int first, int second, int64_t lame_duck_seconds) {
  sigset_t signals;
  sigfillset(&signals);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // for the thread below too
  const int port = FreePort();
  std::thread([=] {
    while (HttpGet(port, "/readyz").find("200 OK") == std::string::npos) std::this_thread::yield();
    kill(getpid(), first);
    if (second == 0) return;
    while (HttpGet(port, "/readyz").find("503") == std::string::npos) std::this_thread::yield();
    kill(getpid(), second);
  }).detach();
  ServerOptions options;
  options.paths = {"models/bundled/lenet5"};
  options.host = "127.0.0.1";
  options.grpc_port = 0;
  options.metrics_port = port;
  options.device = "reference";
  options.lame_duck_seconds = lame_duck_seconds;
  options.drain_seconds = 500;
  std::_Exit(Serve(options));
}

class ServeDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(ServeDeathTest, SigtermDrainsAndExitsWithZero) {
  EXPECT_EXIT(ServeAndSignal(SIGTERM, 0, 0), ::testing::ExitedWithCode(0),
              "SIGTERM: no longer ready(.|\n)*goodbye");
}

TEST_F(ServeDeathTest, SigintSkipsTheLameDuckTime) {
  EXPECT_EXIT(ServeAndSignal(SIGINT, 0, 400), ::testing::ExitedWithCode(0),
              "SIGINT: no longer ready(.|\n)*goodbye");
}

TEST_F(ServeDeathTest, TheSecondSignalEndsAtOnce) {
  EXPECT_EXIT(ServeAndSignal(SIGTERM, SIGINT, 400), ::testing::ExitedWithCode(128 + SIGINT),
              "SIGTERM: no longer ready");
}

TEST_F(ServeDeathTest, AStartThatFailsExitsWithOne) {
  ServerOptions options;
  options.paths = {"/nowhere/at/all"};
  EXPECT_EXIT(std::_Exit(Serve(options)), ::testing::ExitedWithCode(1), "/nowhere/at/all");
}

}  // namespace
}  // namespace convoy::server
