// The words and the feature rows of this dialect, for dialect.cc. MariaDB and MySQL share
// nearly all words.
#pragma once

#include <span>

#include "engine/sql/dialect.h"
#include "engine/sql/feature.h"
#include "engine/sql/functions.h"
#include "engine/sql/lexicon.h"

namespace ferro::mysql {

extern const sql::Lexicon kMysqlLexicon;
extern const sql::Lexicon kMariadbLexicon;
extern const std::span<const sql::FunctionRow> kFunctions;
extern const sql::FeatureTable kMysqlFeatures;
extern const sql::FeatureTable kMariadbFeatures;

// For DialectProfile::append_literal.
absl::Status AppendLiteral(const Value& value, Type type, const sql::DialectProfile& profile,
                           std::string& out);

}  // namespace ferro::mysql
