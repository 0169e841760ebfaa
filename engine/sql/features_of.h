// Which features a statement asks for: one walk. The answer is the same for every dialect.
#pragma once

#include "engine/ast/node.h"
#include "engine/sql/feature.h"

namespace ferro::sql {

FeatureSet FeaturesOf(const ast::Statement& statement);

}  // namespace ferro::sql
