// For tests/python/regex: what becomes of patterns, in hexadecimal, a line each on standard input.
//
//   text HEX          one more text
//   exact HEX         a pattern; "fold HEX": the same without regard to case. The answer is a line:
//                     "ok POSTGRESQL MYSQL MARIADB BITS": the printed forms in hexadecimal, and for
//                     each text so far 1 or 0; or "error CLASS MESSAGE".
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/regex/parse.h"
#include "engine/regex/print.h"
#include "engine/regex/program.h"

namespace ferro::regex {
namespace {

std::string Answer(absl::string_view pattern, bool fold_case,
                   const std::vector<std::string>& texts) {
  const absl::StatusOr<Node> node = Parse(pattern, fold_case);
  if (!node.ok()) {
    return absl::StrCat("error ", Name(ClassOf(node.status())), " ", node.status().message());
  }
  const Program program(*node);
  std::string bits;
  for (const std::string& text : texts) bits.push_back(Matches(program, text) ? '1' : '0');
  return absl::StrCat("ok ", absl::BytesToHexString(PrintPostgresql(*node)), " ",
                      absl::BytesToHexString(PrintMysql(*node)), " ",
                      absl::BytesToHexString(PrintMariadb(*node)), " ", bits);
}

int Run() {
  std::vector<std::string> texts;
  for (std::string line; std::getline(std::cin, line);) {
    const size_t space = line.find(' ');
    if (space == line.npos) return 2;
    const absl::string_view order = absl::string_view(line).substr(0, space);
    const std::string bytes = absl::HexStringToBytes(absl::string_view(line).substr(space + 1));
    if (order == "text") {
      texts.push_back(bytes);
    } else if (order == "exact" || order == "fold") {
      std::cout << Answer(bytes, order == "fold", texts) << '\n';
    } else {
      return 2;
    }
  }
  return 0;
}

}  // namespace
}  // namespace ferro::regex

int main() { return ferro::regex::Run(); }
