// The three forms beside each other. That servers understand them alike is tested on servers
// (tests/python/regex).
#include "engine/regex/print.h"

#include <gtest/gtest.h>

#include "engine/regex/parse.h"

namespace ferro::regex {
namespace {

struct Row {
  const char* pattern;
  const char* postgresql;
  const char* mysql;
  const char* mariadb;
};

TEST(Print, WritesWhatEachServerUnderstands) {
  const Row rows[] = {
      {"", "(?:)", "(?:)", "(?s-imx)(?:)"},
      {"^a.b$", "\\Aa.b\\Z", "\\Aa[\\u0000-\\U0010FFFF]b\\z", "(?s-imx)\\Aa.b\\z"},
      {"\\d+\n", "[0-9]+\\u000a", "[0-9]+\\u000a", "(?s-imx)[0-9]+\\x0a"},
      {"[^\\s\x7F]", "[^\\u0009-\\u000d \\u007f]", "[^\\u0009-\\u000d \\u007f]",
       "(?s-imx)[^\\x09-\\x0d \\x7f]"},
      {"[^\x01-\U0010FFFF]", "\\u0000", "\\u0000", "(?s-imx)\\x00"},
      {"(a|bc){2,}(?:de)?", "(?:a|bc){2,}(?:de)?", "(?:a|bc){2,}(?:de)?",
       "(?s-imx)(?:a|bc){2,}(?:de)?"},
      {"x(a|bc)", "x(?:a|bc)", "x(?:a|bc)", "(?s-imx)x(?:a|bc)"},
      {"\\*\\*\\*=a", "\\*\\*\\*=a", "\\*\\*\\*=a", "(?s-imx)\\*\\*\\*=a"},
      {"[a&&b\\[:]|日é", "[\\&:\\[ab]|日é", "[\\&:\\[ab]|日é", "(?s-imx)[\\&:\\[ab]|日é"},
      {"[a-z]# ", "[a-z]\\# ", "[a-z]\\# ", "(?s-imx)[a-z]\\# "},
  };
  for (const Row& row : rows) {
    const absl::StatusOr<Node> node = Parse(row.pattern, false);
    ASSERT_TRUE(node.ok()) << node.status();
    EXPECT_EQ(PrintPostgresql(*node), row.postgresql);
    EXPECT_EQ(PrintMysql(*node), row.mysql);
    EXPECT_EQ(PrintMariadb(*node), row.mariadb);
  }
}

}  // namespace
}  // namespace ferro::regex
