#include "tests/dialects/sqlite/functions/harness.h"

namespace ferro::sqlite {
namespace {

class StatisticsTest : public FunctionsTest {
 protected:
  std::string Of(absl::string_view aggregate, absl::string_view values) {
    return Select(absl::StrCat(aggregate, "(column1) FROM (VALUES ", values, ")"));
  }
};

TEST_F(StatisticsTest, TooFewRowsGiveNull) {
  EXPECT_EQ(Of("ferro_var_pop", "(NULL)"), "NULL");
  EXPECT_EQ(Of("ferro_stddev_pop", "(NULL)"), "NULL");
  EXPECT_EQ(Of("ferro_var_samp", "(1), (NULL)"), "NULL");
  EXPECT_EQ(Of("ferro_stddev_samp", "(1)"), "NULL");
  EXPECT_EQ(Of("ferro_var_pop", "(1)"), "r0");
  EXPECT_EQ(Of("ferro_stddev_pop", "(1.5)"), "r0");
}

TEST_F(StatisticsTest, ArePlainForPlainNumbers) {
  constexpr char kValues[] = "(2), (4), (4), (4.0), (5), ('5.0'), (7), (9), (NULL)";
  EXPECT_EQ(Of("ferro_var_pop", kValues), "r4");
  EXPECT_EQ(Of("ferro_stddev_pop", kValues), "r2");
  EXPECT_EQ(Of("ferro_var_samp", kValues), "r4.5714285714285712");
  EXPECT_EQ(Of("ferro_stddev_samp", kValues), "r2.1380899352993952");
  EXPECT_EQ(Of("ferro_var_pop", "(-1), (1)"), "r1");
}

TEST_F(StatisticsTest, NothingCancels) {
  EXPECT_EQ(Of("ferro_var_samp", "(1e15 + 1), (1e15 + 2), (1e15 + 3)"), "r1");
  EXPECT_EQ(Of("ferro_var_pop", "(9223372036854775807), (9223372036854775805)"), "r1");
  EXPECT_EQ(Of("ferro_var_pop", "(-9223372036854775808), (-9223372036854775806)"), "r1");
  EXPECT_EQ(Of("ferro_var_samp", "(0.1), (0.1), (0.1)"), "r0");
}

TEST_F(StatisticsTest, ReachFromTheLeastToTheLargest) {
  EXPECT_EQ(Of("ferro_stddev_pop", "(1e300), (-1e300)"), "r1.0000000000000001e+300");
  EXPECT_EQ(Of("ferro_var_pop", "(1e300), (-1e300)"), "out of range: the result is out of range");
  EXPECT_EQ(Of("ferro_stddev_pop", "(0.0), (1e-323)"), "r4.9406564584124654e-324");
  EXPECT_EQ(Of("ferro_stddev_pop", "(1.7976931348623157e308), (-1.7976931348623157e308)"),
            "r1.7976931348623157e+308");
  EXPECT_EQ(Of("ferro_var_pop", "(9e999), (1)"), "out of range: the result is not a number");
  EXPECT_EQ(Of("ferro_var_pop", "('x'), (1)"),
            "data: an argument is neither an integer nor a decimal");
}

TEST_F(StatisticsTest, SlideWithoutATrace) {
  EXPECT_EQ(Sliding("ferro_var_pop", 1, "(1e16), (0.5), (1), (3), (NULL), (5), (7)"),
            "r0 r2.4999999999999997e+31 r0.0625 r1 r0 r0 r1");
  EXPECT_EQ(Sliding("ferro_var_pop", 0, "(1e16), (9223372036854775807), ('0.1'), (1e-300)"),
            "r0 r0 r0 r0");
  EXPECT_EQ(Sliding("ferro_stddev_pop", 1, "(1e300), (-1e300), (1e-300), (0), (2)"),
            "r0 r1.0000000000000001e+300 r5.0000000000000003e+299 r5.0000000000000001e-301 r1");
}

}  // namespace
}  // namespace ferro::sqlite
