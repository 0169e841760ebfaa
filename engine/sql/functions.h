// What the functions of the query language take and give, and how a dialect's table says them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ast/call.h"
#include "engine/sql/feature.h"
#include "engine/value/type.h"

namespace ferro::sql {

// What an argument may be. An argument of unknown type may stand for any.
enum class Takes : uint8_t {
  kAny,     // that can be compared
  kCommon,  // of one type with all other kCommon arguments, and comparable
  kText,
  kTextOrBytes,
  kInteger,
  kNumber,
  kDecimal,
  kFloat,      // any number, which is converted
  kDay,        // date, timestamp, timestamptz
  kClock,      // time, timestamp, timestamptz
  kDate,
  kTimestamp,  // or timestamptz
  kBool,
  kJson,
  kCommonDay,    // a kDay of one type with all other kCommonDay arguments
  kSpan,         // kTimestamp or an interval
  kInterval,
  kArray,        // of anything
  kCommonArray,  // of one type with the others, whose elements can be compared
  kAnything,  // whatever can be selected
};

enum class Gives : uint8_t {
  kCommon,  // the common type of the kCommon arguments
  kFirst,   // the type of the first argument
  kBool,
  kInteger,
  kFloat,
  kText,
  kDate,
  kTimestampTz,
  kJson,
  kInterval,
};

struct Signature {
  uint8_t least = 0;
  uint8_t most = 0;  // kMany: any number
  std::array<Takes, 3> takes = {};  // the last one that is needed repeats
  Gives gives = Gives::kFirst;

  static constexpr uint8_t kMany = 0xFF;
  Takes of(size_t argument) const { return takes[argument < takes.size() ? argument : takes.size() - 1]; }
};

const Signature& SignatureOf(ast::Function function);
const Signature& SignatureOf(ast::AggregateFunction function);
const Signature& SignatureOf(ast::WindowFunction function);

// ErrorClass::kPlan, naming the function and the argument.
absl::Status CheckCall(const ast::Call& call);
absl::Status CheckAggregate(const ast::Aggregate& aggregate);
absl::Status CheckWindowCall(const ast::WindowCall& call);

Type TypeOfCall(const ast::Call& call);
Type TypeOfAggregate(const ast::Aggregate& aggregate);
Type TypeOfWindowCall(const ast::WindowCall& call);

// How a dialect says a function; of several rows the first one that fits. In `sql`, $1 is the first argument,
// in parentheses where it is made of parts and does not stand alone between parentheses and commas; $* is all
// of them with commas, $= the same as operands of one comparison, $| with || between them, $? whether any
// of them is NULL; $~ says the collation that compares exactly; $$ is a dollar.
struct FunctionRow {
  ast::Function function;
  Type when = Type::kNull;  // only for a first argument of this type
  absl::string_view sql;    // empty: refused
  absl::string_view advice = {};
  Since since = {};
  size_t arguments = 0;  // only for a call of so many; 0: any number
};

constexpr FunctionRow SaysOf(size_t arguments, ast::Function function, absl::string_view sql) {
  return {function, Type::kNull, sql, {}, {}, arguments};
}
constexpr FunctionRow Says(ast::Function function, absl::string_view sql) {
  return {function, Type::kNull, sql};
}
constexpr FunctionRow Says(ast::Function function, Type when, absl::string_view sql) {
  return {function, when, sql};
}
constexpr FunctionRow RefusedFunction(ast::Function function, absl::string_view advice) {
  return {function, Type::kNull, {}, advice};
}

// The row for a call, or ErrorClass::kUnsupported naming function, server and advice.
struct DialectProfile;
absl::StatusOr<const FunctionRow*> RowFor(const ast::Call& call, const DialectProfile& profile);

}  // namespace ferro::sql
