#include "compute/cpu/layout.h"

#include "gtest/gtest.h"

namespace convoy::testing {
namespace {

using compute::ChannelsLast;
using compute::Dims;
using compute::DType;
using compute::InOrderOf;
using compute::IsBlocked;
using compute::IsRowMajor;
using compute::Layout;
using compute::PlainLayout;
using compute::RowMajor;
using compute::SameBytes;
using compute::Shape;
using compute::Strided;
using compute::TensorSpec;

Layout Blocked16(const Dims& dims) {
  return Layout(dims, dnnl::memory::data_type::f32, dnnl::memory::format_tag::nChw16c);
}

TEST(Layout, RowMajorAndChannelsLastHaveTheStridesTheirNamesSay) {
  EXPECT_EQ(Strided({2, 3, 4, 5}, {60, 20, 5, 1}), RowMajor({2, 3, 4, 5}));
  EXPECT_EQ(Strided({2, 3, 4, 5}, {60, 1, 15, 3}), ChannelsLast({2, 3, 4, 5}));
  EXPECT_EQ(Strided({2, 3, 4, 5, 6}, {360, 1, 90, 18, 3}), ChannelsLast({2, 3, 4, 5, 6}));
  EXPECT_EQ(Strided({2, 3, 4}, {12, 1, 3}), ChannelsLast({2, 3, 4}));
}

TEST(Layout, SeesWhichLayoutsAreRowMajorBytes) {
  EXPECT_TRUE(IsRowMajor(RowMajor({2, 3, 4, 5})));
  EXPECT_FALSE(IsRowMajor(ChannelsLast({2, 3, 4, 5})));
  EXPECT_TRUE(IsRowMajor(ChannelsLast({2, 3, 1, 1})));
  EXPECT_TRUE(IsRowMajor(ChannelsLast({2, 1, 4, 5})));
  EXPECT_TRUE(IsRowMajor(Blocked16({2, 32, 1, 1})));
  EXPECT_FALSE(IsRowMajor(Blocked16({2, 32, 2, 1})));
  EXPECT_FALSE(IsRowMajor(Blocked16({2, 5, 1, 1}))) << "the block is padded";
  EXPECT_FALSE(IsRowMajor(Strided({2, 3}, {4, 1}))) << "rows have slack";
  EXPECT_FALSE(IsRowMajor(Strided({2, 3}, {1, 2})));
}

TEST(Layout, ComparesBytesNotSpelling) {
  EXPECT_TRUE(SameBytes(RowMajor({2, 3}), ChannelsLast({2, 3, 1, 1})));
  EXPECT_TRUE(SameBytes(Blocked16({2, 16, 3, 3}), ChannelsLast({2, 16, 3, 3})));
  EXPECT_FALSE(SameBytes(Blocked16({2, 32, 3, 3}), ChannelsLast({2, 32, 3, 3})));
  EXPECT_FALSE(SameBytes(RowMajor({2, 3, 4, 4}), ChannelsLast({2, 3, 4, 4})));
  EXPECT_FALSE(SameBytes(RowMajor({2, 3}), RowMajor({2, 4})));
  EXPECT_FALSE(SameBytes(RowMajor({4}), PlainLayout({DType::kUint8, Shape{16}})));
}

TEST(Layout, FollowsTheOrderOfAnother) {
  EXPECT_EQ(ChannelsLast({1, 3, 4, 5}), InOrderOf(ChannelsLast({2, 3, 4, 5}), {1, 3, 4, 5}));
  EXPECT_EQ(RowMajor({1, 7, 4, 5}), InOrderOf(RowMajor({2, 3, 4, 5}), {1, 7, 4, 5}));
  EXPECT_TRUE(IsRowMajor(InOrderOf(ChannelsLast({2, 3, 4, 5}), {1, 3, 1, 1})));
}

TEST(Layout, PlainMemoryHoldsAnyTensor) {
  EXPECT_EQ(RowMajor({2, 3}), PlainLayout({DType::kFloat32, Shape{2, 3}}));
  EXPECT_EQ(RowMajor({1}), PlainLayout({DType::kFloat32, Shape{}}));
  EXPECT_EQ(48U, PlainLayout({DType::kInt64, Shape{2, 3}}).get_size());
  EXPECT_TRUE(IsRowMajor(PlainLayout({DType::kFloat32, Shape{1, 1, 1, 1, 1, 2, 3}})));
  EXPECT_FALSE(compute::OnednnTakes({DType::kFloat32, Shape{2, 0}}));
  EXPECT_FALSE(compute::OnednnTakes({DType::kInt64, Shape{2}}));
  EXPECT_TRUE(IsBlocked(Blocked16({2, 32, 2, 2})));
  EXPECT_FALSE(IsBlocked(ChannelsLast({2, 32, 2, 2})));
}

}  // namespace
}  // namespace convoy::testing
