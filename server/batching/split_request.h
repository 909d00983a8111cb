// Requests of more rows than a batch has: cut into parts that queue and run as requests of their
// own, and answered as one.
//
//   for (Request& part : SplitRequest(std::move(request), /*max_rows=*/8)) Queue(std::move(part));
//
// Every part has the whole's deadline, timeout and priority. The whole is answered when its last
// part is: with the rows of all of them in order, or with the first error. So no part runs any more
// then, and the bytes behind the inputs may go. The caller sees to it that a part that still waits
// leaves the queue when another one fails. Parts may be answered by several threads at once.
#pragma once

#include <cstdint>
#include <vector>

#include "server/batching/request.h"

namespace convoy::server {

// Rows of each part: full batches, and what is left behind them, which shares its batch with
// others.
std::vector<int64_t> PartRows(int64_t rows, int64_t max_rows);

// The request itself where it fits into a batch. `max_rows` > 0. The answer has the times and the
// batch of the part that was answered last: it waited while the others ran.
std::vector<Request> SplitRequest(Request request, int64_t max_rows);

}  // namespace convoy::server
