// What a path leads to within a document. SQLite's own functions compare keys as they are spelled in the
// text, and make doubles of large integers.
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/charconv.h"
#include "absl/strings/numbers.h"
#include "dialects/sqlite/functions/decimal.h"
#include "dialects/sqlite/functions/json_lexer.h"
#include "dialects/sqlite/functions/json_steps.h"
#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

// Reads a document to its end, so that what is no JSON is an error wherever the path leads.
class Finder {
 public:
  Finder(absl::string_view document, Arena& arena) : lexer_(document, arena) {}

  bool Run(JsonSteps path) { return Take(&path) && lexer_.AtEnd(); }
  bool is_too_deep() const { return depth_ > kMaxJsonDepth; }

  // The text of the value; empty: there is none.
  absl::string_view found() const { return found_; }

 private:
  // The value at the front; with a path, what it leads to from there.
  bool Take(const JsonSteps* path) {
    const char first = lexer_.Front();
    const absl::string_view begin = lexer_.rest();
    if (!TakeKind(first, path != nullptr && !path->empty() ? path : nullptr)) return false;
    if (path != nullptr && path->empty()) {
      found_ = begin.substr(0, begin.size() - lexer_.rest().size());
    }
    return true;
  }

  bool TakeKind(char first, const JsonSteps* path) {
    if (first != '{' && first != '[') return lexer_.TakeScalar();
    if (++depth_ > kMaxJsonDepth || !lexer_.TakeChar(first)) return false;
    if (!(first == '{' ? TakeObject(path) : TakeArray(path))) return false;
    --depth_;
    return true;
  }

  bool TakeObject(const JsonSteps* path) {
    if (lexer_.TakeChar('}')) return true;
    do {
      absl::string_view key;
      if (!lexer_.TakeString(key) || !lexer_.TakeChar(':')) return false;
      const bool leads = path != nullptr && path->front().place < 0 && path->front().key == key;
      if (leads) found_ = {};  // of equal keys the last one counts
      if (!TakeNext(leads ? path : nullptr)) return false;
    } while (lexer_.TakeChar(','));
    return lexer_.TakeChar('}');
  }

  bool TakeArray(const JsonSteps* path) {
    if (lexer_.TakeChar(']')) return true;
    int64_t place = 0;
    do {
      const bool leads = path != nullptr && path->front().place == place++;
      if (!TakeNext(leads ? path : nullptr)) return false;
    } while (lexer_.TakeChar(','));
    return lexer_.TakeChar(']');
  }

  bool TakeNext(const JsonSteps* path) {
    if (path == nullptr) return Take(nullptr);
    const JsonSteps rest = path->subspan(1);
    return Take(&rest);
  }

  JsonLexer lexer_;
  absl::string_view found_;
  int depth_ = 0;
};

void ResultString(sqlite3_context* context, absl::string_view text, Arena& arena) {
  absl::string_view said;
  if (JsonLexer(text, arena).TakeString(said)) ResultText(context, said);
}

void ResultInteger(sqlite3_context* context, absl::string_view text) {
  int64_t integer = 0;
  if (absl::SimpleAtoi(text, &integer)) return sqlite3_result_int64(context, integer);
  BigDecimal number;
  if (!BigDecimal::Parse(text, number) || !number.Truncate(integer)) return;
  number.Subtract(BigDecimal::FromInteger(integer));
  if (number.sign() == 0) sqlite3_result_int64(context, integer);
}

void ResultFloat(sqlite3_context* context, absl::string_view text) {
  double number = 0;
  const auto done = absl::from_chars(text.data(), text.data() + text.size(), number);
  if (done.ec == std::errc()) sqlite3_result_double(context, number);
}

void ResultNumber(sqlite3_context* context, absl::string_view text) {
  BigDecimal number;
  if (BigDecimal::Parse(text, number) && number.IsStorable()) ResultDecimal(context, number);
}

// ferro_json_get(document, type, path). The result is NULL until another one is given.
void JsonGet(sqlite3_context* context, int, sqlite3_value** values) {
  Arena arena;
  std::vector<JsonStep> path;
  if (!ReadJsonSteps(TextOf(values[2]), arena, path)) return Fail(context, "no path into JSON");
  if (sqlite3_value_type(values[0]) == SQLITE_BLOB) return Fail(context, "malformed JSON");
  Finder finder(TextOf(values[0]), arena);
  if (!finder.Run(path)) {
    return Fail(context, finder.is_too_deep() ? "JSON is nested too deep" : "malformed JSON");
  }
  const absl::string_view found = finder.found();
  if (found.empty() || found.front() == 'n') return;
  const absl::string_view type = TextOf(values[1]);
  const char first = found.front();
  if (type == "json") return ResultText(context, found);
  if (type == "text" && first == '"') return ResultString(context, found, arena);
  if (type == "bool" && (first == 't' || first == 'f')) return ResultBool(context, first == 't');
  if (first != '-' && (first < '0' || first > '9')) return;
  if (type == "int64") return ResultInteger(context, found);
  if (type == "float64") return ResultFloat(context, found);
  if (type == "decimal") return ResultNumber(context, found);
}

constexpr ScalarRow kRows[] = {
    {"ferro_json_get", 3, Strict<JsonGet>},
};

}  // namespace

std::span<const ScalarRow> JsonGetFunctions() { return kRows; }

}  // namespace ferro::sqlite
