// Documents with one member or element changed. All else stays the text that it was: SQLite's own functions compare keys
// as they are spelled, make what a path lacks, and know no key with quotes in it.
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dialects/sqlite/functions/json_lexer.h"
#include "dialects/sqlite/functions/json_steps.h"
#include "dialects/sqlite/functions/tables.h"
#include "engine/value/json_string.h"

namespace ferro::sqlite {
namespace {

// Of an object or array, in the document's text.
struct Member {
  absl::string_view head;  // a key and its colon
  absl::string_view value;
  bool is_meant = false;
};

// Reads a document to its end, so that what is no JSON is an error wherever the path leads.
class Parent {
 public:
  Parent(absl::string_view document, Arena& arena) : lexer_(document, arena), document_(document) {}

  bool Find(JsonSteps path) {
    last_ = path.back();
    const JsonSteps to_parent = path.first(path.size() - 1);
    return Take(&to_parent) && lexer_.AtEnd();
  }
  bool is_too_deep() const { return depth_ > kMaxJsonDepth; }

  // The document with that value; what it was where the path does not lead.
  std::string With(absl::string_view value) {
    if (last_.place >= 0) {
      if (kind_ == '[') Replace(value);
    } else if (kind_ == '{' && !Replace(value)) {
      AppendJsonString(new_key_, last_.key);
      new_key_ += ':';
      members_.push_back({new_key_, value});
    }
    return Text();
  }

  std::string Without() {
    if (kind_ == (last_.place >= 0 ? '[' : '{')) {
      std::erase_if(members_, [](const Member& member) { return member.is_meant; });
    }
    return Text();
  }

 private:
  // Of equal keys the last one counts.
  bool Replace(absl::string_view value) {
    for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
      if (!member->is_meant) continue;
      member->value = value;
      return true;
    }
    return false;
  }

  std::string Text() const {
    if (kind_ == 0) return std::string(document_);
    std::string text(document_.substr(0, begin_));
    for (size_t i = 0; i < members_.size(); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ",", members_[i].head, members_[i].value);
    }
    absl::StrAppend(&text, document_.substr(end_));
    return text;
  }

  size_t at() const { return document_.size() - lexer_.rest().size(); }

  // The value at the front; with a path, the one that it leads to from there is the parent.
  bool Take(const JsonSteps* path) {
    absl::string_view unused;
    const char first = lexer_.Front();
    if (first != '{' && first != '[') return lexer_.TakeScalar();
    if (++depth_ > kMaxJsonDepth || !lexer_.TakeChar(first)) return false;
    const bool is_parent = path != nullptr && path->empty();
    if (is_parent) {
      kind_ = first;
      begin_ = at();
    }
    if (!TakeMembers(first, path, is_parent)) return false;
    --depth_;
    return true;
  }

  bool TakeMembers(char kind, const JsonSteps* path, bool is_parent) {
    const char close = kind == '{' ? '}' : ']';
    int64_t place = 0;
    bool is_empty = lexer_.Front() == close;
    while (!is_empty) {
      absl::string_view key;
      lexer_.Front();
      const size_t head = at();
      if (kind == '{' && !(lexer_.TakeString(key) && lexer_.TakeChar(':'))) return false;
      const auto leads = [&](const JsonStep& step) {
        return kind == '{' ? step.place < 0 && step.key == key : step.place == place;
      };
      const bool goes_on = path != nullptr && !is_parent && leads(path->front());
      if (goes_on) Forget();
      lexer_.Front();
      const size_t value = at();
      const JsonSteps rest = goes_on ? path->subspan(1) : JsonSteps();
      if (!Take(goes_on ? &rest : nullptr)) return false;
      if (is_parent) {
        members_.push_back({document_.substr(head, value - head), document_.substr(value, at() - value), leads(last_)});
      }
      ++place;
      is_empty = !lexer_.TakeChar(',');
    }
    lexer_.Front();
    if (is_parent) end_ = at();
    return lexer_.TakeChar(close);
  }

  // Of equal keys on the way, too, the last one counts.
  void Forget() {
    kind_ = 0;
    members_.clear();
  }

  JsonLexer lexer_;
  absl::string_view document_;
  JsonStep last_;
  std::string new_key_;
  int depth_ = 0;

  char kind_ = 0;  // the parent's bracket; 0: there is none
  size_t begin_ = 0, end_ = 0;  // of what is between its brackets
  std::vector<Member> members_;
};

bool Finds(sqlite3_context* context, Parent& parent, JsonSteps path) {
  if (parent.Find(path)) return true;
  Fail(context, parent.is_too_deep() ? "JSON is nested too deep" : "malformed JSON");
  return false;
}

// ferro_json_set(document, path, value) and ferro_json_remove(document, path).
template <bool kSets>
void JsonChange(sqlite3_context* context, int, sqlite3_value** values) {
  Arena arena;
  std::vector<JsonStep> path;
  if (!ReadJsonSteps(TextOf(values[1]), arena, path) || path.empty()) return Fail(context, "no path into JSON");
  if (sqlite3_value_type(values[0]) == SQLITE_BLOB) return Fail(context, "malformed JSON");
  Parent parent(TextOf(values[0]), arena);
  if (!Finds(context, parent, path)) return;
  if constexpr (kSets) {
    ResultText(context, parent.With(TextOf(values[2])));
  } else {
    ResultText(context, parent.Without());
  }
}

constexpr ScalarRow kRows[] = {
    {"ferro_json_set", 3, Strict<JsonChange<true>>},
    {"ferro_json_remove", 2, Strict<JsonChange<false>>},
};

}  // namespace

std::span<const ScalarRow> JsonChangeFunctions() { return kRows; }

}  // namespace ferro::sqlite
