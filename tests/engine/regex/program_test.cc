// The matcher, on what is special about it: places, bytes and time. Its answers are compared with
// Python's and with servers' in tests/python/regex, and with a slow matcher in tests/fuzz/regex.cc.
#include "engine/regex/program.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "engine/base/error.h"

namespace ferro::regex {
namespace {

bool Match(absl::string_view pattern, absl::string_view text, bool fold_case = false) {
  const absl::StatusOr<Program> program = Compile(pattern, fold_case);
  EXPECT_TRUE(program.ok()) << program.status();
  return program.ok() && Matches(*program, text);
}

TEST(Matches, SearchesTheWholeText) {
  EXPECT_TRUE(Match("b+c", "aabbcd"));
  EXPECT_TRUE(Match("aab", "aaab"));
  EXPECT_TRUE(Match("", ""));
  EXPECT_TRUE(Match("", "a"));
  EXPECT_FALSE(Match("a", ""));
  EXPECT_FALSE(Match("abc", "ab"));
}

TEST(Matches, AnchorsAtTheStartAndTheVeryEndOnly) {
  EXPECT_TRUE(Match("^a", "ab"));
  EXPECT_FALSE(Match("^b", "ab"));
  EXPECT_FALSE(Match("^b", "a\nb"));
  EXPECT_TRUE(Match("b$", "ab"));
  EXPECT_FALSE(Match("b$", "ab\n"));
  EXPECT_FALSE(Match("a$", "a\nb"));
  EXPECT_TRUE(Match("^$", ""));
  EXPECT_FALSE(Match("^$", "\n"));
  EXPECT_TRUE(Match("$", "ab"));
  EXPECT_TRUE(Match("x$|b", "ab"));
  EXPECT_FALSE(Match("a$b", "ab"));
  EXPECT_TRUE(Match("(^|,)b", "a,b"));
}

TEST(Matches, CountsCharactersNotBytes) {
  EXPECT_TRUE(Match("^.{3}$", "é日😀"));
  EXPECT_TRUE(Match("^[日-語]+$", "日本語"));
  EXPECT_FALSE(Match("^[^é]", "é"));
  EXPECT_FALSE(Match("[^é]", "éé"));
  EXPECT_TRUE(Match("[^é]$", "éa"));
  EXPECT_FALSE(Match("\\w|\\d", "éß٣"));
}

TEST(Matches, TakesAWrongByteForAReplacementCharacter) {
  EXPECT_TRUE(Match("^.{2}$", "\xC3" "a"));
  EXPECT_TRUE(Match("a$", "\xE9\xFF\x80" "a"));
  EXPECT_TRUE(Match("\uFFFD", "ab\x80"));
  EXPECT_FALSE(Match("é", "\xC3"));
  EXPECT_FALSE(Match("[à-ü]", "a\xC3\xC3"));
}

TEST(Matches, MatchesTextWithNul) {
  EXPECT_TRUE(Match("^a.b$", absl::string_view("a\0b", 3)));
  EXPECT_TRUE(Match("b", absl::string_view("a\0b", 3)));
}

TEST(Matches, FoldsAsciiOnly) {
  EXPECT_TRUE(Match("aBc", "xAbCx", true));
  EXPECT_FALSE(Match("[^k]", "Kk", true));
  EXPECT_FALSE(Match("k", "\u212A", true));
  EXPECT_FALSE(Match("s", "\u017F", true));
  EXPECT_FALSE(Match("aBc", "xAbCx", false));
}

TEST(Matches, RepeatsWhatMayBeEmpty) {
  EXPECT_TRUE(Match("^(?:a?|b*)*$", "abba"));
  EXPECT_FALSE(Match("^(?:a?|b*)*$", "abca"));
  EXPECT_TRUE(Match("^(?:a*){3}b", "aab"));
  EXPECT_TRUE(Match("^(?:^|a)+$", "aa"));
  EXPECT_TRUE(Match("^(?:a|$){3}", "a"));
}

// A backtracking matcher would need longer than anybody lives.
TEST(Matches, TakesTimeLinearInTheText) {
  const std::string text(2000, 'a');
  EXPECT_FALSE(Match("^(?:a|aa)*$", text + "b"));
  EXPECT_FALSE(Match("(?:a*b?)*(?:a*b?)*(?:a*b?)*c", text));
  EXPECT_TRUE(Match("^(?:a?){255}(?:a){255}", text));

  const absl::StatusOr<Program> program = Compile("(?:a|aa)*b", false);
  ASSERT_TRUE(program.ok());
  const auto time = [&](size_t size) {
    const std::string long_text(size, 'a');
    const auto began = std::chrono::steady_clock::now();
    EXPECT_FALSE(Matches(*program, long_text));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  time(1000);
  // Ten times the text takes about ten times as long; were it quadratic, a hundred times.
  EXPECT_LT(time(400'000), 40 * (time(40'000) + 0.001));
}

TEST(Matches, CanBeCalledFromSeveralThreads) {
  const absl::StatusOr<Program> program = Compile("(?:ab|a)+c$", false);
  ASSERT_TRUE(program.ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&program, i] {
      const std::string text(static_cast<size_t>(100 + i), 'a');
      for (int n = 0; n < 200; ++n) {
        EXPECT_TRUE(Matches(*program, text + "c"));
        EXPECT_FALSE(Matches(*program, text + "d"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Compile, GivesTheErrorOfParsing) {
  EXPECT_EQ(ClassOf(Compile("(", false).status()), ErrorClass::kInvalidArgument);
  EXPECT_FALSE(Compile("é", true).ok());
  EXPECT_TRUE(Compile("é", false).ok());
}

}  // namespace
}  // namespace ferro::regex
