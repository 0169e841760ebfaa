// The bytes that the writer makes: exactly those of format.h.
#include "engine/plan/writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "engine/base/arena.h"
#include "engine/plan/reader.h"
#include "engine/plan/sexpr.h"
#include "tests/engine/plan/samples.h"
#include "tests/support/status_matchers.h"

namespace ferro::plan {
namespace {

using namespace std::string_literals;  // NOLINT: bytes with NULs

TEST(PlanWriter, StartsWithTheHeader) { EXPECT_EQ(Writer().bytes(), "FP\x02\x00"s); }

TEST(PlanWriter, ForgetsEverythingButTheHeader) {
  Writer writer;
  writer.Name("x");
  writer.Reset();
  EXPECT_EQ(writer.bytes(), "FP\x02\x00"s);
}

TEST(PlanWriter, WritesEachInstructionAsTheFormatSays) {
  Writer writer;
  writer.Name("age");
  writer.Int(-1);
  writer.Int(64);
  writer.Param(Type::kInt64);
  writer.ListParam(Type::kUuid);
  writer.None();
  writer.Node(ast::Kind::kList, 300);
  EXPECT_EQ(writer.bytes().substr(4),
            "\x01\x03"s
            "age"
            "\x02\x01"s
            "\x02\x80\x01"s
            "\x03\x02"s
            "\x04\x0C"s
            "\x05\x00\x00"s
            "\x05\x01\xAC\x02"s);
}

TEST(PlanWriter, WritesOperandsBeforeTheirNode) {
  Arena arena;
  ASSERT_OK_AND_ASSIGN(const Plan plan,
                       ParseSexpr("(delete t (where (gt age (param int64))))", arena));
  Writer writer;
  writer.Tree(*plan.statement);

  Writer expected;
  expected.Name("t");
  expected.Int(4);  // greater
  expected.Name("");
  expected.Name("age");
  expected.Int(0);
  expected.Node(ast::Kind::kColumn, 3);
  expected.Param(Type::kInt64);
  expected.Node(ast::Kind::kBinary, 3);
  expected.Node(ast::Kind::kList, 0);
  expected.Name("");
  expected.Int(0);
  expected.Node(ast::Kind::kDelete, 5);
  EXPECT_EQ(writer.bytes(), expected.bytes());
}

TEST(PlanWriter, WritesOfATreeTheBytesItWasReadFrom) {
  for (const char* sample : testing::kSamples) {
    Arena arena;
    ASSERT_OK_AND_ASSIGN(const std::string bytes, Assemble(sample));
    ASSERT_OK_AND_ASSIGN(const Plan plan, Read(bytes, arena));
    Writer writer;
    writer.Tree(*plan.statement);
    EXPECT_EQ(writer.bytes(), bytes) << sample;
  }
}

TEST(PlanWriter, KeepsTheLargestIntegers) {
  for (const int64_t value :
       {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), int64_t{0}}) {
    Arena arena;
    const std::string text = "(select (columns " + std::to_string(value) + "))";
    ASSERT_OK_AND_ASSIGN(const Plan plan, ParseSexpr(text, arena));
    EXPECT_EQ(Dump(*plan.statement), text);
  }
}

}  // namespace
}  // namespace ferro::plan
