// Plan bytes to AST. Every limit of format.h is checked here, so that later passes may trust the tree.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ast/node.h"
#include "engine/base/arena.h"

namespace ferro::plan {

struct ParameterSlot {
  Type type = Type::kNull;
  bool is_list = false;
};

struct Plan {
  const ast::Statement* statement = nullptr;  // lies in the arena; names do too
  std::vector<ParameterSlot> parameters;      // by Param::index
};

// ErrorClass::kPlan, naming the offset, when the bytes are no valid plan.
absl::StatusOr<Plan> Read(absl::string_view bytes, Arena& arena);

}  // namespace ferro::plan
