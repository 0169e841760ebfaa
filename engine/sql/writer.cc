#include "engine/sql/writer.h"

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

void SqlWriter::String(absl::string_view characters) {
  piece_.push_back('\'');
  for (const char c : characters) {
    if (c == '\'') piece_.push_back(c);
    piece_.push_back(c);
  }
  piece_.push_back('\'');
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
  if (literals_) return SpelledList(bind);
  if (lexicon_.placeholder == sql::Placeholder::kQuestion) {
    piece_.push_back('?');
    text_.binds.push_back(bind);
    return;
  }
  // A numbered placeholder can be named again, so each value is sent once.
  const uint64_t what = (static_cast<uint64_t>(bind.source) << 32) | bind.index;
  const auto [known, is_new] = numbers_.try_emplace(what, text_.binds.size());
  if (is_new) {
    text_.binds.push_back(bind);
  } else if (bind.not_negative) {
    text_.binds[known->second].not_negative = true;
  }
  absl::StrAppend(&piece_, "$", known->second + 1);
}

void SqlWriter::SpelledList(const Bind& bind) {
  text_.binds.push_back(bind);
  text_.pieces.push_back(std::exchange(piece_, std::string()));
}

Text SqlWriter::Take() {
  text_.pieces.push_back(std::exchange(piece_, std::string()));
  numbers_.clear();
  text_.literals = literals_;
  return std::exchange(text_, Text());
}

}  // namespace ferro::sql
