#include "engine/sql/writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ferro::sql {

SqlWriter& SqlWriter::operator<<(absl::string_view words) {
  absl::StrAppend(&piece_, words);
  return *this;
}

void SqlWriter::Identifier(absl::string_view name) {
  piece_.push_back(lexicon_.quote);
  for (const char c : name) {
    if (c == lexicon_.quote) piece_.push_back(c);
    piece_.push_back(c);
  }
  piece_.push_back(lexicon_.quote);
}

// Negative numbers in parentheses: "--" would start a comment.
void SqlWriter::Integer(int64_t value) {
  if (value < 0) {
    absl::StrAppend(&piece_, "(", value, ")");
  } else {
    absl::StrAppend(&piece_, value);
  }
}

void SqlWriter::Placeholder(const Bind& bind) {
  if (lexicon_.placeholder == sql::Placeholder::kQuestion) {
    piece_.push_back('?');
    text_.binds.push_back(bind);
    return;
  }
  // A numbered placeholder can be named again, so each value is sent once.
  auto known = std::find_if(text_.binds.begin(), text_.binds.end(), [&](const Bind& other) {
    return other.source == bind.source && other.index == bind.index && other.type == bind.type;
  });
  if (known == text_.binds.end()) {
    known = text_.binds.insert(known, bind);
  } else {
    known->not_negative = known->not_negative || bind.not_negative;
  }
  absl::StrAppend(&piece_, "$", known - text_.binds.begin() + 1);
}

void SqlWriter::SpelledList(const Bind& bind) {
  text_.binds.push_back(bind);
  text_.pieces.push_back(std::exchange(piece_, std::string()));
}

Text SqlWriter::Take() {
  text_.pieces.push_back(std::exchange(piece_, std::string()));
  return std::exchange(text_, Text());
}

}  // namespace ferro::sql
