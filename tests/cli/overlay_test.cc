#include "cli/overlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "models/image/image_input.h"
#include "models/image/png_encode.h"

namespace convoy::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

models::Image Gray(int64_t width, int64_t height) {
  models::Image image{.width = width, .height = height, .channels = 3};
  image.pixels.assign(static_cast<size_t>(image.row_bytes() * height), 100);
  return image;
}

// A letter a pixel: '.' untouched, 'E' fully in the colour of class 1 at its edge, 't' tinted by
// it.
std::string Draw(const models::Image& image) {
  std::string text;
  for (size_t i = 0; i < image.pixels.size(); i += 3) {
    const uint8_t red = image.pixels[i];
    text += red == 100 ? '.' : red == 230 ? 'E' : red == 165 ? 't' : '?';
  }
  return text;
}

TEST(Overlay, TintsAClassAndPaintsItsEdge) {
  const client::ClassMap map{2, 2, std::string({0, 1, 0, 1}), 0, 0, 8, 4};
  const models::Image overlay = Overlay(Gray(8, 4), map);
  EXPECT_EQ(overlay.width, 8);
  EXPECT_EQ(overlay.height, 4);
  EXPECT_EQ(Draw(overlay), "....Ettt....Ettt....Ettt....Ettt");
}

TEST(Overlay, LeavesWhatTheModelDidNotSee) {
  const client::ClassMap map{1, 1, std::string({1}), 1, 0, 4, 2};
  EXPECT_EQ(Draw(Overlay(Gray(6, 2), map)), ".EtE...EtE..");
}

TEST(Overlay, GivesEachClassItsColour) {
  const client::ClassMap map{1, 3, std::string({1, 2, 8}), 0, 0, 3, 1};
  const models::Image overlay = Overlay(Gray(3, 1), map);
  EXPECT_THAT(overlay.pixels, ElementsAre(230, 159, 0, 86, 180, 233, 230, 159, 0));
}

TEST(Overlay, ColoursHaveNames) {
  EXPECT_EQ(OverlayColor(0), "");
  EXPECT_EQ(OverlayColor(1), "orange");
  EXPECT_EQ(OverlayColor(7), "pink");
  EXPECT_EQ(OverlayColor(8), "orange");
}

TEST(Overlay, MapsAreReadNearest) {
  // Three map columns over four pixels: their middles at 1/8, 3/8, 5/8 and 7/8 of the width.
  const client::ClassMap map{1, 3, std::string({1, 0, 1}), 0, 0, 4, 1};
  EXPECT_EQ(Draw(Overlay(Gray(4, 1), map)), "E..E");
}

TEST(OverlayPaths, FollowTheFilesNames) {
  const auto paths = OverlayPaths("out", {{"a/one.jpg", ""}, {"-", ""}, {"two.tar.png", ""}});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths, ElementsAre("out/one.overlay.png", "out/stdin.overlay.png",
                                  "out/two.tar.overlay.png"));
}

TEST(OverlayPaths, RefuseToShareOne) {
  const absl::Status status = OverlayPaths("out", {{"a/1.png", ""}, {"b/1.jpg", ""}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("'a/1.png' and 'b/1.jpg'"));
}

TEST(WriteOverlay, MakesTheFolderAndAPngOfThePicturesSize) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(::testing::TempDir()) / "write_overlay" / "deep";
  fs::remove_all(folder.parent_path());
  const std::string picture = *models::EncodePng(Gray(5, 3));
  const client::ClassMap map{1, 1, std::string({1}), 0, 0, 5, 3};
  const std::string path = (folder / "x.overlay.png").string();
  const absl::Status written = WriteOverlay(path, {"x.png", picture}, map);
  ASSERT_TRUE(written.ok()) << written;
  std::ifstream in(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto back = models::DecodeImage(std::as_bytes(std::span(bytes)));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(Draw(*back), "ttttttttttttttt");

  const absl::Status blocked = WriteOverlay(path + "/y.overlay.png", {"x.png", picture}, map);
  EXPECT_EQ(blocked.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(blocked.message()), HasSubstr("cannot be written"));
  fs::remove_all(folder.parent_path());
}

}  // namespace
}  // namespace convoy::cli
