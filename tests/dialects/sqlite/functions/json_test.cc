#include "tests/dialects/sqlite/functions/harness.h"

namespace ferro::sqlite {
namespace {

class JsonTest : public FunctionsTest {
 protected:
  std::string Contains(absl::string_view document, absl::string_view part) {
    return Select("ferro_json_contains(?, ?)", {document, part});
  }
  std::string HasKey(absl::string_view document, absl::string_view key) {
    return Select("ferro_json_has_key(?, ?)", {document, key});
  }
  std::string Get(absl::string_view document, absl::string_view type, absl::string_view path) {
    return Select("ferro_json_get(?, ?, ?)", {document, type, path});
  }
};

constexpr char kMalformed[] = "invalid text: malformed JSON";

TEST_F(JsonTest, ScalarsContainTheirEquals) {
  EXPECT_EQ(Contains("1", "1.0"), "1");
  EXPECT_EQ(Contains("100", "1e2"), "1");
  EXPECT_EQ(Contains("-0", "0.00"), "1");
  EXPECT_EQ(Contains("12345678901234567890123", "12345678901234567890124"), "0");
  EXPECT_EQ(Contains("\"a\"", "\"\\u0061\""), "1");
  EXPECT_EQ(Contains("\"1\"", "1"), "0");
  EXPECT_EQ(Contains("null", "null"), "1");
  EXPECT_EQ(Contains("true", "false"), "0");
  EXPECT_EQ(Contains("null", "false"), "0");
}

TEST_F(JsonTest, ObjectsContainTheirPairs) {
  EXPECT_EQ(Contains(R"({"a": 1, "b": {"c": [1, 2, {"d": null}]}})", R"({"b": {"c": [{}, 2]}})"),
            "1");
  EXPECT_EQ(Contains(R"({"a": 1, "b": 2})", R"({"b": 2.0})"), "1");
  EXPECT_EQ(Contains(R"({"a": 1})", R"({"a": 1, "b": 2})"), "0");
  EXPECT_EQ(Contains(R"({"a": 1})", R"({"a": null})"), "0");
  EXPECT_EQ(Contains(R"({"a": 1})", "{}"), "1");
  EXPECT_EQ(Contains("{}", R"({"a": 1})"), "0");
  EXPECT_EQ(Contains(R"({"foo": {"bar": "baz"}})", R"({"bar": "baz"})"), "0");
  EXPECT_EQ(Contains(R"({"a": 1, "a": 2})", R"({"a": 1})"), "0");
  EXPECT_EQ(Contains(R"({"a": 1, "a": 2})", R"({"a": 2})"), "1");
  EXPECT_EQ(Contains(R"({"a": 1})", R"({"a": 2, "a": 1})"), "1");
}

TEST_F(JsonTest, ArraysContainTheirElementsInAnyOrderAndNumber) {
  EXPECT_EQ(Contains("[1, 2, 3]", "[3, 1]"), "1");
  EXPECT_EQ(Contains("[1, 2]", "[1, 1, 1]"), "1");
  EXPECT_EQ(Contains("[1, 2]", "[3]"), "0");
  EXPECT_EQ(Contains("[1]", "[]"), "1");
  EXPECT_EQ(Contains("[]", "[1]"), "0");
  EXPECT_EQ(Contains("[1, 2, [1, 3]]", "[1, 3]"), "0");
  EXPECT_EQ(Contains("[1, 2, [1, 3]]", "[[3]]"), "1");
  EXPECT_EQ(Contains("[[1, 2], [3]]", "[[1, 3]]"), "0");
  EXPECT_EQ(Contains("[[1]]", "[[]]"), "1");
  EXPECT_EQ(Contains("[1]", "[[]]"), "0");
  EXPECT_EQ(Contains(R"([{"a": 1, "b": 2}, {"a": 2}])", R"([{"b": 2}, {"a": 2.0}])"), "1");
  EXPECT_EQ(Contains(R"([{}, null, "x", true])", R"([true, null, {}])"), "1");
}

TEST_F(JsonTest, OnlyATopLevelArrayContainsAScalar) {
  EXPECT_EQ(Contains(R"(["foo", "bar"])", R"("bar")"), "1");
  EXPECT_EQ(Contains(R"("bar")", R"(["bar"])"), "0");
  EXPECT_EQ(Contains(R"({"a": ["x"]})", R"({"a": "x"})"), "0");
  EXPECT_EQ(Contains(R"([["x"]])", R"(["x"])"), "0");
  EXPECT_EQ(Contains("[1]", "{}"), "0");
  EXPECT_EQ(Contains("{}", "[]"), "0");
  EXPECT_EQ(Contains("1", "[]"), "0");
  EXPECT_EQ(Contains(R"({"a": 1})", "1"), "0");
}

TEST_F(JsonTest, KeysAreThoseOfTheTop) {
  EXPECT_EQ(HasKey(R"({"a": 1, "b": {"c": 2}})", "b"), "1");
  EXPECT_EQ(HasKey(R"({"a": 1, "b": {"c": 2}})", "c"), "0");
  EXPECT_EQ(HasKey(R"({"a": null})", "a"), "1");
  EXPECT_EQ(HasKey(R"({"\u00fc\n": null})", "ü\n"), "1");
  EXPECT_EQ(HasKey(R"(["a", 1, ["b"]])", "a"), "1");
  EXPECT_EQ(HasKey(R"(["a", 1, ["b"]])", "b"), "0");
  EXPECT_EQ(HasKey(R"(["a", 1])", "1"), "0");
  EXPECT_EQ(HasKey(R"("a")", "a"), "1");
  EXPECT_EQ(HasKey("1", "1"), "0");
  EXPECT_EQ(HasKey("{}", ""), "0");
  ExpectStrict("ferro_json_has_key", {"'{}'", "'a'"});
  ExpectStrict("ferro_json_contains", {"'{}'", "'{}'"});
}

TEST_F(JsonTest, EscapesAreTheirCharacters) {
  EXPECT_EQ(Contains(R"("\ud83d\udc22")", "\"\xF0\x9F\x90\xA2\""), "1");
  EXPECT_EQ(
      Contains(R"("\"\\\/\b\f\n\r\t")", R"("\u0022\u005c\u002f\u0008\u000c\u000a\u000d\u0009")"),
      "1");
  // Halves of a pair are no text; they are equal to themselves.
  EXPECT_EQ(Contains(R"("\ud83d")", R"("\uD83D")"), "1");
  EXPECT_EQ(Contains(R"("\ud83dx")", R"("\udc22x")"), "0");
  EXPECT_EQ(Contains(R"("\ud83d\u0061")", R"("\ud83da")"), "1");
}

TEST_F(JsonTest, WhatIsNoJsonFails) {
  for (const absl::string_view text :
       {"",       " ",           "{",           "[1,]",   "[1 2]", "{\"a\"}",
        "{a: 1}", "{\"a\": 1,}", "'a'",         "01",     "-",     "1.",
        ".5",     "1e",          "+1",          "nul",    "nulls", "1 2",
        "\"a",    "\"\\x\"",     "\"\\u12g4\"", "\"\n\"", "]",     "[1]]",
        "NaN",    "\"\\",        "[\"a\", \"b]"}) {
    EXPECT_EQ(Contains(text, "1"), kMalformed) << text;
    EXPECT_EQ(HasKey(text, "a"), kMalformed) << text;
    EXPECT_EQ(Contains("[]", text), kMalformed) << text;
    EXPECT_EQ(Get(text, "json", "[0]"), kMalformed) << text;
    EXPECT_EQ(Get(absl::StrCat("[1, ", text, "]"), "int64", "[0]"), kMalformed) << text;
  }
  EXPECT_EQ(Select("ferro_json_contains(x'31', '1')"), kMalformed);
  EXPECT_EQ(Contains(" [ 1 , { \"a\" :\t2\r\n} ] ", "[1]"), "1");
}

TEST_F(JsonTest, APathLeadsToWhatItNames) {
  constexpr absl::string_view kDocument = R"( {"a": [1, {"b": "x"} , [ ]], "\u0062\n": {"": 2}} )";
  EXPECT_EQ(Get(kDocument, "json", R"(["a", 1])"), R"('{"b": "x"}')");
  EXPECT_EQ(Get(kDocument, "json", R"(["a", 2])"), "'[ ]'");
  EXPECT_EQ(Get(kDocument, "text", R"(["a", 1, "b"])"), "'x'");
  EXPECT_EQ(Get(kDocument, "int64", R"(["b\n", ""])"), "2");
  EXPECT_EQ(Get(kDocument, "int64", R"(["a", "0"])"), "NULL");
  EXPECT_EQ(Get(kDocument, "int64", R"(["a", 0, 0])"), "NULL");
  EXPECT_EQ(Get(kDocument, "json", R"([0])"), "NULL");
  EXPECT_EQ(Get(kDocument, "json", R"(["a", 3])"), "NULL");
  EXPECT_EQ(Get(kDocument, "json", R"(["c"])"), "NULL");
  ExpectStrict("ferro_json_get", {"'{}'", "'json'", "'[]'"});
  EXPECT_EQ(Select("ferro_json_get(x'31', 'json', '[0]')"), kMalformed);
}

TEST_F(JsonTest, OfEqualKeysTheLastOneCounts) {
  EXPECT_EQ(Get(R"({"a": 1, "a": 2})", "int64", R"(["a"])"), "2");
  EXPECT_EQ(Get(R"({"a": {"b": 1}, "\u0061": {"c": 2}})", "int64", R"(["a", "b"])"), "NULL");
  EXPECT_EQ(Get(R"({"a": {"b": 1}, "a": 5})", "int64", R"(["a", "b"])"), "NULL");
}

TEST_F(JsonTest, WhatIsNotOfTheTypeIsNull) {
  EXPECT_EQ(Get(R"(["1"])", "int64", "[0]"), "NULL");
  EXPECT_EQ(Get("[1]", "text", "[0]"), "NULL");
  EXPECT_EQ(Get("[1]", "bool", "[0]"), "NULL");
  EXPECT_EQ(Get("[true]", "int64", "[0]"), "NULL");
  EXPECT_EQ(Get("[true, false]", "bool", "[1]"), "0");
  EXPECT_EQ(Get("[null]", "json", "[0]"), "NULL");
  EXPECT_EQ(Get(R"(["null"])", "json", "[0]"), R"('"null"')");
}

TEST_F(JsonTest, NumbersAreExact) {
  EXPECT_EQ(Get("[-9223372036854775808]", "int64", "[0]"), "-9223372036854775808");
  EXPECT_EQ(Get("[9223372036854775808]", "int64", "[0]"), "NULL");
  EXPECT_EQ(Get("[9007199254740993.0]", "int64", "[0]"), "9007199254740993");
  EXPECT_EQ(Get("[12e-1]", "int64", "[0]"), "NULL");
  EXPECT_EQ(Get("[120e-1]", "int64", "[0]"), "12");
  EXPECT_EQ(Get("[1e999999999999]", "int64", "[0]"), "NULL");
  EXPECT_EQ(Get("[1.50]", "decimal", "[0]"), "'1.50'");
  EXPECT_EQ(Get("[1e3]", "decimal", "[0]"), "'1000'");
  EXPECT_EQ(Get("[12345678901234567890.123]", "decimal", "[0]"), "'12345678901234567890.123'");
  EXPECT_EQ(Get("[1e200000]", "decimal", "[0]"), "NULL");
  EXPECT_EQ(Get("[0.1]", "float64", "[0]"), "r0.10000000000000001");
  EXPECT_EQ(Get("[1e400]", "float64", "[0]"), "NULL");
}

TEST_F(JsonTest, ValuesBecomeJson) {
  EXPECT_EQ(Select("ferro_json_of(NULL, 'text')"), "'null'");
  EXPECT_EQ(Select("ferro_json_of(1, 'bool')"), "'true'");
  EXPECT_EQ(Select("ferro_json_of(0.1 + 0.2, 'float64')"), "'0.30000000000000004'");
  EXPECT_EQ(Select("ferro_json_of(9e999, 'float64')"), "'null'");
  EXPECT_EQ(Select("ferro_json_of('a\"' || char(10, 1), 'text')"), R"('"a\"\n\u0001"')");
  EXPECT_EQ(Select("ferro_json_of('1.50', 'decimal')"), R"('"1.50"')");
  EXPECT_EQ(Select("ferro_json_of('2024-01-02 03:04:05.000000Z', 'timestamptz')"),
            R"('"2024-01-02T03:04:05Z"')");
  EXPECT_EQ(Select("ferro_json_of('03:04:05.100000', 'time')"), R"('"03:04:05.100000"')");
  EXPECT_EQ(Select("ferro_json_of(x'000102030405060708090a0b0c0d0e0f', 'uuid')"),
            R"('"00010203-0405-0607-0809-0a0b0c0d0e0f"')");
  EXPECT_EQ(Select("ferro_json_of('[1,', 'json')"), kMalformed);
  EXPECT_EQ(Select("ferro_json_of('x', 'int64')"), "data: an argument is no integer");
}

TEST_F(JsonTest, DepthIsLimited) {
  const auto nested = [](size_t depth) {
    return absl::StrCat(std::string(depth, '['), std::string(depth, ']'));
  };
  EXPECT_EQ(Contains(nested(1000), nested(1000)), "1");
  EXPECT_EQ(Contains(nested(1001), "1"), "data: JSON is nested too deep");
  EXPECT_EQ(Contains(std::string(5'000'000, '['), "1"), "data: JSON is nested too deep");
  EXPECT_EQ(Get(nested(1000), "json", "[1]"), "NULL");
  EXPECT_EQ(Get(nested(1001), "json", "[1]"), "data: JSON is nested too deep");
  EXPECT_EQ(Get(std::string(5'000'000, '['), "json", "[0]"), "data: JSON is nested too deep");
}

TEST_F(JsonTest, LargeFlatDocumentsAreSearchedQuickly) {
  std::string numbers = "[0";
  for (int i = 1; i < 200'000; ++i) absl::StrAppend(&numbers, ",", i);
  numbers += "]";
  EXPECT_EQ(Contains(numbers, numbers), "1");
}

TEST_F(JsonTest, HostileDocumentsAreGivenUp) {
  std::string ones = "[[1]", twos = "[[2]";
  for (int i = 1; i < 100'000; ++i) {
    ones += ",[1]";
    twos += ",[2]";
  }
  // The first array of the part is looked for everywhere, and that is all.
  EXPECT_EQ(Contains(ones + "]", twos + "]"), "0");
  // Each is found only at the end.
  std::string document = "[", part = "[";
  for (int i = 0; i < 10'000; ++i) {
    absl::StrAppend(&document, "[", i, "],");
    absl::StrAppend(&part, "[", i, "],");
  }
  EXPECT_EQ(Contains(document + "0]", part + "0]"), "data: JSON is too large to be compared");
  // Fewer, but long numbers that differ in their last digits.
  const std::string digits(10'000, '7');
  document = part = "[";
  for (int i = 100; i < 700; ++i) {
    absl::StrAppend(&document, "[", digits, i, "],");
    absl::StrAppend(&part, "[", digits, i, "],");
  }
  EXPECT_EQ(Contains(document + "0]", part + "0]"), "data: JSON is too large to be compared");
  EXPECT_EQ(Contains(document + "0]", absl::StrCat("[[", digits, "699]]")), "1");
}

}  // namespace
}  // namespace ferro::sqlite
