#include "client/bench/generator.h"

#include "absl/strings/str_format.h"
#include "client/bench/load_run.h"
#include "client/channel.h"

namespace convoy::client {

struct Generator::Impl {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  GeneratorOptions options;
};

Generator::Generator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Generator::~Generator() = default;

absl::StatusOr<std::unique_ptr<Generator>> Generator::Connect(std::string_view url,
                                                              const GeneratorOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  const std::string& token = options.connect.credentials.token;
  if (!token.empty()) {
    impl->options.metadata.emplace_back("authorization", absl::StrFormat("Bearer %s", token));
  }
  for (int i = 0; i < options.connections; ++i) {
    absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = OpenChannel(url, options.connect);
    if (!channel.ok()) return channel.status();
    impl->channels.push_back(*std::move(channel));
  }
  return std::unique_ptr<Generator>(new Generator(std::move(impl)));
}

LoadReport Generator::Run(const Workload& workload, const LoadPlan& plan) {
  // Connections are dealt out in turn; a thread without one would have nothing to do.
  const size_t threads =
      std::min(static_cast<size_t>(std::max(1, impl_->options.threads)), impl_->channels.size());
  std::vector<Sender::Options> senders(threads);
  for (size_t i = 0; i < impl_->channels.size(); ++i) {
    senders[i % threads].channels.push_back(impl_->channels[i]);
  }
  for (Sender::Options& sender : senders) {
    sender.method = workload.method();
    sender.metadata = impl_->options.metadata;
    sender.timeout = plan.timeout;
  }
  return LoadRun(workload, plan, std::move(senders)).Run();
}

}  // namespace convoy::client
