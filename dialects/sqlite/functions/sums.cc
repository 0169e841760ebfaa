// Exact sums. Of decimals SQLite's own sum() makes REALs; of integers it fails where a sum on the
// way is too large, although the whole is not.
#include <cstdint>
#include <map>

#include "absl/numeric/int128.h"
#include "dialects/sqlite/functions/decimal.h"
#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

class DecimalSum {
 public:
  void Add(sqlite3_context* context, sqlite3_value* value) {
    BigDecimal term;
    if (!DecimalOf(context, value, term)) return;
    ++rows_of_scale_[term.scale()];
    sum_.Add(term);
  }

  void Remove(sqlite3_context* context, sqlite3_value* value) {
    BigDecimal term;
    if (!DecimalOf(context, value, term)) return;
    const auto rows = rows_of_scale_.find(term.scale());
    if (rows != rows_of_scale_.end() && --rows->second == 0) rows_of_scale_.erase(rows);
    sum_.Subtract(term);
  }

  void Result(sqlite3_context* context) const {
    if (rows_of_scale_.empty()) return sqlite3_result_null(context);
    // The largest scale of the rows in the frame; digits behind it have cancelled out.
    const int64_t scale = rows_of_scale_.rbegin()->first;
    if (scale == sum_.scale()) return ResultDecimal(context, sum_);
    BigDecimal sum = sum_;
    sum.Round(scale, BigDecimal::Rounding::kTowardZero);
    ResultDecimal(context, sum);
  }

 private:
  BigDecimal sum_;
  std::map<int64_t, int64_t> rows_of_scale_;
};

class IntegerSum {
 public:
  void Add(sqlite3_context* context, sqlite3_value* value) {
    int64_t term = 0;
    if (!IntegerOf(context, value, term)) return;
    ++rows_;
    sum_ += term;
  }

  void Remove(sqlite3_context* context, sqlite3_value* value) {
    int64_t term = 0;
    if (!IntegerOf(context, value, term)) return;
    --rows_;
    sum_ -= term;
  }

  void Result(sqlite3_context* context) const {
    if (rows_ == 0) return sqlite3_result_null(context);
    if (sum_ < INT64_MIN || sum_ > INT64_MAX) return Fail(context, kIntegerOverflow);
    sqlite3_result_int64(context, static_cast<int64_t>(sum_));
  }

 private:
  absl::int128 sum_ = 0;  // more rows than 2^63 there are not
  int64_t rows_ = 0;
};

constexpr AggregateRow kRows[] = {
    Aggregate<DecimalSum>::Row("ferro_decimal_sum"),
    Aggregate<IntegerSum>::Row("ferro_int_sum"),
};

}  // namespace

std::span<const AggregateRow> SumAggregates() { return kRows; }

}  // namespace ferro::sqlite
