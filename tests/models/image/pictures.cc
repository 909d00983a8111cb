#include "tests/models/image/pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace convoy::models {

std::vector<std::byte> ReadFixture(std::string_view name) {
  const std::string path = std::string("tests/data/image/").append(name);
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path << " can not be read; tests run in the source root";
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  return {bytes, bytes + text.size()};
}

Image ReadPicture(std::string_view name) {
  const std::vector<std::byte> file = ReadFixture(name);
  std::istringstream in(std::string(reinterpret_cast<const char*>(file.data()), file.size()));
  std::string kind;
  int maximum = 0;
  Image image;
  in >> kind >> image.width >> image.height >> maximum;
  in.get();
  image.channels = kind == "P5" ? 1 : 3;
  EXPECT_EQ(maximum, 255) << name;
  image.pixels.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  EXPECT_EQ(image.pixels.size(), static_cast<size_t>(image.height * image.row_bytes())) << name;
  return image;
}

int LargestDifference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height || a.channels != b.channels) return 256;
  int largest = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  }
  return largest;
}

}  // namespace convoy::models
