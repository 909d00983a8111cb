// Error propagation on absl::Status: the 17 canonical codes, which are gRPC's.
//
// A message is a full sentence in the present tense that names the given value and the limit.
// Context is added on the way up:
//
//   CONVOY_RETURN_IF_ERROR(Compile(plan));
//   CONVOY_ASSIGN_OR_RETURN(Graph graph, Import(bytes));
//   return WithContext(status, "while importing node 'conv1' of model 'unet'");
//
// Text is made by absl::StrFormat: Debian's absl::StrCat does not take a std::string_view.
// Functions do not throw; an exception of a library is turned into a Status where it is called.
#pragma once

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"  // IWYU pragma: export

namespace convoy::compute {

// The same code with ", <context>" behind the message; an OK status passes unchanged.
inline absl::Status WithContext(const absl::Status& status, std::string_view context) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrFormat("%s, %s", status.message(), context));
}

}  // namespace convoy::compute

#define CONVOY_RETURN_IF_ERROR(expression)                    \
  do {                                                        \
    if (absl::Status status_ = (expression); !status_.ok()) { \
      return status_;                                         \
    }                                                         \
  } while (false)

#define CONVOY_CONCAT_INNER_(a, b) a##b
#define CONVOY_CONCAT_(a, b) CONVOY_CONCAT_INNER_(a, b)
#define CONVOY_ASSIGN_OR_RETURN(declaration, expression) \
  CONVOY_ASSIGN_OR_RETURN_IMPL_(CONVOY_CONCAT_(status_or_, __LINE__), declaration, expression)
#define CONVOY_ASSIGN_OR_RETURN_IMPL_(status_or, declaration, expression) \
  auto status_or = (expression);                                          \
  if (!status_or.ok()) return std::move(status_or).status();              \
  declaration = *std::move(status_or)
