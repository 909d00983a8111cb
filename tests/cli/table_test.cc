#include "cli/table.h"

#include <gtest/gtest.h>

namespace convoy::cli {
namespace {

TEST(TableTest, AlignsColumns) {
  Table table({"image", "p"}, {Align::kLeft, Align::kRight});
  table.AddRow({"a.png", "0.5"});
  table.AddRow({"long.jpeg", "12.25"});
  EXPECT_EQ(table.ToString(),
            "image          p\n"
            "a.png        0.5\n"
            "long.jpeg  12.25\n");
}

TEST(TableTest, CountsCharactersNotBytesAndTrimsLines) {
  Table table({"label", "x"}, {Align::kLeft, Align::kLeft});
  table.AddRow({"\xc3\xa9t\xc3\xa9", "1"});  // two letters of two bytes
  table.AddRow({"four"});
  EXPECT_EQ(table.ToString(), "label  x\n\xc3\xa9t\xc3\xa9    1\nfour\n");
}

TEST(TableTest, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(Printable("red\x1b[31m\n\x7f"), "red?[31m??");
  Table table({"a"}, {Align::kLeft});
  table.AddRow({"x\ny"});
  EXPECT_EQ(table.ToString(), "a\nx?y\n");
}

}  // namespace
}  // namespace convoy::cli
