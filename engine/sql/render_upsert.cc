// What an insert does about rows that are there already, and updates of many rows by one statement.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/sql/renderer.h"
#include "engine/sql/scope.h"

namespace ferro::sql {
namespace {

const ast::Assignment* Find(ast::List<const ast::Assignment*> row, ast::Name column) {
  for (const ast::Assignment* assignment : row) {
    if (absl::EqualsIgnoreCase(assignment->column, column)) return assignment;
  }
  return nullptr;
}

const ast::Param* ParamOf(const ast::Assignment* assignment) {
  if (assignment == nullptr || assignment->value->kind != ast::Kind::kParam) return nullptr;
  return &ast::As<ast::Param>(*assignment->value);
}

// `column = parameter number next`, which is counted on.
const ast::Binary* KeyTerm(const ast::Expr& term, uint32_t& next) {
  if (term.kind != ast::Kind::kBinary) return nullptr;
  const auto& binary = ast::As<ast::Binary>(term);
  const bool fits = binary.op == ast::BinaryOp::kEqual &&
                    binary.left->kind == ast::Kind::kColumn &&
                    binary.right->kind == ast::Kind::kParam;
  if (!fits || ast::As<ast::Param>(*binary.right).index != next) return nullptr;
  ++next;
  return &binary;
}

}  // namespace

void Renderer::Assignments(ast::List<const ast::Assignment*> assignments) {
  for (size_t i = 0; i < assignments.size(); ++i) {
    if (i > 0) sql_ << ", ";
    sql_.Identifier(assignments[i]->column);
    sql_ << " = ";
    Expression(*assignments[i]->value);
  }
}

void Renderer::ConflictClause() {
  if (upsert_ != nullptr) OnConflict(*upsert_);
}

void Renderer::OnConflict(const ast::Upsert& upsert) {
  sql_ << " ON CONFLICT";
  if (!upsert.target.empty()) {
    sql_ << " ";
    NameList(upsert.target);
  }
  if (upsert.assignments.empty()) {
    sql_ << " DO NOTHING";
    return;
  }
  sql_ << " DO UPDATE SET ";
  Assignments(upsert.assignments);
  WhereClause(upsert.where);
}

void Renderer::ExcludedValue(const ast::Excluded& excluded) {
  sql_.Identifier("excluded");
  sql_ << ".";
  sql_.Identifier(excluded.name);
}

// Every row is written, so the rows are those that have the keys of the target, which nothing changes.
void Renderer::UpsertForRows(const ast::Insert& insert, Compiled& compiled) {
  std::vector<const ast::Param*> keys;
  for (const ast::Name column : upsert_->target) {
    const ast::Param* param = ParamOf(Find(insert.row, column));
    if (param == nullptr || Find(upsert_->assignments, column) != nullptr) {
      return Refuse(Feature::kInsertReturning,
                    "the rows are found by the unique key of the conflict: give it as parameters, "
                    "and do not change it");
    }
    keys.push_back(param);
  }
  InsertText(insert);
  ConflictClause();
  AddStep(compiled).role = StepRole::kAffect;
  compiled.atomic = true;
  const auto read = [&] {
    sql_ << "SELECT ";
    Items(insert.returning);
    sql_ << " FROM ";
    sql_.Identifier(insert.table);
    sql_ << " WHERE ";
  };
  const auto same_key = [&] {
    for (size_t i = 0; i < keys.size(); ++i) {
      sql_ << (i == 0 ? "(" : " AND ");
      sql_.Identifier(insert.table);
      sql_ << ".";
      sql_.Identifier(upsert_->target[i]);
      sql_ << " = ";
      Bound(*keys[i]);
    }
    sql_ << ")";
  };
  // For many rows, where nothing else is bound.
  read();
  Text many = sql_.Take();
  same_key();
  Text key = sql_.Take();
  if (many.pieces.size() == 1 && many.binds.empty() && key.pieces.size() == 1) {
    compiled.bulk.read = std::move(many.pieces.front());
    compiled.bulk.read_row = std::move(key.pieces.front());
    compiled.bulk.read_keys = std::move(key.binds);
  }
  read();
  same_key();
  Step& step = AddStep(compiled);
  step.columns = compiled.columns;
  step.counts = false;
}

// UPDATE t SET a = $1, b = b + 1 WHERE k = $2 may be run for many rows at once.
void Renderer::DescribeBulkUpdate(const ast::Update& update, Compiled& compiled) {
  uint32_t next = 0;
  for (const ast::Assignment* assignment : update.assignments) {
    const ast::Param* param = ParamOf(assignment);
    if (param == nullptr ? HasParameter(*assignment->value) : param->index != next) return;
    if (param != nullptr) ++next;
  }
  if (!update.where) return;
  Keys keys;
  const auto add = [&](const ast::Expr& term) {
    const ast::Binary* key = KeyTerm(term, next);
    if (key != nullptr) keys.push_back(key);
    return key != nullptr;
  };
  if (update.where->kind == ast::Kind::kLogical) {
    const auto& chain = ast::As<ast::Logical>(*update.where);
    if (chain.op != ast::LogicalOp::kAnd) return;
    for (const ast::Expr* term : chain.terms) {
      if (!add(*term)) return;
    }
  } else if (!add(*update.where)) {
    return;
  }
  if (next != compiled.parameters.size()) return;
  compiled.bulk.row_parameters = next;
  BulkUpdate(update, keys, compiled.bulk);
}

void Renderer::BulkUpdate(const ast::Update& /*update*/, const Keys& /*keys*/, Bulk& /*bulk*/) {}

void Renderer::SetFromRows(const ast::Update& update, absl::string_view prefix) {
  for (size_t i = 0; i < update.assignments.size(); ++i) {
    const ast::Assignment& assignment = *update.assignments[i];
    if (i > 0) sql_ << ", ";
    sql_.Identifier(assignment.column);
    sql_ << " = ";
    const ast::Param* param = ParamOf(&assignment);
    if (param == nullptr) {
      Expression(*assignment.value);
    } else {
      sql_ << absl::StrCat(prefix, param->index + 1);
    }
  }
}

void Renderer::WhereKeysOfRows(const ast::Update& update, const Keys& keys, absl::string_view prefix) {
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) sql_ << " AND ";
    sql_.Identifier(update.table);
    sql_ << ".";
    sql_.Identifier(ast::As<ast::Column>(*keys[i]->left).name);
    sql_ << absl::StrCat(" = ", prefix, ast::As<ast::Param>(*keys[i]->right).index + 1);
  }
}

}  // namespace ferro::sql
