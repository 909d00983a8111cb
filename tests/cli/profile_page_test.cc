// The reports of a profile that are files: the HTML page and the Chrome trace; and what the page
// and the text share.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "cli/profile_html.h"
#include "cli/profile_others.h"
#include "cli/profile_sweep.h"
#include "cli/profile_trace.h"
#include "tests/cli/profile_subject.h"

namespace convoy::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kHostile[] = "</title><script>alert(\"1\")</script><img src=x onerror='x'>&amp;";

LayerProfile Layer(std::string name, double ms, double flops, double bytes) {
  compute::StepReport step{.step = std::move(name), .kernel = "kernel", .cost = {flops, bytes}};
  step.median_ms = ms;
  step.min_ms = 0.9 * ms;
  step.p99_ms = 2 * ms;
  step.median_run_ms = 1.5 * ms;
  step.device = "cpu";
  return {std::move(step), "Conv", "FP32[1x2]"};
}

BatchProfile Batch(int64_t batch, double ms) {
  BatchProfile profile;
  profile.batch = batch;
  profile.runs = 7;
  profile.median_ms = ms;
  profile.min_ms = ms / 2;
  profile.p99_ms = ms * 3;
  profile.layers_timed = true;
  profile.layer_runs = 5;
  profile.layers = {Layer("conv1", 0.6 * ms, 1e9, 1e6), Layer("pool1", 0.1 * ms, 0, 1e6),
                    Layer("fc", 0.3 * ms, 1e6, 4e6)};
  profile.flops = 1.001e9;
  profile.bytes = 6e6;
  return profile;
}

ProfileSubject Subject() { return SubjectOn("cpu", "a processor"); }

// Why a page is not well formed, empty where it is: every element that is not void is closed, in
// order, and nothing but text lies between tags.
std::string Malformed(std::string_view html) {
  const std::set<std::string_view> kVoid = {"meta", "!doctype"};
  std::vector<std::string> open;
  for (size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at)) {
    const size_t end = html.find('>', at);
    if (end == std::string_view::npos) return "a tag does not end";
    std::string_view tag = html.substr(at + 1, end - at - 1);
    at = end;
    if (tag.find('<') != std::string_view::npos) return absl::StrFormat("'<' within <%s>", tag);
    const bool closes = tag.starts_with('/');
    const bool empty = tag.ends_with('/');
    if (closes) tag.remove_prefix(1);
    const std::string name(tag.substr(0, tag.find_first_of(" /")));
    if (kVoid.contains(name) || (empty && !closes)) continue;
    if (!closes) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return absl::StrFormat("</%s> closes <%s>", name, open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : absl::StrFormat("<%s> is not closed", open.back());
}

TEST(MalformedTest, SeesWhatItLooksFor) {
  EXPECT_EQ(Malformed("<!doctype html><p a=\"1\">x<br/></p>"), "");
  EXPECT_NE(Malformed("<p><b></p></b>"), "");
  EXPECT_NE(Malformed("<p>"), "");
  EXPECT_NE(Malformed("<p>a < b</p>"), "");
}

TEST(ProfileHtmlTest, ShowsEveryLayerAndNeedsNothingElse) {
  BatchProfile one = Batch(1, 10);
  one.layers[0].step.why = "the best row";
  one.layers[0].step.others = {{"winograd", "the kernel is not 3x3"}, {"direct", "slower", 1.5}};
  const std::string html = ProfileHtml(Subject(), {one, Batch(8, 40)}, {{"cores", "2"}});
  EXPECT_EQ(Malformed(html), "");
  for (const char* text : {"net, layer by layer",
                           "Version 3 on cpu (a processor, 2 threads)",
                           ">conv1<",
                           ">pool1<",
                           ">fc<",
                           "Batch of 1",
                           "Batch of 8",
                           "Images a second by batch size",
                           "Roofline",
                           "Costliest layers",
                           "host cores",
                           "200 GF/s of multiply-adds",
                           "<summary>the best row; 2 other kernels</summary>",
                           "<b>slower</b>: direct 1.5 ms",
                           "<b>the kernel is not 3x3</b>: winograd",
                           ">60.0 %<",
                           "p99 of 7 runs",
                           "conv1 (kernel): 167 GF/s at 1e+03 flop/byte, 60.0 % of the time",
                           "prefers-color-scheme:dark",
                           "width=device-width"}) {
    EXPECT_THAT(html, HasSubstr(text));
  }
  for (const char* link : {"http:", "https:", "src=", "href=", "@import", "url(", "<script"}) {
    EXPECT_THAT(html, Not(HasSubstr(link)));
  }
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, Not(HasSubstr("inf,")));
}

TEST(ProfileHtmlTest, NamesOfAHostileModelAreText) {
  ProfileSubject subject = Subject();
  subject.model = subject.device.name = kHostile;
  BatchProfile profile = Batch(1, 10);
  for (LayerProfile& layer : profile.layers) {
    layer.step.step = layer.step.kernel = layer.step.why = layer.step.device = kHostile;
    layer.op = layer.outputs = kHostile;
    layer.step.others = {{kHostile, kHostile, 1}, {kHostile, "why"}};
  }
  const std::string html = ProfileHtml(subject, {profile, Batch(2, 9)}, {{kHostile, kHostile}});
  EXPECT_EQ(Malformed(html), "");
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&quot;1&quot;)"));
}

TEST(ProfileHtmlTest, ALongNameIsCutBetweenCharacters) {
  BatchProfile profile = Batch(1, 10);
  std::string name;
  for (int i = 0; i < 40; ++i) name += "\u00e9";
  profile.layers[0].step.step = name;
  const std::string html = ProfileHtml(Subject(), {profile}, {});
  EXPECT_THAT(html, HasSubstr("\u00e9\u2026: 6 ms"));
  EXPECT_THAT(html, Not(HasSubstr("\xc3\u2026")));
}

TEST(ProfileHtmlTest, WhatIsNotMeasuredIsNotDrawn) {
  ProfileSubject subject = Subject();
  subject.threads = 0;
  subject.roof.reset();
  BatchProfile profile = Batch(1, 10);
  profile.layers_timed = false;
  for (LayerProfile& layer : profile.layers) {
    layer.step.median_ms = layer.step.min_ms = layer.step.p99_ms = 0;
  }
  const std::string html = ProfileHtml(subject, {profile}, {});
  EXPECT_EQ(Malformed(html), "");
  EXPECT_THAT(html, HasSubstr("Layers are not timed"));
  EXPECT_THAT(html, Not(HasSubstr("Roofline")));
  EXPECT_THAT(html, Not(HasSubstr("by batch size")));
  EXPECT_THAT(html, HasSubstr(">conv1<"));
}

TEST(ProfileTraceTest, LayersOfTheMedianRunLieBehindEachOther) {
  ProfileSubject subject = Subject();
  subject.model = "net\xff\"";
  BatchProfile one = Batch(1, 10);
  one.layers[0].step.step = "\"}]</script>\n";
  const auto page = nlohmann::json::parse(ProfileTrace(subject, {one, Batch(8, 40)}));
  const auto& events = page["traceEvents"];
  ASSERT_EQ(events.size(), 2U * (1 + 1 + 3)) << "a name, the run and three layers a batch size";
  double next = 0;
  for (const auto& event : events) {
    EXPECT_EQ(event["pid"], 1);
    if (event["tid"] != 2 || event["ph"] != "X") continue;
    if (event["name"] == "batch 8") {
      EXPECT_EQ(event["ts"], 0);
      EXPECT_NEAR(event["dur"], 60'000, 1e-6) << "the sum of its layers";
      EXPECT_EQ(event["args"]["images_per_s"], 200);
      continue;
    }
    EXPECT_NEAR(event["ts"], next, 1e-6) << event;
    next += event["dur"].get<double>();
  }
  EXPECT_NEAR(next, 60'000, 1e-6);
  EXPECT_EQ(events[0]["args"]["name"], "batch 1");
  EXPECT_EQ(events[2]["name"], "\"}]</script>\n");
  EXPECT_EQ(events[2]["args"]["operator"], "Conv");
  EXPECT_EQ(events[2]["args"]["kernel"], "kernel");
  EXPECT_EQ(events[2]["args"]["output"], "FP32[1x2]");
  EXPECT_NEAR(events[2]["args"]["gflops_per_s"], 1e9 / 9 * 1e-6, 1e-9);
}

TEST(ProfileTraceTest, WithoutTimesOfLayersThereIsTheRun) {
  BatchProfile profile = Batch(4, 10);
  profile.layers_timed = false;
  const auto page = nlohmann::json::parse(ProfileTrace(Subject(), {profile}));
  ASSERT_EQ(page["traceEvents"].size(), 2U);
  EXPECT_EQ(page["traceEvents"][1]["dur"], 10'000);
}

TEST(SweepTest, ComparesWithTheSmallestAndTheNextSmaller) {
  const std::vector<SweepRow> rows = SweepOf({Batch(8, 40), Batch(1, 10), Batch(4, 20)});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].batch, 1);
  EXPECT_EQ(rows[0].times_first, 1);
  EXPECT_EQ(rows[1].batch, 4);
  EXPECT_DOUBLE_EQ(rows[1].times_first, 2);
  EXPECT_DOUBLE_EQ(rows[2].images_per_s, 200);
  EXPECT_DOUBLE_EQ(rows[2].ms_per_image, 5);
  EXPECT_DOUBLE_EQ(rows[2].times_first, 2);
  EXPECT_DOUBLE_EQ(rows[2].times_previous, 1);
  EXPECT_DOUBLE_EQ(rows[2].p99_ms, 120);
  const std::string text = SweepText({Batch(8, 40), Batch(2, 10)});
  EXPECT_THAT(text, HasSubstr("x batch 2"));
  EXPECT_THAT(text,
              ::testing::ContainsRegex("\n +8 +40.000 +120.000 +200.0 +5.000 +1.00 +1.00 +25.0\n"));
}

TEST(SweepTest, OneBatchSizeIsNoSweep) {
  EXPECT_EQ(SweepText({Batch(8, 40)}), "");
  EXPECT_EQ(SweepText({Batch(8, 40), Batch(8, 50)}), "");
  EXPECT_EQ(SweepOf({Batch(8, 40), Batch(8, 50)}).size(), 1U);
}

TEST(OthersTest, KernelsOfOneReasonStandTogether) {
  const std::vector<compute::OtherKernel> others = {
      {"a", "too wide"}, {"b", "slower", 1.25}, {"c", "too wide"}, {"d", "slower", 2}};
  EXPECT_THAT(GroupOthers(others), ElementsAre(OtherGroup{"slower", {"b 1.25 ms", "d 2 ms"}},
                                               OtherGroup{"too wide", {"a", "c"}}));
  EXPECT_THAT(GroupOthers({}), IsEmpty());
}

TEST(OthersTest, LayersThatHaveAllInCommonStandTogether) {
  BatchProfile profile = Batch(1, 10);
  profile.layers[0].step.others = profile.layers[2].step.others = {{"a", "too wide"}, {"b", "no"}};
  EXPECT_EQ(OthersText(profile), "conv1, fc: kernel, and not\n  too wide: a\n  no: b\n\n");
  profile.layers[2].step.others[1].why = "never\x1b[31m";
  EXPECT_EQ(OthersText(profile),
            "conv1: kernel, and not\n  too wide: a\n  no: b\n"
            "fc: kernel, and not\n  too wide: a\n  never?[31m: b\n\n");
  EXPECT_EQ(OthersText(Batch(1, 10)), "");
}

TEST(OthersTest, LongListsAreBroken) {
  BatchProfile profile = Batch(1, 10);
  for (int i = 0; i < 40; ++i) {
    profile.layers[0].step.others.push_back({absl::StrFormat("kernel_%d", i), "no"});
  }
  const std::string text = OthersText(profile);
  EXPECT_THAT(text, HasSubstr(",\n    kernel_"));
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    EXPECT_LE(text.find('\n', at) - at, 100U) << text.substr(at, 110);
  }
}

}  // namespace
}  // namespace convoy::cli
