// Roots, logarithms and powers, all REAL. Outside of its domain each is NULL, where servers give
// NULL or fail.
#include <cmath>
#include <limits>

#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double Sqrt(double x) { return std::sqrt(x); }
double Ln(double x) { return x > 0 ? std::log(x) : kNone; }
double Log10(double x) { return x > 0 ? std::log10(x) : kNone; }
double Exp(double x) { return std::exp(x); }
double Power(double a, double b) { return a == 0 && b < 0 ? kNone : std::pow(a, b); }

// SQLite makes NULL of NaN. Infinity is a result only where one was given.
void Result(sqlite3_context* context, double result, bool infinite_argument) {
  if (std::isinf(result) && !infinite_argument) return Fail(context, kResultOutOfRange);
  sqlite3_result_double(context, result);
}

template <double (*kFunction)(double)>
void Unary(sqlite3_context* context, int, sqlite3_value** values) {
  double x = 0;
  if (!RealOf(context, values[0], x)) return;
  Result(context, kFunction(x), std::isinf(x));
}

void PowerFunction(sqlite3_context* context, int, sqlite3_value** values) {
  double a = 0, b = 0;
  if (!RealOf(context, values[0], a) || !RealOf(context, values[1], b)) return;
  Result(context, Power(a, b), std::isinf(a) || std::isinf(b));
}

constexpr ScalarRow kRows[] = {
    {"ferro_sqrt", 1, Strict<Unary<Sqrt>>},    {"ferro_ln", 1, Strict<Unary<Ln>>},
    {"ferro_log10", 1, Strict<Unary<Log10>>},  {"ferro_exp", 1, Strict<Unary<Exp>>},
    {"ferro_power", 2, Strict<PowerFunction>},
};

}  // namespace

std::span<const ScalarRow> RealFunctions() { return kRows; }

}  // namespace ferro::sqlite
