// Values as literals, for definitions: servers take no parameters there. Each dialect writes them so that they
// are what its parameters are: same type, same stored form. Nothing of a value can end its literal.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/sql/compiled.h"
#include "engine/sql/dialect.h"
#include "engine/value/value.h"

namespace ferro::sql {

// What every dialect refuses: arrays, dates beyond the years 1 to 9999, text with U+0000 or that is no UTF-8,
// digits that are no decimal.
absl::Status CheckLiteral(const Value& value);

// 'text' with quotes doubled; a backslash stands for itself in every session of ours.
void AppendQuoted(std::string& out, absl::string_view text);
// X'6162'
void AppendHex(std::string& out, absl::string_view bytes);
// 1.5E0, which every server reads as a binary fraction. Of a finite number; in parentheses when negative.
void AppendDouble(std::string& out, double value);
// Digits, in parentheses when negative: "--" starts a comment.
void AppendNumber(std::string& out, absl::string_view digits);

// The text of a definition with its arguments in it.
absl::StatusOr<std::string> WithLiterals(const Text& text, const DialectProfile& profile,
                                         std::span<const Value> arguments);

}  // namespace ferro::sql
