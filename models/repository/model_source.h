// Where one version of a model lies on disk. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace convoy::models {

struct ModelSource {
  std::string name;
  int64_t version = 1;
  std::string model_path;  // the .onnx file; its external data lies beside it
  std::string directory;   // holds config.pbtxt and labels.txt; empty for a bare .onnx file

  // Stands in for config.pbtxt, in the same text form.
  std::optional<std::string> config_text = std::nullopt;
  // Differs when a file differs that the version is made of; see file_stamps.h.
  std::string stamp = {};
};

}  // namespace convoy::models
