#include "engine/db/prepared.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/numbers.h"
#include "engine/sql/compile.h"
#include "engine/sql/literal.h"

namespace ferro::db {
namespace {

std::span<const Value> ListOf(const sql::Bind& bind, std::span<const Value> arguments,
                              std::span<const Value> keys) {
  if (bind.source == sql::BindSource::kKeys) return keys;
  const Value& argument = arguments[bind.index];
  return {argument.items, argument.size};
}

absl::Status CheckNotNegative(const Value& value) {
  if (value.type == Type::kInt64 && value.integer >= 0) return absl::OkStatus();
  return MakeError(ErrorClass::kOutOfRange, "a limit or offset is an integer that is not negative");
}

absl::StatusOr<const Value*> Translated(const sql::Bind& bind, const Value& value,
                                        Prepared& prepared) {
  FERRO_ASSIGN(std::string text, bind.translate(value.view()));
  prepared.texts.push_back(std::move(text));
  prepared.values.push_back(Value::Bytes(Type::kText, prepared.texts.back()));
  return &prepared.values.back();
}

// One placeholder for each value of a list, padded by repeating the last.
void SpellOut(std::span<const Value> list, Type type, Parameters& out) {
  for (const Value& value : list) out.push_back({&value, 1, 1, type, false});
  for (size_t i = list.size(); i < sql::PaddedSize(list.size()); ++i) {
    out.push_back({&list.back(), 1, 1, type, false});
  }
}

// A number that tells texts of one Compiled apart: which step, and the padded sizes of up to four lists. 0: too many
// lists to be worth a prepared statement.
uint64_t StatementId(const sql::Compiled& compiled, size_t step, const sql::Lexicon& lexicon,
                     std::span<const size_t> list_sizes) {
  constexpr uint64_t kOneParameter = 31;  // more values than any list has
  if (list_sizes.size() > 4) return 0;
  uint64_t id = (compiled.id << 24) | (uint64_t{step & 0xF} << 20);
  uint64_t shift = 0;
  for (const size_t size : list_sizes) {
    const size_t padded = sql::PaddedSize(size);
    auto bucket = static_cast<uint64_t>(padded == 0 ? 1 : 2 + __builtin_ctzll(padded));
    if (!sql::IsSpelledOut(size, lexicon)) bucket = kOneParameter;
    id |= bucket << shift;
    shift += 5;
  }
  return id;
}

}  // namespace

absl::Status Prepare(const sql::Compiled& compiled, size_t step_index,
                     const sql::DialectProfile& profile, std::span<const Value> arguments,
                     std::span<const Value> keys, Prepared& out) {
  const sql::Step& step = compiled.steps[step_index];
  if (step.text.literals) {
    std::vector<Value> values(arguments.begin(), arguments.end());
    for (const sql::Bind& bind : step.text.binds) {
      if (bind.meets == Type::kNull || bind.meets == bind.type) continue;
      FERRO_ASSIGN(const std::span<const Value> list,
                   NumbersAs(ListOf(bind, arguments, keys), bind.meets, out.numbers));
      values[bind.index] = Value::Array(list.data(), static_cast<uint32_t>(list.size()));
    }
    FERRO_ASSIGN(out.expanded, sql::WithLiterals(step.text, profile, values));
    out.sql = out.expanded;
    return absl::OkStatus();  // its text is its own, so no prepared statement has a number for it
  }
  const bool spelled = step.text.pieces.size() > 1;
  absl::InlinedVector<size_t, 4> sizes;
  for (const sql::Bind& bind : step.text.binds) {
    if (bind.source == sql::BindSource::kParameter) {
      const Value& value = arguments[bind.index];
      if (bind.not_negative) FERRO_TRY(CheckNotNegative(value));
      if (bind.check != nullptr) FERRO_TRY(bind.check(value));
      const Value* sent = &value;
      if (bind.translate != nullptr && value.type == Type::kText) {
        FERRO_ASSIGN(sent, Translated(bind, value, out));
      }
      out.parameters.push_back({sent, 1, 1, bind.type, false});
      continue;
    }
    std::span<const Value> list = ListOf(bind, arguments, keys);
    const Type type = bind.meets == Type::kNull ? bind.type : bind.meets;
    if (type != bind.type) {
      FERRO_ASSIGN(list, NumbersAs(list, type, out.numbers));
    }
    if (spelled) sizes.push_back(list.size());
    if (spelled && sql::IsSpelledOut(list.size(), *profile.lexicon)) {
      SpellOut(list, type, out.parameters);
    } else {
      out.parameters.push_back({list.data(), static_cast<uint32_t>(list.size()), 1, type, true});
    }
  }
  if (out.parameters.size() > profile.max_parameters) {
    return MakeErrorWithHint(
        ErrorClass::kInvalidArgument,
        absl::StrCat("the statement has ", out.parameters.size(), " parameters, and ",
                     profile.version.ToString(), " takes ", profile.max_parameters),
        "use shorter lists, or several statements");
  }
  out.statement_id = StatementId(compiled, step_index, *profile.lexicon, sizes);
  if (spelled) {
    out.expanded = sql::Expand(step.text, *profile.lexicon, sizes);
    out.sql = out.expanded;
  } else {
    out.sql = step.text.pieces.front();
  }
  return absl::OkStatus();
}

Request RequestFor(const Prepared& prepared, const sql::Compiled& compiled, size_t step_index) {
  const sql::Step& step = compiled.steps[step_index];
  Request request;
  request.statement_id = prepared.statement_id;
  request.sql = prepared.sql;
  request.parameters = prepared.parameters;
  request.columns = step.columns;
  request.named = step.named;
  request.returns_rows = !step.columns.empty() || step.open;
  request.writes = compiled.statement_class != sql::StatementClass::kQuery;
  return request;
}

}  // namespace ferro::db
