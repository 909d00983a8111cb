// The fixtures of tests/data/image: files, and pictures with known pixels.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/image/image.h"

namespace convoy::models {

// The bytes of tests/data/image/`name`; the test fails when it is absent.
std::vector<std::byte> ReadFixture(std::string_view name);

// A binary PPM or PGM fixture.
Image ReadPicture(std::string_view name);

// The largest difference of any sample; 256 when sizes or channels differ.
int LargestDifference(const Image& a, const Image& b);

}  // namespace convoy::models
