// A dialect's words: what differs by a word and not by a clause. Constants of static storage.
#pragma once

#include "absl/strings/string_view.h"

namespace ferro::sql {

enum class Placeholder : uint8_t { kQuestion, kDollar };

struct Lexicon {
  char quote = '"';                 // of identifiers, doubled inside
  Placeholder placeholder = Placeholder::kQuestion;
  absl::string_view true_word = "TRUE";
  absl::string_view false_word = "FALSE";
  absl::string_view empty_list = "";  // what stands in IN (…) for a list without values
  // What stands in IN (…) for a list of many values, which is one parameter then; empty: they are spelled out.
  absl::string_view list_rows = "";
  absl::string_view double_type = "DOUBLE PRECISION";
  absl::string_view begin = "BEGIN";
  absl::string_view begin_write = "BEGIN";  // for a transaction that will write
  absl::string_view savepoint = "SAVEPOINT ";
  absl::string_view rollback_to = "ROLLBACK TO SAVEPOINT ";
  absl::string_view explain = "EXPLAIN ";  // before a statement
  absl::string_view explain_analyze = "EXPLAIN ANALYZE ";
  absl::string_view release = "RELEASE SAVEPOINT ";
};

}  // namespace ferro::sql
