// The frame of HTML reports: the head with the style, and the small parts they are made of. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convoy::client {

// A whole page around `body`; `style`: CSS rules behind those of all pages.
std::string HtmlPage(std::string_view title, std::string_view body, std::string_view style = "");

// A heading, a drawing with its legend, and a sentence below; `legend` may be empty.
std::string HtmlFigure(std::string_view title, const std::vector<std::string>& legend,
                       std::string_view svg, std::string_view caption);

// Rows under titles; cells are escaped here. `numbers_from`: from this column on they are numbers.
std::string HtmlTable(const std::vector<std::string>& titles,
                      const std::vector<std::vector<std::string>>& rows, size_t numbers_from);

// A large number with its name below.
std::string HtmlCard(std::string_view value, std::string_view name);

}  // namespace convoy::client
