// Golden files: cases one after another, each a title, an S-expression and a section for each
// dialect. Reads and writes them; knows nothing of what is in a section.
//
//   title: the last page, newest first
//
//   (select (columns id) (from visits))
//
//   -- ansi
//   SELECT "id" FROM "visits"
//   -- sqlite
//   …
//
// Between two cases stands a line of four equals signs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ferro::testing {

struct Case {
  std::string title;
  std::string source;  // the S-expression, without blank lines around it
  std::vector<std::pair<std::string, std::string>> sections;  // name and text, in order

  // The text of a section; empty when it is not there.
  std::string Section(absl::string_view name) const;
};

absl::StatusOr<std::vector<Case>> ParseCases(absl::string_view text);
std::string FormatCases(const std::vector<Case>& cases);

}  // namespace ferro::testing
