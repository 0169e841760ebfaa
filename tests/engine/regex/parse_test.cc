// What the language is: what is accepted, how it is simplified, and how each refusal reads.
#include "engine/regex/parse.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/base/error.h"
#include "engine/regex/print.h"

namespace ferro::regex {
namespace {

std::string Fault(absl::string_view pattern, bool fold_case = false) {
  const absl::StatusOr<Node> node = Parse(pattern, fold_case);
  if (node.ok()) return "accepted";
  EXPECT_EQ(ClassOf(node.status()), ErrorClass::kInvalidArgument) << pattern;
  constexpr absl::string_view kPrefix = "regular expression, offset ";
  const std::string message(node.status().message());
  EXPECT_EQ(message.substr(0, kPrefix.size()), kPrefix);
  return message.substr(kPrefix.size());
}

// As PostgreSQL sees it, for reading.
std::string Plain(absl::string_view pattern, bool fold_case = false) {
  const absl::StatusOr<Node> node = Parse(pattern, fold_case);
  if (!node.ok()) return node.status().ToString();
  return PrintPostgresql(*node);
}

std::string Repeated(absl::string_view part, size_t times) {
  std::string text;
  for (size_t i = 0; i < times; ++i) text.append(part.data(), part.size());
  return text;
}

TEST(Parse, NamesWhatItDoesNotSupport) {
  EXPECT_EQ(Fault("a(b)\\1"), "4: backreferences are not supported (\\1)");
  EXPECT_EQ(Fault("\\k<n>"), "0: backreferences are not supported (\\k)");
  EXPECT_EQ(Fault("(?P=n)"), "0: backreferences are not supported");
  EXPECT_EQ(Fault("a(?=b)"), "1: lookahead is not supported");
  EXPECT_EQ(Fault("a(?!b)"), "1: lookahead is not supported");
  EXPECT_EQ(Fault("(?<=b)a"), "0: lookbehind is not supported");
  EXPECT_EQ(Fault("(?<!b)a"), "0: lookbehind is not supported");
  EXPECT_EQ(Fault("(?<n>a)"), "0: named groups are not supported");
  EXPECT_EQ(Fault("(?P<n>a)"), "0: named groups are not supported");
  EXPECT_EQ(Fault("(?'n'a)"), "0: named groups are not supported");
  EXPECT_EQ(Fault("(?>a)"), "0: atomic groups are not supported");
  EXPECT_EQ(Fault("(?#a)"), "0: comments are not supported");
  EXPECT_EQ(Fault("(?(1)a)"), "0: conditions are not supported");
  EXPECT_EQ(Fault("(?|a)"), "0: branch reset is not supported");
  EXPECT_EQ(Fault("(?R)"), "0: recursion is not supported");
  EXPECT_EQ(Fault("(?1)"), "0: recursion is not supported");
  EXPECT_EQ(Fault("(?i)a"), "0: flags within the pattern are not supported");
  EXPECT_EQ(Fault("(?-i:a)"), "0: flags within the pattern are not supported");
  EXPECT_EQ(Fault("(?"), "0: flags within the pattern are not supported");
  EXPECT_EQ(Fault("(*UTF)a"), "0: verbs, (*…), are not supported");
  EXPECT_EQ(Fault("a++"), "2: possessive repeats are not supported");
  EXPECT_EQ(Fault("a{2}+"), "4: possessive repeats are not supported");
  EXPECT_EQ(Fault("\\bа"), "0: boundaries of words are not supported (\\b)");
  EXPECT_EQ(Fault("[\\b]"), "1: boundaries of words are not supported (\\b)");
  EXPECT_EQ(Fault("\\Aa"), "0: anchors other than ^ and $ are not supported (\\A)");
  EXPECT_EQ(Fault("a\\z"), "1: anchors other than ^ and $ are not supported (\\z)");
  EXPECT_EQ(Fault("\\p{L}"), "0: classes by property are not supported (\\p)");
  EXPECT_EQ(Fault("\\x41"), "0: characters by number are not supported (\\x)");
  EXPECT_EQ(Fault("\\0"), "0: characters by number are not supported (\\0)");
  EXPECT_EQ(Fault("\\h"), "0: this escape is not supported (\\h)");
  EXPECT_EQ(Fault("\\é"), "0: a character beyond ASCII needs no \\ before it");
  EXPECT_EQ(Fault("[[:alpha:]]"), "1: POSIX classes are not supported");
  EXPECT_EQ(Fault("[a[=b=]]"), "2: POSIX classes are not supported");
  EXPECT_EQ(Fault("[a[.b.]]"), "2: POSIX classes are not supported");
}

TEST(Parse, NamesWhatIsMalformed) {
  EXPECT_EQ(Fault("*a"), "0: * has nothing to repeat; \\ before it makes it plain");
  EXPECT_EQ(Fault("a|+"), "2: + has nothing to repeat; \\ before it makes it plain");
  EXPECT_EQ(Fault("(?:?)"), "3: ? has nothing to repeat; \\ before it makes it plain");
  EXPECT_EQ(Fault("{2}"), "0: { has nothing to repeat; \\ before it makes it plain");
  EXPECT_EQ(Fault("^*"), "1: an anchor cannot be repeated");
  EXPECT_EQ(Fault("a$+"), "2: an anchor cannot be repeated");
  EXPECT_EQ(Fault("a**"), "2: a repeat follows another: put the first into a group");
  EXPECT_EQ(Fault("a???"), "3: a repeat follows another: put the first into a group");
  EXPECT_EQ(Fault("a*?+"), "3: a repeat follows another: put the first into a group");
  EXPECT_EQ(Fault("a{2}{3}"), "4: a repeat follows another: put the first into a group");
  for (const char* pattern : {"a{", "a{}", "a{,2}", "a{x}", "a{1", "a{1,", "a{1,2", "a{1,x}",
                              "a{ 1}", "a{-1}", "a{1,2,3}"}) {
    EXPECT_EQ(Fault(pattern), "1: { begins no {m}, {m,} or {m,n}; \\ before it makes it plain");
  }
  EXPECT_EQ(Fault("a{256}"), "1: a bound is greater than 255");
  EXPECT_EQ(Fault("a{0,256}"), "1: a bound is greater than 255");
  EXPECT_EQ(Fault("a{99999999999999999999}"), "1: a bound is greater than 255");
  EXPECT_EQ(Fault("a{3,2}"), "1: the bounds are the wrong way round");
  EXPECT_EQ(Fault("a]"), "1: ] closes nothing; \\ before it makes it plain");
  EXPECT_EQ(Fault("a}"), "1: } closes nothing; \\ before it makes it plain");
  EXPECT_EQ(Fault("a)"), "1: this ) closes no group");
  EXPECT_EQ(Fault("()a)b"), "3: this ) closes no group");
  EXPECT_EQ(Fault("(a"), "0: this ( is not closed");
  EXPECT_EQ(Fault("(a(?:b)"), "0: this ( is not closed");
  EXPECT_EQ(Fault("a\\"), "1: \\ at the end");
  EXPECT_EQ(Fault("[a\\"), "2: \\ at the end");
  EXPECT_EQ(Fault("a[b"), "1: this [ is not closed");
  EXPECT_EQ(Fault("a["), "1: this [ is not closed");
  EXPECT_EQ(Fault("a[^"), "1: this [ is not closed");
  EXPECT_EQ(Fault("a[b-"), "1: this [ is not closed");
  EXPECT_EQ(Fault("[]"), "0: the class is empty");
  EXPECT_EQ(Fault("[^]"), "0: the class is empty");
  EXPECT_EQ(Fault("[]a]"), "0: the class is empty");
  EXPECT_EQ(Fault("[^\\d\\D]"), "0: the class has no character");
  EXPECT_EQ(Fault("[z-a]"), "1: the ends of the range are the wrong way round");
  EXPECT_EQ(Fault("[a-\\d]"), "2: a range that ends with a class");
  EXPECT_EQ(Fault("[\\d-a]"), "3: - within a class; \\ before it makes it plain");
  EXPECT_EQ(Fault("[a-c-e]"), "4: - within a class; \\ before it makes it plain");
  EXPECT_EQ(Fault("[+--]"), "2: a range to -; \\ before it makes it plain");
  EXPECT_EQ(Fault("[a[b]"), "2: [ within a class; \\ before it makes it plain");
}

TEST(Parse, CountsOffsetsInCharacters) {
  EXPECT_EQ(Fault("日本😀\\b"), "3: boundaries of words are not supported (\\b)");
}

TEST(Parse, RefusesWhatIsNoText) {
  for (const absl::string_view pattern :
       {absl::string_view("a\xFF"), absl::string_view("a\0b", 3)}) {
    const absl::Status status = Parse(pattern, false).status();
    EXPECT_EQ(ClassOf(status), ErrorClass::kInvalidText);
  }
}

TEST(Parse, ReadsWhatItAccepts) {
  EXPECT_EQ(Plain("a-b_c, d"), "a\\-b_c, d");
  EXPECT_EQ(Plain("\\t\\n\\r\t\n\r"), "\\u0009\\u000a\\u000d\\u0009\\u000a\\u000d");
  EXPECT_EQ(Plain("\\.\\/\\ \\-\\\n"), "\\./ \\-\\u000a");
  EXPECT_EQ(Plain("\\d\\w\\s"), "[0-9][0-9A-Z_a-z][\\u0009-\\u000d ]");
  EXPECT_EQ(Plain("\\D\\W\\S"), "[^0-9][^0-9A-Z_a-z][^\\u0009-\\u000d ]");
  EXPECT_EQ(Plain("[-a]"), "[\\-a]");
  EXPECT_EQ(Plain("[a-]"), "[\\-a]");
  EXPECT_EQ(Plain("[a-c-]"), "[\\-a-c]");
  EXPECT_EQ(Plain("[\\w-]"), "[\\-0-9A-Z_a-z]");
  EXPECT_EQ(Plain("[^-a]"), "[^\\-a]");
  EXPECT_EQ(Plain("[a^]"), "[\\^a]");
  EXPECT_EQ(Plain("[--]"), "\\-");
  EXPECT_EQ(Plain("[\\]\\[]"), "[\\[\\]]");
  EXPECT_EQ(Plain("[\\d\\D]"), ".");
  EXPECT_EQ(Plain("[^\\d]"), "[^0-9]");
  EXPECT_EQ(Plain("[^\\D]"), "[0-9]");
  EXPECT_EQ(Plain("a{2}?b{3,}?c{4,5}?d*?e+?f??"), "a{2}b{3,}c{4,5}d*e+f?");
  EXPECT_EQ(Plain("(a)(?:b)"), "ab");
  EXPECT_EQ(Plain("(ab|c)*"), "(?:ab|c)*");
  EXPECT_EQ(Plain(""), "(?:)");
  EXPECT_EQ(Plain("a|"), "a?");
}

TEST(Parse, WritesMorePlainlyWhatMeansTheSame) {
  EXPECT_EQ(Plain("(a*)*"), "a*");
  EXPECT_EQ(Plain("(a+)?"), "a*");
  EXPECT_EQ(Plain("(a?)+"), "a*");
  EXPECT_EQ(Plain("(a+)+"), "a+");
  EXPECT_EQ(Plain("(a?)?"), "a?");
  EXPECT_EQ(Plain("(((a+)*)?)+"), "a*");
  EXPECT_EQ(Plain("(a{2,3})*"), "(?:a{2,3})*");
  EXPECT_EQ(Plain("(a{2,3})+"), "a{2,}");
  EXPECT_EQ(Plain("(a{3,4})+"), "(?:a{3,4})+");
  EXPECT_EQ(Plain("(a{4,5}){2,}"), "(?:a{4,5}){2,}");
  EXPECT_EQ(Plain("(a{3,4}){2,}"), "a{6,}");
  EXPECT_EQ(Plain("(a{2,3}){2}"), "a{4,6}");
  EXPECT_EQ(Plain("(a{2}){2,3}"), "(?:a{2}){2,3}");
  EXPECT_EQ(Plain("(a{1,3})?"), "a{0,3}");
  EXPECT_EQ(Plain("(a*){2}"), "a*");
  EXPECT_EQ(Plain("(a+){2}"), "a{2,}");
  EXPECT_EQ(Plain("(a?){9}"), "a{0,9}");
  EXPECT_EQ(Plain("(a{9}){9}"), "a{81}");
  EXPECT_EQ(Plain("(a{16}){16}"), "(?:a{16}){16}");
  EXPECT_EQ(Plain("(|a)(b|)(c||de)"), "a?b?(?:c|de)?");
  EXPECT_EQ(Plain("(a*|b)*"), "[ab]*");
  EXPECT_EQ(Plain("(a+|bc?)+"), "(?:a|bc?)+");
  EXPECT_EQ(Plain("(a*|bc)+"), "(?:a|bc)*");
  EXPECT_EQ(Plain("(a*b?)*"), "[ab]*");
  EXPECT_EQ(Plain("(a*(b*c?)?)+"), "[a-c]*");
  EXPECT_EQ(Plain("(a+b?)*"), "(?:ab?)*");
  EXPECT_EQ(Plain("(b?a+c*)+"), "(?:b?ac*)+");
  EXPECT_EQ(Plain("(a+b+)*"), "(?:a+b+)*");
  EXPECT_EQ(Plain("(^a*|b)+"), "(?:\\Aa*|b)+");
  EXPECT_EQ(Plain("(a|b|[x-z])*"), "[abx-z]*");
  EXPECT_EQ(Plain("a|bc|d"), "[ad]|bc");
  EXPECT_EQ(Plain("(a|(b|cd))"), "[ab]|cd");
  EXPECT_EQ(Plain("a{1}b{0}(){9}"), "a");
  EXPECT_EQ(Plain("(^)*a($){2}"), "a\\Z");
}

TEST(Parse, WritesOutBothCasesOfAsciiLetters) {
  EXPECT_EQ(Plain("aB-1日", true), "[Aa][Bb]\\-1日");
  EXPECT_EQ(Plain("[a-c]", true), "[A-Ca-c]");
  EXPECT_EQ(Plain("[^a]", true), "[^Aa]");
  EXPECT_EQ(Plain("\\w\\D.", true), "[0-9A-Z_a-z][^0-9].");
}

TEST(Parse, RefusesLettersBeyondAsciiWithoutRegardToCase) {
  const std::string what = ": letters beyond ASCII cannot be matched without regard to case";
  EXPECT_EQ(Fault("aé", true), "1" + what);
  EXPECT_EQ(Fault("\u212A", true), "0" + what);
  EXPECT_EQ(Fault("[aſ]", true), "2" + what);
  EXPECT_EQ(Fault("[ab-ü]", true), "2" + what);
  EXPECT_EQ(Fault("[^é]", true), "2" + what);
  EXPECT_EQ(Fault("[!-\U0010FFFF]", true), "1" + what);
  EXPECT_EQ(Fault("é[à-ü]", false), "accepted");
}

TEST(Parse, LimitsDepth) {
  EXPECT_EQ(Fault(Repeated("(", 100) + "a" + Repeated(")", 100)), "accepted");
  EXPECT_EQ(Fault(Repeated("(", 101) + "a" + Repeated(")", 101)),
            "100: groups are nested deeper than 100");
  EXPECT_EQ(Fault(Repeated("(", 9999)), "100: groups are nested deeper than 100");
}

TEST(Parse, LimitsSizeBeforeItIsReached) {
  const std::string what = ": the expression that begins here is too large";
  EXPECT_EQ(Fault(Repeated("a", 999)), "accepted");
  EXPECT_EQ(Fault(Repeated("a", 1001)), "0" + what);
  EXPECT_EQ(Fault("(ab){255}"), "accepted");
  EXPECT_EQ(Fault("x(abcd){255}"), "1" + what);
  EXPECT_EQ(Fault("((ab{255}){255}){255}"), "1" + what);
  EXPECT_EQ(Fault(Repeated("(", 90) + "ab" + Repeated("){255}", 90)).substr(2), what);
  EXPECT_EQ(Fault("(a|bc|){255}|b{0,255}"), "0" + what);
  EXPECT_EQ(Fault("(^|a|$){40}"), "accepted");
  EXPECT_EQ(Fault("(^|a|$){50}"), "0" + what);
  EXPECT_EQ(Fault(Repeated("()", 4000)), "accepted");
  EXPECT_EQ(Parse(Repeated("()", 6000), false).status().message(),
            "a regular expression has more than 10000 characters");
}

}  // namespace
}  // namespace ferro::regex
