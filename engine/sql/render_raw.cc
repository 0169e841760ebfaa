// Statements in words of the caller's.
#include "engine/sql/renderer.h"

namespace ferro::sql {

void Renderer::RawStatement(const ast::RawStatement& raw, Compiled& compiled) {
  switch (raw.effect) {
    case ast::RawEffect::kUnknown:
      compiled.statement_class = StatementClass::kWrite;
      break;
    case ast::RawEffect::kReads:
      compiled.statement_class = StatementClass::kQuery;
      break;
    case ast::RawEffect::kDefinition:
      compiled.statement_class = StatementClass::kDefinition;
      break;
  }
  for (size_t i = 0; i < raw.pieces.size(); ++i) {
    sql_ << raw.pieces[i].text;
    if (i < raw.places.size()) Operand(*raw.arguments[static_cast<size_t>(raw.places[i])]);
  }
  Step& step = AddStep(compiled);
  step.open = true;
  for (const ast::Column* column : raw.columns) {
    step.named.push_back({std::string(column->name), column->type});
  }
}

}  // namespace ferro::sql
