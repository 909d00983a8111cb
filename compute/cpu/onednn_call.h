// One prepared execution of a oneDNN primitive: kernel, descriptions and addresses are fixed when
// the plan is compiled, so that Execute only jumps. Also the one place where oneDNN's exceptions
// become a Status.
//
//   OnednnCall call(primitive, engine, {{DNNL_ARG_SRC, layout, address}, ...});
//   CONVOY_RETURN_IF_ERROR(call.Execute(stream));
//
// Move-only; the addresses must outlive it. Calls of one primitive may run in several threads at
// once when their scratchpads differ.
#pragma once

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "compute/cpu/layout.h"

namespace convoy::compute {

struct OnednnArgument {
  int arg = 0;  // DNNL_ARG_*
  Layout layout;
  void* address = nullptr;
};

class OnednnCall {
 public:
  OnednnCall(dnnl::primitive primitive, const dnnl::engine& engine,
             std::span<const OnednnArgument> arguments);

  absl::Status Execute(const dnnl::stream& stream) const;

 private:
  dnnl::primitive primitive_;
  std::vector<dnnl::memory> memories_;
  std::vector<dnnl_exec_arg_t> arguments_;  // oneDNN's C++ call would build this at every run
};

// UNIMPLEMENTED where oneDNN has no kernel for what it was asked, RESOURCE_EXHAUSTED where memory
// ran out, else INTERNAL.
absl::Status StatusOfOnednn(const dnnl::error& error);

// Runs `body`, which returns absl::Status; a dnnl::error thrown inside becomes a Status.
template <typename Body>
absl::Status CatchOnednn(const Body& body) {
  try {
    return body();
  } catch (const dnnl::error& error) {
    return StatusOfOnednn(error);
  }
}

}  // namespace convoy::compute
