#include "engine/plan/sexpr.h"

#include "engine/base/try.h"
#include "engine/plan/assembler.h"

namespace ferro::plan {

absl::StatusOr<std::string> Assemble(absl::string_view text) {
  FERRO_ASSIGN(const Sexpr tree, ParseTree(text));
  Assembler assembler;
  FERRO_TRY(assembler.Statement(tree));
  return assembler.bytes();
}

absl::StatusOr<Plan> ParseSexpr(absl::string_view text, Arena& arena) {
  FERRO_ASSIGN(const std::string bytes, Assemble(text));
  return Read(bytes, arena);
}

}  // namespace ferro::plan
