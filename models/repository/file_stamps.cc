#include "models/repository/file_stamps.h"

#include <optional>

#include "absl/strings/str_format.h"

namespace convoy::models {
namespace {

// External weights lie at most this many folders below the model file. The bound also ends a link
// that leads back to its own folder.
constexpr int kMaxDepth = 3;

class Stamper {
 public:
  explicit Stamper(const FileTree& tree) : tree_(tree) {}

  void AddFile(const std::string& path) {
    if (files_ == kMaxStampedFiles) return;
    const std::optional<FileStamp> stamp = tree_.StampOf(path);
    if (!stamp.has_value()) return;
    ++files_;
    absl::StrAppendFormat(&text_, "%s %d %d\n", path, stamp->bytes, stamp->modified_ns);
  }

  void AddFolder(const std::string& directory, int depth) {
    const auto names = tree_.List(directory);
    if (!names.ok()) return;
    for (const std::string& name : *names) {
      const std::string path = directory + "/" + name;
      const FileKind kind = tree_.KindOf(path);
      if (kind == FileKind::kFile) AddFile(path);
      if (kind == FileKind::kDirectory && depth > 0) AddFolder(path, depth - 1);
    }
  }

  void AddText(const std::string& text) { absl::StrAppendFormat(&text_, "config %s\n", text); }

  std::string Take() && { return std::move(text_); }

 private:
  const FileTree& tree_;
  std::string text_;
  int files_ = 0;
};

}  // namespace

std::string StampOfVersion(const FileTree& tree, const ModelSource& source,
                           std::span<const std::string> described_by) {
  Stamper stamper(tree);
  stamper.AddFile(source.model_path);  // first: a folder of many files must not push it out
  const std::string folder = source.model_path.substr(0, source.model_path.rfind('/'));
  if (source.directory.empty()) {
    // A bare file: its folder may hold anything.
  } else if (folder == source.directory) {
    stamper.AddFolder(folder, 0);
  } else {
    stamper.AddFolder(folder, kMaxDepth);
  }
  for (const std::string& name : described_by) stamper.AddFile(source.directory + "/" + name);
  if (source.config_text.has_value()) stamper.AddText(*source.config_text);
  return std::move(stamper).Take();
}

}  // namespace convoy::models
