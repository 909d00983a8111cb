#include "server/metrics/metrics_endpoint.h"

#include <httplib.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "compute/base/status.h"
#include "server/metrics/open_metrics.h"

namespace convoy::server {
namespace {

constexpr char kTextFormat[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kPlainText[] = "text/plain; charset=utf-8";
constexpr size_t kThreads = 2;  // one scrape and one probe at a time
constexpr time_t kTimeoutSeconds = 5;
constexpr int64_t kDefaultTraceSeconds = 10;
constexpr int64_t kMaxTraceSeconds = 3600;
constexpr size_t kMaxBodyBytes = 4096;  // no request here has a body

// Unlike the library's default without SO_REUSEPORT: two servers on one port must not share it
// silently.
void SetSocketOptions(socket_t socket) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

void ServeTrace(const MetricsEndpoint::TracePage& trace, const httplib::Request& request,
                httplib::Response& response) {
  int64_t seconds = kDefaultTraceSeconds;
  const std::string text = request.get_param_value("seconds");
  if (!text.empty() &&
      (!absl::SimpleAtoi(text, &seconds) || seconds < 1 || seconds > kMaxTraceSeconds)) {
    response.status = 400;
    response.set_content(
        absl::StrFormat("seconds is a whole number from 1 to %d\n", kMaxTraceSeconds), kPlainText);
    return;
  }
  response.set_content(trace(absl::Seconds(seconds)), "application/json");
}

}  // namespace

struct MetricsEndpoint::Impl {
  httplib::Server server;
  std::thread thread;
  int port = 0;
};

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(
    const std::string& host, int port, const ServerMetrics& metrics, Readiness readiness,
    TracePage trace) {
  auto impl = std::make_unique<Impl>();
  httplib::Server& server = impl->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_socket_options(SetSocketOptions);
  server.set_payload_max_length(kMaxBodyBytes);
  server.set_read_timeout(kTimeoutSeconds);
  server.set_write_timeout(kTimeoutSeconds);
  server.set_keep_alive_max_count(1);  // an idle connection would hold one of the few threads
  server.Get("/metrics", [&metrics](const httplib::Request& request, httplib::Response& response) {
    if (PrefersOpenMetrics(request.get_header_value("Accept"))) {
      response.set_content(metrics.RenderOpenMetrics(), kOpenMetricsType);
    } else {
      response.set_content(metrics.Render(), kTextFormat);
    }
  });
  for (const char* path : {"/healthz", "/livez"}) {
    server.Get(path, [](const httplib::Request&, httplib::Response& response) {
      response.set_content("live\n", kPlainText);
    });
  }
  if (trace) {
    server.Get("/debug/trace", [trace = std::move(trace)](const httplib::Request& request,
                                                          httplib::Response& response) {
      ServeTrace(trace, request, response);
    });
  }
  server.Get("/readyz", [readiness = std::move(readiness)](const httplib::Request&,
                                                           httplib::Response& response) {
    const absl::Status status = readiness();
    response.status = status.ok() ? 200 : 503;
    response.set_content(
        status.ok() ? std::string("ready\n") : absl::StrFormat("%s\n", status.message()),
        kPlainText);
  });
  errno = 0;
  if (port == 0) {
    impl->port = server.bind_to_any_port(host);
  } else {
    impl->port = server.bind_to_port(host, port) ? port : -1;
  }
  if (impl->port < 0) {
    return absl::UnavailableError(absl::StrFormat(
        "Port %d for metrics cannot be bound on %s: %s; choose another with --metrics-port, or 0 "
        "for none",
        port, host, errno != 0 ? std::strerror(errno) : "the address does not resolve"));
  }
  impl->thread = std::thread([&server] { server.listen_after_bind(); });
  // stop() has no effect on a server that does not listen yet.
  while (!server.is_running()) std::this_thread::yield();
  return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(std::move(impl)));
}

MetricsEndpoint::MetricsEndpoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MetricsEndpoint::~MetricsEndpoint() {
  impl_->server.stop();
  impl_->thread.join();
}

int MetricsEndpoint::port() const { return impl_->port; }

}  // namespace convoy::server
