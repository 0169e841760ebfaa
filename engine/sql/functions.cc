#include "engine/sql/functions.h"

#include "absl/strings/str_cat.h"
#include "engine/ast/derive.h"
#include "engine/ast/function_words.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/sql/dialect.h"
#include "engine/sql/type_of.h"

namespace ferro::sql {
namespace {

using ast::AggregateFunction;
using ast::Function;
using ast::WindowFunction;

constexpr uint8_t kMany = Signature::kMany;

struct Row {
  Function function;
  Signature signature;
};

// In the order of the numbers.
constexpr std::array<Row, ast::kFunctionCount> kRows = {{
    {Function::kCoalesce, {1, kMany, {Takes::kCommon, Takes::kCommon, Takes::kCommon}, Gives::kCommon}},
    {Function::kNullIf, {2, 2, {Takes::kCommon, Takes::kCommon, Takes::kCommon}, Gives::kCommon}},
    {Function::kGreatest, {2, kMany, {Takes::kCommon, Takes::kCommon, Takes::kCommon}, Gives::kCommon}},
    {Function::kLeast, {2, kMany, {Takes::kCommon, Takes::kCommon, Takes::kCommon}, Gives::kCommon}},
    {Function::kConcat, {1, kMany, {Takes::kText, Takes::kText, Takes::kText}, Gives::kText}},
    {Function::kLower, {1, 1, {Takes::kText, Takes::kText, Takes::kText}, Gives::kText}},
    {Function::kUpper, {1, 1, {Takes::kText, Takes::kText, Takes::kText}, Gives::kText}},
    {Function::kLength, {1, 1, {Takes::kText, Takes::kText, Takes::kText}, Gives::kInteger}},
    {Function::kOctetLength, {1, 1, {Takes::kTextOrBytes, Takes::kText, Takes::kText}, Gives::kInteger}},
    {Function::kSubstr, {2, 3, {Takes::kText, Takes::kInteger, Takes::kInteger}, Gives::kText}},
    {Function::kTrim, {1, 1, {Takes::kText, Takes::kText, Takes::kText}, Gives::kText}},
    {Function::kTrimLeft, {1, 1, {Takes::kText, Takes::kText, Takes::kText}, Gives::kText}},
    {Function::kTrimRight, {1, 1, {Takes::kText, Takes::kText, Takes::kText}, Gives::kText}},
    {Function::kReplace, {3, 3, {Takes::kText, Takes::kText, Takes::kText}, Gives::kText}},
    {Function::kPosition, {2, 2, {Takes::kText, Takes::kText, Takes::kText}, Gives::kInteger}},
    {Function::kStartsWith, {2, 2, {Takes::kText, Takes::kText, Takes::kText}, Gives::kBool}},
    {Function::kEndsWith, {2, 2, {Takes::kText, Takes::kText, Takes::kText}, Gives::kBool}},
    {Function::kContains, {2, 2, {Takes::kText, Takes::kText, Takes::kText}, Gives::kBool}},
    {Function::kReverse, {1, 1, {Takes::kText, Takes::kText, Takes::kText}, Gives::kText}},
    {Function::kRepeat, {2, 2, {Takes::kText, Takes::kInteger, Takes::kInteger}, Gives::kText}},
    {Function::kAbs, {1, 1, {Takes::kNumber, Takes::kNumber, Takes::kNumber}, Gives::kFirst}},
    {Function::kSign, {1, 1, {Takes::kNumber, Takes::kNumber, Takes::kNumber}, Gives::kFirst}},
    {Function::kCeil, {1, 1, {Takes::kNumber, Takes::kNumber, Takes::kNumber}, Gives::kFirst}},
    {Function::kFloor, {1, 1, {Takes::kNumber, Takes::kNumber, Takes::kNumber}, Gives::kFirst}},
    {Function::kTrunc, {1, 1, {Takes::kNumber, Takes::kNumber, Takes::kNumber}, Gives::kFirst}},
    {Function::kRound, {1, 1, {Takes::kNumber, Takes::kNumber, Takes::kNumber}, Gives::kFirst}},
    {Function::kRoundTo, {2, 2, {Takes::kDecimal, Takes::kInteger, Takes::kInteger}, Gives::kFirst}},
    {Function::kSqrt, {1, 1, {Takes::kFloat, Takes::kFloat, Takes::kFloat}, Gives::kFloat}},
    {Function::kExp, {1, 1, {Takes::kFloat, Takes::kFloat, Takes::kFloat}, Gives::kFloat}},
    {Function::kLn, {1, 1, {Takes::kFloat, Takes::kFloat, Takes::kFloat}, Gives::kFloat}},
    {Function::kLog10, {1, 1, {Takes::kFloat, Takes::kFloat, Takes::kFloat}, Gives::kFloat}},
    {Function::kPower, {2, 2, {Takes::kFloat, Takes::kFloat, Takes::kFloat}, Gives::kFloat}},
    {Function::kYear, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kInteger}},
    {Function::kQuarter, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kInteger}},
    {Function::kMonth, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kInteger}},
    {Function::kDay, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kInteger}},
    {Function::kHour, {1, 1, {Takes::kClock, Takes::kClock, Takes::kClock}, Gives::kInteger}},
    {Function::kMinute, {1, 1, {Takes::kClock, Takes::kClock, Takes::kClock}, Gives::kInteger}},
    {Function::kSecond, {1, 1, {Takes::kClock, Takes::kClock, Takes::kClock}, Gives::kInteger}},
    {Function::kMicrosecond, {1, 1, {Takes::kClock, Takes::kClock, Takes::kClock}, Gives::kInteger}},
    {Function::kIsoDayOfWeek, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kInteger}},
    {Function::kDayOfYear, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kInteger}},
    {Function::kIsoWeek, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kInteger}},
    {Function::kIsoYear, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kInteger}},
    {Function::kEpochMicroseconds, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kInteger}},
    {Function::kTruncYear, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kFirst}},
    {Function::kTruncQuarter, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kFirst}},
    {Function::kTruncMonth, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kFirst}},
    {Function::kTruncWeek, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kFirst}},
    {Function::kTruncDay, {1, 1, {Takes::kDay, Takes::kDay, Takes::kDay}, Gives::kFirst}},
    {Function::kTruncHour, {1, 1, {Takes::kTimestamp, Takes::kTimestamp, Takes::kTimestamp}, Gives::kFirst}},
    {Function::kTruncMinute, {1, 1, {Takes::kTimestamp, Takes::kTimestamp, Takes::kTimestamp}, Gives::kFirst}},
    {Function::kTruncSecond, {1, 1, {Takes::kTimestamp, Takes::kTimestamp, Takes::kTimestamp}, Gives::kFirst}},
    {Function::kAddYears, {2, 2, {Takes::kDay, Takes::kInteger, Takes::kInteger}, Gives::kFirst}},
    {Function::kAddMonths, {2, 2, {Takes::kDay, Takes::kInteger, Takes::kInteger}, Gives::kFirst}},
    {Function::kAddDays, {2, 2, {Takes::kDay, Takes::kInteger, Takes::kInteger}, Gives::kFirst}},
    {Function::kAddHours, {2, 2, {Takes::kTimestamp, Takes::kInteger, Takes::kInteger}, Gives::kFirst}},
    {Function::kAddMinutes, {2, 2, {Takes::kTimestamp, Takes::kInteger, Takes::kInteger}, Gives::kFirst}},
    {Function::kAddSeconds, {2, 2, {Takes::kTimestamp, Takes::kInteger, Takes::kInteger}, Gives::kFirst}},
    {Function::kAddMicroseconds, {2, 2, {Takes::kTimestamp, Takes::kInteger, Takes::kInteger}, Gives::kFirst}},
    {Function::kDaysBetween, {2, 2, {Takes::kDate, Takes::kDate, Takes::kDate}, Gives::kInteger}},
    {Function::kMicrosecondsBetween, {2, 2, {Takes::kTimestamp, Takes::kTimestamp, Takes::kTimestamp}, Gives::kInteger}},
    {Function::kNow, {0, 0, {Takes::kAny, Takes::kAny, Takes::kAny}, Gives::kTimestampTz}},
    {Function::kToday, {0, 0, {Takes::kAny, Takes::kAny, Takes::kAny}, Gives::kDate}},
    {Function::kAddInterval, {2, 2, {Takes::kSpan, Takes::kInterval, Takes::kInterval}, Gives::kFirst}},
    {Function::kSubtractInterval, {2, 2, {Takes::kSpan, Takes::kInterval, Takes::kInterval}, Gives::kFirst}},
    {Function::kElapsed, {2, 2, {Takes::kCommonDay, Takes::kCommonDay, Takes::kCommonDay}, Gives::kInterval}},
    {Function::kJsonContains, {2, 2, {Takes::kJson, Takes::kJson, Takes::kJson}, Gives::kBool}},
    {Function::kJsonHasKey, {2, 2, {Takes::kJson, Takes::kText, Takes::kText}, Gives::kBool}},
    {Function::kJsonLength, {1, 1, {Takes::kJson, Takes::kJson, Takes::kJson}, Gives::kInteger}},
    {Function::kJsonMergePatch, {2, 2, {Takes::kJson, Takes::kJson, Takes::kJson}, Gives::kJson}},
    {Function::kJsonSet, {2, 2, {Takes::kJson, Takes::kAnything, Takes::kAnything}, Gives::kJson}},
    {Function::kJsonRemove, {1, 1, {Takes::kJson, Takes::kJson, Takes::kJson}, Gives::kJson}},
    {Function::kArrayLength, {1, 1, {Takes::kArray, Takes::kArray, Takes::kArray}, Gives::kInteger}},
    {Function::kArrayHasAll, {2, 2, {Takes::kCommonArray, Takes::kCommonArray, Takes::kCommonArray}, Gives::kBool}},
    {Function::kArrayHasAny, {2, 2, {Takes::kCommonArray, Takes::kCommonArray, Takes::kCommonArray}, Gives::kBool}},
    {Function::kGrouping, {1, 1, {Takes::kAnything, Takes::kAnything, Takes::kAnything}, Gives::kInteger}},
}};

constexpr Signature kCount = {0, 1, {Takes::kAnything, Takes::kAnything, Takes::kAnything}, Gives::kInteger};
constexpr Signature kOfNumber = {1, 1, {Takes::kNumber, Takes::kNumber, Takes::kNumber}, Gives::kFirst};
constexpr Signature kOfFloat = {1, 1, {Takes::kFloat, Takes::kFloat, Takes::kFloat}, Gives::kFloat};
constexpr Signature kOfAny = {1, 1, {Takes::kAny, Takes::kAny, Takes::kAny}, Gives::kFirst};
constexpr Signature kOfBool = {1, 1, {Takes::kBool, Takes::kBool, Takes::kBool}, Gives::kBool};
constexpr Signature kStringAgg = {2, 2, {Takes::kText, Takes::kText, Takes::kText}, Gives::kText};
constexpr Signature kJsonAgg = {1, 1, {Takes::kAnything, Takes::kAnything, Takes::kAnything}, Gives::kJson};

constexpr Signature kRankOf = {0, 0, {}, Gives::kInteger};
constexpr Signature kShareOf = {0, 0, {}, Gives::kFloat};
constexpr Signature kNtile = {1, 1, {Takes::kInteger, Takes::kInteger, Takes::kInteger}, Gives::kInteger};
constexpr Signature kNeighbour = {1, 3, {Takes::kCommon, Takes::kInteger, Takes::kCommon}, Gives::kCommon};
constexpr Signature kEdge = {1, 1, {Takes::kAnything, Takes::kAnything, Takes::kAnything}, Gives::kFirst};
constexpr Signature kNth = {2, 2, {Takes::kAnything, Takes::kInteger, Takes::kInteger}, Gives::kFirst};

bool IsDay(Type type) {
  return type == Type::kDate || type == Type::kTimestamp || type == Type::kTimestampTz;
}

bool Fits(Takes takes, Type type) {
  if (type == Type::kNull) return true;
  switch (takes) {
    case Takes::kAny:
    case Takes::kCommon:
      return type != Type::kJson && !IsArray(type);
    case Takes::kText:
      return type == Type::kText;
    case Takes::kTextOrBytes:
      return type == Type::kText || type == Type::kBytes;
    case Takes::kInteger:
      return type == Type::kInt64;
    case Takes::kNumber:
    case Takes::kFloat:
      return IsNumeric(type);
    case Takes::kDecimal:
      return type == Type::kDecimal;
    case Takes::kDay:
      return IsDay(type);
    case Takes::kClock:
      return type == Type::kTime || type == Type::kTimestamp || type == Type::kTimestampTz;
    case Takes::kDate:
      return type == Type::kDate;
    case Takes::kTimestamp:
      return type == Type::kTimestamp || type == Type::kTimestampTz;
    case Takes::kBool:
      return type == Type::kBool;
    case Takes::kJson:
      return type == Type::kJson;
    case Takes::kCommonDay:
      return IsDay(type);
    case Takes::kSpan:
      return type == Type::kTimestamp || type == Type::kTimestampTz || type == Type::kInterval;
    case Takes::kInterval:
      return type == Type::kInterval;
    case Takes::kArray:
      return IsArray(type);
    case Takes::kCommonArray:
      return IsArray(type) && ElementOf(type) != Type::kFloat64 && ElementOf(type) != Type::kDecimal;
    case Takes::kAnything:
      return true;
  }
  return false;
}

bool IsCommon(Takes takes) {
  return takes == Takes::kCommon || takes == Takes::kCommonDay || takes == Takes::kCommonArray;
}

absl::string_view Wanted(Takes takes) {
  switch (takes) {
    case Takes::kAny:
    case Takes::kCommon:
      return "a value that can be compared, no JSON and no array";
    case Takes::kText:
      return "text";
    case Takes::kTextOrBytes:
      return "text or bytes";
    case Takes::kInteger:
      return "int64";
    case Takes::kNumber:
    case Takes::kFloat:
      return "int64, float64 or decimal";
    case Takes::kDecimal:
      return "decimal";
    case Takes::kDay:
      return "date, timestamp or timestamptz";
    case Takes::kClock:
      return "time, timestamp or timestamptz";
    case Takes::kDate:
      return "date";
    case Takes::kTimestamp:
      return "timestamp or timestamptz";
    case Takes::kBool:
      return "bool";
    case Takes::kJson:
      return "json";
    case Takes::kCommonDay:
      return "date, timestamp or timestamptz";
    case Takes::kSpan:
      return "timestamp, timestamptz or interval";
    case Takes::kInterval:
      return "interval";
    case Takes::kArray:
      return "an array";
    case Takes::kCommonArray:
      return "an array, not of float64 or decimal, which have several spellings of equal numbers";
    case Takes::kAnything:
      return "any value";
  }
  return "";
}

absl::Status CheckArguments(absl::string_view function, const Signature& signature,
                            ast::List<const ast::Expr*> arguments) {
  if (arguments.size() < signature.least || arguments.size() > signature.most) {
    return MakeError(ErrorClass::kPlan, absl::StrCat("function ", function, " does not take ",
                                                     arguments.size(), " arguments"));
  }
  Type common = Type::kNull;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Takes takes = signature.of(i);
    const Type type = TypeOf(*arguments[i]);
    if (!Fits(takes, type)) {
      return MakeErrorWithHint(ErrorClass::kPlan,
                               absl::StrCat("argument ", i + 1, " of function ", function,
                                            " is of type ", Name(type)),
                               absl::StrCat("it takes ", Wanted(takes)));
    }
    if (!IsCommon(takes)) continue;
    if (!GoTogether(common, type)) {
      return MakeErrorWithHint(ErrorClass::kPlan,
                               absl::StrCat("the arguments of function ", function, " are of types ",
                                            Name(common), " and ", Name(type)),
                               "they have to be of one type, or numbers");
    }
    common = CommonType(common, type);
  }
  return absl::OkStatus();
}

Type TypeGiven(const Signature& signature, ast::List<const ast::Expr*> arguments) {
  switch (signature.gives) {
    case Gives::kCommon: {
      Type common = Type::kNull;
      for (size_t i = 0; i < arguments.size(); ++i) {
        if (signature.of(i) == Takes::kCommon) common = CommonType(common, TypeOf(*arguments[i]));
      }
      return common;
    }
    case Gives::kFirst:
      return arguments.empty() ? Type::kNull : TypeOf(*arguments[0]);
    case Gives::kBool:
      return Type::kBool;
    case Gives::kInteger:
      return Type::kInt64;
    case Gives::kFloat:
      return Type::kFloat64;
    case Gives::kText:
      return Type::kText;
    case Gives::kDate:
      return Type::kDate;
    case Gives::kTimestampTz:
      return Type::kTimestampTz;
    case Gives::kInterval:
      return Type::kInterval;
    case Gives::kJson:
      return Type::kJson;
  }
  return Type::kNull;
}

// Of what has one form in JSON, whoever writes it.
// What becomes a value of JSON has a form by its type.
absl::Status CheckJsonValue(absl::string_view function, const ast::Expr& value) {
  if (TypeOf(value) != Type::kNull || value.kind == ast::Kind::kLiteral) return absl::OkStatus();
  return MakeErrorWithHint(ErrorClass::kPlan,
                           absl::StrCat("function ", function, " takes a value without a type"),
                           "declare its type");
}

absl::Status CheckJsonArray(const ast::Aggregate& aggregate) {
  if (aggregate.distinct) {
    return MakeErrorWithHint(ErrorClass::kPlan, "function json-agg takes distinct values",
                             "select the distinct values in a subquery");
  }
  return CheckJsonValue(ast::WordOf(aggregate.function), *aggregate.arguments[0]);
}

}  // namespace

const Signature& SignatureOf(Function function) { return kRows[ast::IndexOf(function)].signature; }

const Signature& SignatureOf(AggregateFunction function) {
  switch (function) {
    case AggregateFunction::kCount:
      return kCount;
    case AggregateFunction::kSum:
      return kOfNumber;
    case AggregateFunction::kMin:
    case AggregateFunction::kMax:
      return kOfAny;
    case AggregateFunction::kBoolAnd:
    case AggregateFunction::kBoolOr:
      return kOfBool;
    case AggregateFunction::kStringAgg:
      return kStringAgg;
    case AggregateFunction::kAverage:
    case AggregateFunction::kStddevSample:
    case AggregateFunction::kStddevPopulation:
    case AggregateFunction::kVarianceSample:
    case AggregateFunction::kVariancePopulation:
      return kOfFloat;
    case AggregateFunction::kJsonAgg:
      return kJsonAgg;
  }
  return kCount;
}

const Signature& SignatureOf(WindowFunction function) {
  switch (function) {
    case WindowFunction::kRowNumber:
    case WindowFunction::kRank:
    case WindowFunction::kDenseRank:
      return kRankOf;
    case WindowFunction::kPercentRank:
    case WindowFunction::kCumeDist:
      return kShareOf;
    case WindowFunction::kNtile:
      return kNtile;
    case WindowFunction::kLag:
    case WindowFunction::kLead:
      return kNeighbour;
    case WindowFunction::kFirstValue:
    case WindowFunction::kLastValue:
      return kEdge;
    case WindowFunction::kNthValue:
      return kNth;
  }
  return kRankOf;
}

absl::Status CheckCall(const ast::Call& call) {
  FERRO_TRY(CheckArguments(ast::WordOf(call.function), SignatureOf(call.function), call.arguments));
  if (ast::IsJsonChange(call.function) && call.arguments[0]->kind != ast::Kind::kJsonGet) {
    return MakeErrorWithHint(ErrorClass::kPlan,
                             absl::StrCat("argument 1 of function ", ast::WordOf(call.function), " is no json-get"),
                             "it is the place in the document, which comes back changed");
  }
  if (call.function == Function::kJsonSet) FERRO_TRY(CheckJsonValue(ast::WordOf(call.function), *call.arguments[1]));
  // JSON finds a null in an array, PostgreSQL does not: what is looked for has to be looked at before.
  const bool looks = call.function == Function::kArrayHasAll || call.function == Function::kArrayHasAny;
  if (!looks || call.arguments[1]->kind == ast::Kind::kParam) return absl::OkStatus();
  return MakeErrorWithHint(ErrorClass::kPlan,
                           absl::StrCat("argument 2 of function ", ast::WordOf(call.function),
                                        " is no parameter"),
                           "arrays are looked through for values, not for those of other columns");
}

absl::Status CheckAggregate(const ast::Aggregate& aggregate) {
  const auto& [function, arguments, distinct, filter, order] = ast::Aggregate::Fields(aggregate);
  FERRO_TRY(CheckArguments(ast::WordOf(function), SignatureOf(function), arguments));
  const Type type = arguments.empty() ? Type::kNull : TypeOf(*arguments[0]);
  if (function == AggregateFunction::kJsonAgg) FERRO_TRY(CheckJsonArray(aggregate));
  if (distinct && !Fits(Takes::kAny, type)) {
    return MakeErrorWithHint(ErrorClass::kPlan,
                             absl::StrCat("distinct values of type ", Name(type), " are aggregated"),
                             "servers disagree on when two of them are equal");
  }
  const bool extreme = function == AggregateFunction::kMin || function == AggregateFunction::kMax;
  if (extreme && (type == Type::kBool || type == Type::kUuid || type == Type::kBytes)) {
    return MakeErrorWithHint(
        ErrorClass::kPlan,
        absl::StrCat("function ", ast::WordOf(function), " is used on a value of type ", Name(type)),
        type == Type::kBool ? "use bool-and or bool-or" : "it has no order that databases share");
  }
  if (filter) {
    const Type condition = TypeOf(*filter);
    if (condition != Type::kBool && condition != Type::kNull) {
      return MakeError(ErrorClass::kPlan, "the filter of an aggregate is no condition");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckWindowCall(const ast::WindowCall& call) {
  return CheckArguments(ast::WordOf(call.function), SignatureOf(call.function), call.arguments);
}

Type TypeOfCall(const ast::Call& call) {
  return TypeGiven(SignatureOf(call.function), call.arguments);
}
Type TypeOfAggregate(const ast::Aggregate& aggregate) {
  return TypeGiven(SignatureOf(aggregate.function), aggregate.arguments);
}
Type TypeOfWindowCall(const ast::WindowCall& call) {
  return TypeGiven(SignatureOf(call.function), call.arguments);
}

absl::StatusOr<const FunctionRow*> RowFor(const ast::Call& call, const DialectProfile& profile) {
  const Type type = call.arguments.empty() ? Type::kNull : TypeOf(*call.arguments[0]);
  for (const FunctionRow& row : profile.functions) {
    if (row.function != call.function) continue;
    if (row.when != Type::kNull && row.when != type) continue;
    if (row.arguments != 0 && row.arguments != call.arguments.size()) continue;
    const bool known = !row.sql.empty() && profile.HasReached(row.since);
    if (known) return &row;
    return MakeErrorWithHint(
        ErrorClass::kUnsupported,
        absl::StrCat(profile.version.ToString(), " does not support function ",
                     ast::WordOf(call.function)),
        row.advice);
  }
  return MakeErrorWithHint(ErrorClass::kUnsupported,
                           absl::StrCat(profile.version.ToString(), " does not support function ",
                                        ast::WordOf(call.function)),
                           "compute it in the program");
}

}  // namespace ferro::sql
