// The words and the feature rows of this dialect, for dialect.cc.
#pragma once

#include <span>

#include "engine/sql/dialect.h"
#include "engine/sql/feature.h"
#include "engine/sql/functions.h"
#include "engine/sql/lexicon.h"

namespace ferro::postgresql {

extern const sql::Lexicon kLexicon;
extern const std::span<const sql::FunctionRow> kFunctions;
extern const sql::FeatureTable kFeatures;

// For DialectProfile::append_literal.
absl::Status AppendLiteral(const Value& value, Type type, const sql::DialectProfile& profile,
                           std::string& out);

// The type of a column without its measures; nothing for what is no type of a column.
absl::string_view TypeWord(Type type);

}  // namespace ferro::postgresql
