// Spans as a page of Chrome's Trace Event Format, for chrome://tracing and ui.perfetto.dev:
// requests as asynchronous rows, batches on the row of their model, arrows from a request to its
// batch.
#pragma once

#include <span>
#include <string>

#include "server/tracing/span.h"

namespace convoy::server {

std::string RenderChromeTrace(std::span<const Span> spans);

}  // namespace convoy::server
