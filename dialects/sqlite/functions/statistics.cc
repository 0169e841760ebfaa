// Variance and standard deviation, REAL and right to its last digits: nothing is rounded before the
// end.
#include <cmath>
#include <cstdint>

#include "dialects/sqlite/functions/exact_sum.h"
#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

enum class Over { kPopulation, kSample };
enum class Measure { kVariance, kDeviation };

template <Measure kMeasure, Over kOver>
class Statistic {
 public:
  void Add(sqlite3_context* context, sqlite3_value* value) { Change(context, value, false); }
  void Remove(sqlite3_context* context, sqlite3_value* value) { Change(context, value, true); }

  void Result(sqlite3_context* context) const {
    const int64_t rows = sums_.rows() + infinite_;
    const int64_t divisor = kOver == Over::kSample ? rows - 1 : rows;
    if (divisor <= 0) return sqlite3_result_null(context);
    if (infinite_ > 0) return Fail(context, kNotANumber);
    const Spread spread = sums_.spread();
    double result = static_cast<double>(spread.significand) /
                    (static_cast<double>(rows) * static_cast<double>(divisor));
    int exponent = spread.exponent;
    if constexpr (kMeasure == Measure::kDeviation) {
      if (exponent % 2 != 0) {
        result *= 2;
        --exponent;
      }
      result = std::sqrt(result);
      exponent /= 2;
    }
    result = std::ldexp(result, exponent);
    if (std::isinf(result)) return Fail(context, kResultOutOfRange);
    sqlite3_result_double(context, result);
  }

 private:
  void Change(sqlite3_context* context, sqlite3_value* value, bool removed) {
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
      return sums_.Change(int64_t{sqlite3_value_int64(value)}, removed);
    }
    double x = 0;
    if (!RealOf(context, value, x)) return;
    if (std::isinf(x)) {
      infinite_ += removed ? -1 : 1;
    } else {
      sums_.Change(x, removed);
    }
  }

  ExactSums sums_;
  int64_t infinite_ = 0;
};

template <Measure kMeasure, Over kOver>
constexpr AggregateRow Row(const char* name) {
  return Aggregate<Statistic<kMeasure, kOver>>::Row(name);
}

constexpr AggregateRow kRows[] = {
    Row<Measure::kVariance, Over::kPopulation>("ferro_var_pop"),
    Row<Measure::kVariance, Over::kSample>("ferro_var_samp"),
    Row<Measure::kDeviation, Over::kPopulation>("ferro_stddev_pop"),
    Row<Measure::kDeviation, Over::kSample>("ferro_stddev_samp"),
};

}  // namespace

std::span<const AggregateRow> StatisticsAggregates() { return kRows; }

}  // namespace ferro::sqlite
