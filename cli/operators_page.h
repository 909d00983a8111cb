// The text of docs/operators.md, from the tables that the importer and the engine work by. Pure.
#pragma once

#include <string>

namespace convoy::cli {

std::string RenderOperatorsPage();

}  // namespace convoy::cli
