// A parsed expression in the words of each server. All of them then agree on every text, character
// by character, whatever the collation of the column: no pattern relies on a flag of the server or
// a default of its session. The patterns are text with backslashes: bind them as parameters.
//
// What remains different is how long a search may take. PostgreSQL needs time linear in the text,
// but seconds to compile the worst of patterns (hundreds of different optional classes in a row).
// MySQL and MariaDB backtrack: for a pattern that can match one text in very many ways, (a|aa)*$,
// MySQL gives up with error 3699 (regexp_time_limit), and MariaDB says *no match* with warning
// 1139, which a caller has to look for.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/regex/parse.h"

namespace ferro::regex {

// An advanced regular expression for `text ~ pattern`. With a citext column cast it to text.
std::string PrintPostgresql(const Node& node);

// For MySQL from 8.0.4: `REGEXP_LIKE(text, pattern, 'c')`; the 'c' is needed where the collation
// ignores case. No other flag: instead of "." there is a class, as ICU's "." takes a carriage
// return and a line feed at once.
std::string PrintMysql(const Node& node);

// For MariaDB from 10.2: `text REGEXP pattern`; the flags stand in the pattern.
std::string PrintMariadb(const Node& node);

// A pattern of ours in one of these words.
template <std::string (*kPrint)(const Node& node), bool kFoldCase>
absl::StatusOr<std::string> Printed(absl::string_view pattern) {
  absl::StatusOr<Node> node = Parse(pattern, kFoldCase);
  if (!node.ok()) return node.status();
  return kPrint(*node);
}

}  // namespace ferro::regex
