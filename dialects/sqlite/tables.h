// The words and the feature rows of this dialect, for dialect.cc.
#pragma once

#include "absl/strings/string_view.h"
#include <span>

#include "engine/sql/dialect.h"
#include "engine/sql/feature.h"
#include "engine/sql/functions.h"
#include "engine/sql/lexicon.h"

namespace ferro::sqlite {

extern const sql::Lexicon kLexicon;
extern const std::span<const sql::FunctionRow> kFunctions;
extern const sql::FeatureTable kFeatures;

// How the checks of narrow integer columns end: written by renderer.cc, known again by errors.cc.
inline constexpr absl::string_view kInt16Bounds = " BETWEEN -32768 AND 32767)";
inline constexpr absl::string_view kInt32Bounds = " BETWEEN -2147483648 AND 2147483647)";

// For DialectProfile::append_literal.
absl::Status AppendLiteral(const Value& value, Type type, const sql::DialectProfile& profile,
                           std::string& out);

}  // namespace ferro::sqlite
