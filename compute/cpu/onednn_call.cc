#include "compute/cpu/onednn_call.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "oneapi/dnnl/dnnl_debug.h"

namespace convoy::compute {

OnednnCall::OnednnCall(dnnl::primitive primitive, const dnnl::engine& engine,
                       std::span<const OnednnArgument> arguments)
    : primitive_(std::move(primitive)) {
  for (const OnednnArgument& argument : arguments) {
    memories_.emplace_back(argument.layout, engine, argument.address);
    arguments_.push_back({argument.arg, memories_.back().get()});
  }
}

absl::Status OnednnCall::Execute(const dnnl::stream& stream) const {
  const dnnl_status_t status = dnnl_primitive_execute(
      primitive_.get(), stream.get(), static_cast<int>(arguments_.size()), arguments_.data());
  if (status == dnnl_success) return absl::OkStatus();
  return absl::InternalError(
      absl::StrFormat("oneDNN fails to execute a primitive (%s)", dnnl_status2str(status)));
}

absl::Status StatusOfOnednn(const dnnl::error& error) {
  const std::string text =
      absl::StrFormat("oneDNN says '%s' (%s)", error.what(), dnnl_status2str(error.status));
  switch (error.status) {
    case dnnl_unimplemented:
    case dnnl_invalid_arguments:
    // What a primitive descriptor gives when the list of kernels is exhausted.
    case dnnl_iterator_ends:
      return absl::UnimplementedError(text);
    case dnnl_out_of_memory:
      return absl::ResourceExhaustedError(text);
    default:
      return absl::InternalError(text);
  }
}

}  // namespace convoy::compute
