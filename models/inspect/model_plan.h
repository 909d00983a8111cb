// The plan of a model's files without a device: what inspecting, linting and verifying start from.
//
//   CONVOY_ASSIGN_OR_RETURN(const ModelFiles files, ReadModelFiles(source, 8));
//   CONVOY_ASSIGN_OR_RETURN(const compute::Plan plan, PlanModel(files, {.batch = 8}));
//
// Pure; the plan shares the files' weights.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/plan/plan.h"
#include "models/model_files.h"

namespace convoy::models {

struct PlanRequest {
  int64_t batch = 1;   // rows; models without batch dimension take 1
  int64_t extent = 0;  // of every other dimension that the file leaves open; 0: chosen
  bool raw = false;    // the graph as imported, without the passes
};

// The input shapes that such a plan has. Without an extent, open dimensions are those of the image
// settings, else the first of 256, 64 and 1 with which the graph can be imported.
absl::StatusOr<std::vector<compute::Shape>> ChooseShapes(const ModelFiles& files,
                                                         const PlanRequest& request);

// Errors of the import name operator and node; INVALID_ARGUMENT when the batch is out of place.
absl::StatusOr<compute::Plan> PlanModel(const ModelFiles& files, const PlanRequest& request);

}  // namespace convoy::models
