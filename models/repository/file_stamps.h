// Tells a changed model version from an unchanged one by the names, sizes and times of its files,
// without reading them. Pure over a FileTree.
#pragma once

#include <span>
#include <string>

#include "models/repository/file_tree.h"
#include "models/repository/model_source.h"

namespace convoy::models {

// Text that differs whenever one of these does: the .onnx file and what lies beside it (external
// weights; in a version directory also below it), the `described_by` files of the model's directory
// (config.pbtxt, labels), and source.config_text. Only equality has a meaning. A directory of more
// than kMaxStampedFiles is not looked at beyond them.
inline constexpr int kMaxStampedFiles = 4096;

std::string StampOfVersion(const FileTree& tree, const ModelSource& source,
                           std::span<const std::string> described_by);

}  // namespace convoy::models
