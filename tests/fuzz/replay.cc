// The main program of a fuzz target without the fuzzer: feeds it files, and all files of folders,
// in the order of their names.
//
//   infer_replay FILE-OR-FOLDER ...
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

namespace fs = std::filesystem;

namespace {

constexpr size_t kLengthBytes = 4;  // little-endian, before each input of a packed corpus

std::vector<fs::path> FilesBelow(const fs::path& place) {
  std::vector<fs::path> files;
  if (fs::is_regular_file(place)) files.push_back(place);
  if (fs::is_directory(place)) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(place)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<uint8_t> Read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// On the heap and exactly as large as the input: a sanitizer sees what is read behind it.
void Feed(std::vector<uint8_t> input) {
  input.shrink_to_fit();
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

// The inputs of a packed corpus (pack.py), or the file itself; their number.
size_t FeedFile(const fs::path& file) {
  std::vector<uint8_t> bytes = Read(file);
  if (file.extension() != ".pack") {
    Feed(std::move(bytes));
    return 1;
  }
  size_t count = 0;
  for (size_t at = 0; at + kLengthBytes <= bytes.size(); ++count) {
    size_t size = 0;
    for (size_t i = 0; i < kLengthBytes; ++i) size |= size_t{bytes[at + i]} << (8 * i);
    at += kLengthBytes;
    convoy::testing::Require(size <= bytes.size() - at, "a packed corpus is whole");
    const auto input = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    Feed({input, input + static_cast<std::ptrdiff_t>(size)});
    at += size;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    const std::vector<fs::path> files = FilesBelow(argv[i]);
    if (files.empty()) std::fprintf(stderr, "there is no file below %s\n", argv[i]);
    if (files.empty()) return EXIT_FAILURE;
    for (const fs::path& file : files) count += FeedFile(file);
  }
  std::printf("%zu inputs replayed\n", count);
  return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
