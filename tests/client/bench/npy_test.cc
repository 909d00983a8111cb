#include "client/bench/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::client {
namespace {

using testing::HasSubstr;

std::string Npy(std::string header, const std::string& data, char major = 1) {
  const size_t length_bytes = major == 1 ? 2 : 4;
  while ((8 + length_bytes + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string file = "\x93NUMPY";
  file += major;
  file += '\0';
  for (size_t i = 0; i < length_bytes; ++i) {
    file += static_cast<char>((header.size() >> (8 * i)) & 0xff);
  }
  return file + header + data;
}

TEST(NpyTest, ReadsWhatNumpyWrites) {
  const auto tensor = ParseNpy(
      Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", std::string(24, 'x')));
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_EQ(tensor->datatype, "FP32");
  EXPECT_EQ(tensor->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(tensor->bytes, std::string(24, 'x'));
  const auto one =
      ParseNpy(Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }", "hello", 2));
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->datatype, "UINT8");
  EXPECT_EQ(one->shape, (std::vector<int64_t>{5}));
  const auto scalar =
      ParseNpy(Npy("{'descr': '<i8', 'fortran_order': False, 'shape': (), }", "12345678"));
  ASSERT_TRUE(scalar.ok()) << scalar.status();
  EXPECT_TRUE(scalar->shape.empty());
}

TEST(NpyTest, SaysWhatIsWrong) {
  const struct {
    std::string file;
    const char* message;
  } kCases[] = {
      {"PK\3\4", "does not begin"},
      {"", "does not begin"},
      {Npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "xxxx"), "'>f4'"},
      {Npy("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }", "xxxx"), "'<U5'"},
      {Npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "xxxx"), "Fortran"},
      {Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "xxxx"), "8 bytes"},
      {Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (x,), }", "xxxx"), "extents"},
      {Npy("{}", ""), "''"},
      {Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }", ""),
       "overflows"},
      {std::string("\x93NUMPY\1\0\xff\xff  ", 12), "cut short"},
  };
  for (const auto& test : kCases) {
    const auto tensor = ParseNpy(test.file);
    ASSERT_FALSE(tensor.ok()) << test.message;
    EXPECT_THAT(std::string(tensor.status().message()), HasSubstr(test.message));
  }
}

}  // namespace
}  // namespace convoy::client
