// Where a renderer writes: text, quoted names, strings and placeholders are told apart, so that nothing of the
// caller's can reach the text unquoted.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/sql/compiled.h"
#include "engine/sql/lexicon.h"

namespace ferro::sql {

class SqlWriter {
 public:
  explicit SqlWriter(const Lexicon& lexicon) : lexicon_(lexicon) {}

  // Words of the dialect; never a name or value of the caller.
  SqlWriter& operator<<(absl::string_view words);
  // An identifier, quoted with the dialect's quote, which is doubled inside.
  void Identifier(absl::string_view name);
  // Characters of the caller's as a string literal. A backslash stands for itself in every session of ours:
  // MySQL runs with NO_BACKSLASH_ESCAPES, PostgreSQL with standard_conforming_strings.
  void String(absl::string_view characters);
  // An integer that the compiler itself made or the plan carries as a literal.
  void Integer(int64_t value);
  // A placeholder for one value ("?", "$3"), and where its value comes from.
  void Placeholder(const Bind& bind);
  // A list that is spelled out when its length is known: ends a piece.
  void SpelledList(const Bind& bind);

  // From here on values become literals, as definitions want them.
  void WriteLiterals() { literals_ = true; }
  bool writes_literals() const { return literals_; }

  // Bytes of text so far.
  size_t size() const { return piece_.size(); }

  // What was written, and a fresh start.
  Text Take();

 private:
  const Lexicon& lexicon_;
  Text text_;
  std::unordered_map<uint64_t, size_t> numbers_;  // of numbered placeholders, by what is bound
  std::string piece_;
  bool literals_ = false;
};

}  // namespace ferro::sql
