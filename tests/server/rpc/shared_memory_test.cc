#include "server/rpc/shared_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <limits>

#include "absl/strings/str_format.h"
#include "tests/support/shared_object.h"

namespace convoy::server {
namespace {

using ::convoy::testing::SharedObject;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();

std::string ReadText(const SharedRegion& region, int64_t offset, size_t size) {
  std::string text(size, '?');
  const absl::Status status =
      region.Read(offset, std::as_writable_bytes(std::span(text.data(), text.size())));
  return status.ok() ? text : std::string(status.message());
}

absl::Status WriteText(const SharedRegion& region, int64_t offset, std::string_view text) {
  return region.Write(offset, std::as_bytes(std::span(text.data(), text.size())));
}

TEST(SharedMemory, IsOffUnlessItIsAllowed) {
  SharedMemory memory({});
  const SharedObject object("off", 64);
  for (const absl::Status& status :
       {memory.Register("r", object.key(), 0, 64), memory.Unregister(""), memory.List("").status(),
        memory.Find("r").status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
    EXPECT_THAT(std::string(status.message()), HasSubstr("Client shared memory is disabled"));
  }
}

TEST(SharedMemory, ReadsAndWritesWithinTheRegion) {
  SharedMemory memory({.allowed = true});
  const SharedObject object("rw", 64);
  std::memcpy(object.bytes(), "0123456789", 10);
  ASSERT_TRUE(memory.Register("r", object.key(), 2, 8).ok());
  const SharedMemory::Region region = *memory.Find("r");
  EXPECT_EQ(ReadText(*region, 0, 8), "23456789");
  EXPECT_EQ(ReadText(*region, 8, 0), "");
  ASSERT_TRUE(WriteText(*region, 6, "xy").ok());
  EXPECT_EQ(std::string(object.bytes(), 11), std::string("01234567xy\0", 11));
  for (const auto& [offset, size] : {std::pair<int64_t, size_t>{1, 8},
                                     {9, 0},
                                     {-1, 1},
                                     {std::numeric_limits<int64_t>::max(), 8},
                                     {std::numeric_limits<int64_t>::min(), 8}}) {
    EXPECT_THAT(ReadText(*region, offset, size), HasSubstr("Invalid offset + byte size"));
    EXPECT_EQ(WriteText(*region, offset, std::string(size, 'z')).code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(SharedMemory, RefusesPartsThatTheObjectDoesNotHave) {
  SharedMemory memory({.allowed = true});
  const SharedObject object("bounds", 64);
  for (const auto& [offset, bytes] : {std::pair<uint64_t, uint64_t>{0, 65},
                                      {1, 64},
                                      {64, 1},
                                      {0, 0},
                                      {kMost, 64},
                                      {kMost, kMost},
                                      {64, kMost - 63},
                                      {0, kMost},
                                      {uint64_t{1} << 63, 1},
                                      {0, uint64_t{1} << 63}}) {
    const absl::Status status = memory.Register("r", object.key(), offset, bytes);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << offset << "+" << bytes;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("failed to register shared memory region 'r': invalid args"));
  }
  EXPECT_THAT(*memory.List(""), IsEmpty());
  EXPECT_TRUE(memory.Register("r", object.key(), 63, 1).ok());
}

TEST(SharedMemory, NamesAreTakenOnceAndFreedAgain) {
  SharedMemory memory({.allowed = true});
  const SharedObject object("names", 64);
  ASSERT_TRUE(memory.Register("a", object.key(), 0, 64).ok());
  ASSERT_TRUE(memory.Register("b", object.key(), 32, 32).ok());
  const absl::Status twice = memory.Register("a", object.key(), 0, 32);
  EXPECT_EQ(twice.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(twice.message()), HasSubstr("'a' already in manager"));
  EXPECT_THAT(*memory.List(""), SizeIs(2));
  EXPECT_EQ((*memory.List("b"))[0]->offset(), 32);
  EXPECT_EQ(memory.List("c").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(memory.Find("c").status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(memory.Unregister("c").ok());
  EXPECT_TRUE(memory.Unregister("a").ok());
  EXPECT_TRUE(memory.Register("a", object.key(), 0, 32).ok());
  EXPECT_TRUE(memory.Unregister("").ok());
  EXPECT_THAT(*memory.List(""), IsEmpty());
  EXPECT_FALSE(memory.Register("", object.key(), 0, 64).ok());
  EXPECT_FALSE(memory.Register(std::string(257, 'n'), object.key(), 0, 64).ok());
}

TEST(SharedMemory, KeysArePlainNamesWithAnAllowedBeginning) {
  SharedMemory memory({.allowed = true});
  const auto code = [&](const SharedMemory&, const std::string& key) {
    return SharedMemory({.allowed = true}).Register("r", key, 0, 1).code();
  };
  for (const std::string key : {"", "/", "/.", "/..", "../etc/passwd", "/a/b", "//a"}) {
    EXPECT_EQ(code(memory, key), absl::StatusCode::kInvalidArgument) << key;
  }
  EXPECT_EQ(code(memory, std::string("/a\0b", 4)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(memory, "/" + std::string(256, 'k')), absl::StatusCode::kInvalidArgument);
  const absl::Status missing = memory.Register("r", "/convoy_no_such_object", 0, 1);
  EXPECT_EQ(missing.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(missing.message()), HasSubstr("Unable to open shared memory region"));

  const SharedObject object("prefix", 64);
  SharedMemory narrow({.allowed = true, .key_prefixes = {"/camera_", "convoy_"}});
  EXPECT_EQ(narrow.Register("r", "/psm_1", 0, 1).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(narrow.Register("r", object.key(), 0, 64).ok());  // "/convoy_..."
}

TEST(SharedMemory, WhatIsNoMemoryObjectIsRefused) {
  const std::string key = absl::StrFormat("/convoy_fifo_%d", getpid());
  const std::string path = "/dev/shm" + key;
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  SharedMemory memory({.allowed = true});
  EXPECT_EQ(memory.Register("r", key, 0, 1).code(), absl::StatusCode::kInvalidArgument);
  unlink(path.c_str());
}

TEST(SharedMemory, AnObjectThatShrinksIsAnErrorAndNothingWorse) {
  SharedMemory memory({.allowed = true});
  SharedObject object("shrinks", 8192);
  ASSERT_TRUE(memory.Register("r", object.key(), 0, 8192).ok());
  const SharedMemory::Region region = *memory.Find("r");
  object.Resize(100);
  EXPECT_THAT(ReadText(*region, 0, 8192), HasSubstr("has become smaller"));
  EXPECT_EQ(ReadText(*region, 0, 50).size(), 50u);  // what is still there
  const absl::Status written = WriteText(*region, 4000, "text");
  EXPECT_EQ(written.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(object.SizeNow(), 100);  // it does not grow again
}

TEST(SharedMemory, ARegionInUseOutlivesItsRegistration) {
  SharedMemory memory({.allowed = true});
  auto object = std::make_unique<SharedObject>("outlives", 64);
  std::memcpy(object->bytes(), "kept", 4);
  ASSERT_TRUE(memory.Register("r", object->key(), 0, 64).ok());
  const SharedMemory::Region region = *memory.Find("r");
  ASSERT_TRUE(memory.Unregister("r").ok());
  object.reset();  // its name is gone as well
  EXPECT_EQ(ReadText(*region, 0, 4), "kept");
}

TEST(SharedMemory, RegionsAreLimitedInNumber) {
  SharedMemory memory({.allowed = true});
  const SharedObject object("many", 64);
  for (size_t i = 0; i < SharedMemory::kMaxRegions; ++i) {
    ASSERT_TRUE(memory.Register(absl::StrFormat("r%d", i), object.key(), 0, 64).ok());
  }
  EXPECT_EQ(memory.Register("one more", object.key(), 0, 64).code(),
            absl::StatusCode::kResourceExhausted);
  ASSERT_TRUE(memory.Unregister("").ok());
  EXPECT_TRUE(memory.Register("one more", object.key(), 0, 64).ok());
}

}  // namespace
}  // namespace convoy::server
