// Text in columns, for people.
//
//   Table table({"image", "label", "ms"}, {Align::kLeft, Align::kLeft, Align::kRight});
//   table.AddRow({"3.png", "three", "1.2"});
//   std::fputs(table.ToString().c_str(), stdout);
//
// A value, not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace convoy::cli {

enum class Align { kLeft, kRight };

class Table {
 public:
  Table(std::vector<std::string> titles, std::vector<Align> aligns);

  // As many cells as there are titles.
  void AddRow(std::vector<std::string> cells);

  // Two spaces between columns, no space at the end of a line.
  std::string ToString() const;

 private:
  std::vector<Align> aligns_;
  std::vector<std::vector<std::string>> rows_;  // the titles first
};

// `text` with control characters replaced by '?': names and messages that came over the network
// must not steer the terminal.
std::string Printable(std::string_view text);

}  // namespace convoy::cli
