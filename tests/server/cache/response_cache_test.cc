#include "server/cache/response_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace convoy::server {
namespace {

using compute::DType;
using compute::HostTensor;
using compute::Shape;
using ::testing::ElementsAre;
using Key = ResponseCache::Key;

HostTensor Floats(const std::vector<float>& values) {
  return HostTensor::FromFloats(Shape{static_cast<int64_t>(values.size())}, values);
}

std::vector<HostTensor> Outputs(float value, int64_t count = 1) {
  std::vector<HostTensor> outputs;
  outputs.push_back(Floats(std::vector<float>(static_cast<size_t>(count), value)));
  return outputs;
}

InputDigest Digest(const std::vector<HostTensor>& inputs) {
  std::vector<compute::TensorView> views;
  for (const HostTensor& input : inputs) views.push_back(input.view());
  return DigestOf(views).value();
}

InputDigest Digest(float value) { return Digest(Outputs(value)); }

// What an entry with one float takes.
constexpr int64_t kOne = ResponseCache::kEntryBytes + 4;

TEST(InputDigestTest, TellsTypesShapesAndValuesApart) {
  const InputDigest digest = Digest(Outputs(1, 4));
  EXPECT_EQ(Digest(Outputs(1, 4)), digest);
  EXPECT_NE(Digest(Outputs(2, 4)), digest);
  std::vector<HostTensor> square;
  square.push_back(HostTensor::FromFloats(Shape{2, 2}, std::vector<float>(4, 1)));
  EXPECT_NE(Digest(square), digest);
  HostTensor words({DType::kInt32, {4}});
  std::copy_n(Outputs(1, 4)[0].bytes().begin(), 16, words.bytes().begin());
  std::vector<HostTensor> other_type;
  other_type.push_back(std::move(words));
  EXPECT_NE(Digest(other_type), digest);
}

TEST(InputDigestTest, TellsWhereOneInputEndsAndTheNextBegins) {
  std::vector<HostTensor> one_three, three_one;
  one_three.push_back(Floats({1}));
  one_three.push_back(Floats({1, 1, 1}));
  three_one.push_back(Floats({1, 1, 1}));
  three_one.push_back(Floats({1}));
  EXPECT_NE(Digest(one_three), Digest(three_one));
}

TEST(ResponseCacheTest, FindsWhatWasKept) {
  ResponseCache cache(1 << 20);
  const uint64_t owner = cache.NewOwner();
  EXPECT_FALSE(cache.Find({owner, Digest(1)}).has_value());
  cache.Insert({owner, Digest(1)}, Outputs(7, 3));
  const auto found = cache.Find({owner, Digest(1)});
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->at(0).data<float>(), ElementsAre(7, 7, 7));
  EXPECT_EQ(found->at(0).spec().shape, Shape{3});
  EXPECT_FALSE(cache.Find({cache.NewOwner(), Digest(1)}).has_value()) << "of another version";
}

TEST(ResponseCacheTest, WhatWasUsedLeastRecentlyGoes) {
  ResponseCache cache(2 * kOne);
  cache.Insert({1, Digest(1)}, Outputs(1));
  cache.Insert({1, Digest(2)}, Outputs(2));
  EXPECT_TRUE(cache.Find({1, Digest(1)}).has_value());
  cache.Insert({1, Digest(3)}, Outputs(3));
  EXPECT_TRUE(cache.Find({1, Digest(1)}).has_value());
  EXPECT_FALSE(cache.Find({1, Digest(2)}).has_value());
  EXPECT_TRUE(cache.Find({1, Digest(3)}).has_value());
  EXPECT_EQ(cache.bytes(), 2 * kOne);
}

TEST(ResponseCacheTest, KeepsNothingBeyondItsCapacity) {
  ResponseCache cache(2 * kOne);
  cache.Insert({1, Digest(1)}, Outputs(1, 1000));
  EXPECT_EQ(cache.bytes(), 0);
  cache.Insert({1, Digest(1)}, Outputs(1));
  cache.Insert({1, Digest(1)}, Outputs(1));  // is there already
  EXPECT_EQ(cache.bytes(), kOne);
}

TEST(ResponseCacheTest, ForgetsAnOwnerAlone) {
  ResponseCache cache(1 << 20);
  cache.Insert({1, Digest(1)}, Outputs(1));
  cache.Insert({2, Digest(1)}, Outputs(2));
  cache.Insert({1, Digest(2)}, Outputs(3));
  cache.Forget(1);
  EXPECT_FALSE(cache.Find({1, Digest(1)}).has_value());
  EXPECT_TRUE(cache.Find({2, Digest(1)}).has_value());
  EXPECT_EQ(cache.bytes(), kOne);
}

TEST(ResponseCacheTest, ThreadsFindWholeAnswers) {
  ResponseCache cache(8 * kOne);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        const auto value = static_cast<float>((i + t) % 16);
        const Key key{1, Digest(value)};
        if (const auto found = cache.Find(key); found.has_value()) {
          wrong += found->at(0).data<float>()[0] == value ? 0 : 1;
        } else {
          cache.Insert(key, Outputs(value));
        }
        if (i % 50 == 0) cache.Forget(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(cache.bytes(), 8 * kOne);
}

}  // namespace
}  // namespace convoy::server
