// The words and the feature rows of this dialect, for dialect.cc.
#pragma once

#include <span>

#include "engine/sql/feature.h"
#include "engine/sql/functions.h"
#include "engine/sql/lexicon.h"

namespace ferro::postgresql {

extern const sql::Lexicon kLexicon;
extern const std::span<const sql::FunctionRow> kFunctions;
extern const sql::FeatureTable kFeatures;

}  // namespace ferro::postgresql
