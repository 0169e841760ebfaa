// INSERT, UPDATE and DELETE, and their RETURNING on servers that have none: the rows are found by
// their key, in more than one step of one transaction.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "engine/sql/renderer.h"

namespace ferro::sql {
namespace {

bool IsColumn(const ast::Expr& expr, ast::Name name) {
  return expr.kind == ast::Kind::kColumn && ast::As<ast::Column>(expr).name == name;
}

const ast::Assignment* Find(ast::List<const ast::Assignment*> row, ast::Name column) {
  for (const ast::Assignment* assignment : row) {
    if (absl::EqualsIgnoreCase(assignment->column, column)) return assignment;
  }
  return nullptr;
}

// Whether the arguments of the statement are the values of its row, one each, and perhaps more after them.
bool TakesOneRow(const ast::Insert& insert, const Compiled& compiled, bool more) {
  if (insert.row.size() > compiled.parameters.size()) return false;
  if (insert.row.size() < compiled.parameters.size() && !more) return false;
  for (size_t i = 0; i < insert.row.size(); ++i) {
    const ast::Expr& value = *insert.row[i]->value;
    if (value.kind != ast::Kind::kParam || ast::As<ast::Param>(value).index != i) return false;
  }
  return true;
}

}  // namespace

void Renderer::Insert(const ast::Insert& insert, Compiled& compiled) {
  compiled.statement_class = StatementClass::kWrite;
  compiled.columns = ResultColumns(insert.returning);
  DescribeKey(insert, compiled);
  if (!insert.returning.empty() && Is(Feature::kInsertReturning, Support::kRewritten)) {
    upsert_ == nullptr ? InsertForKeys(insert, compiled) : UpsertForRows(insert, compiled);
  } else {
    InsertText(insert);
    ConflictClause();
    ReturningClause(insert.returning);
    AddStep(compiled).columns = compiled.columns;
  }
  if (status_.ok() && TakesOneRow(insert, compiled, upsert_ != nullptr)) DescribeBulk(insert, compiled);
}

void Renderer::InsertText(const ast::Insert& insert) {
  sql_ << "INSERT INTO ";
  sql_.Identifier(insert.table);
  if (insert.row.empty()) return DefaultRow();
  Names(insert.row);
  sql_ << " VALUES (";
  for (size_t i = 0; i < insert.row.size(); ++i) {
    if (i > 0) sql_ << ", ";
    Expression(*insert.row[i]->value);
  }
  sql_ << ")";
}

void Renderer::Names(ast::List<const ast::Assignment*> row) {
  sql_ << " (";
  for (size_t i = 0; i < row.size(); ++i) {
    if (i > 0) sql_ << ", ";
    sql_.Identifier(row[i]->column);
  }
  sql_ << ")";
}

void Renderer::DefaultRow() { sql_ << " DEFAULT VALUES"; }

void Renderer::ReturningClause(ast::List<const ast::SelectItem*> returning) {
  if (returning.empty()) return;
  sql_ << " RETURNING ";
  Items(returning);
}

// Where the key is among the arguments and among the columns that come back.
void Renderer::DescribeKey(const ast::Insert& insert, Compiled& compiled) {
  if (insert.key.empty()) return;
  for (size_t i = 0; i < insert.returning.size(); ++i) {
    if (IsColumn(*insert.returning[i]->value, insert.key)) {
      compiled.key_column = static_cast<int32_t>(i);
      break;
    }
  }
  const ast::Assignment* key = Find(insert.row, insert.key);
  if (key != nullptr && key->value->kind == ast::Kind::kParam) {
    compiled.supplied_key = static_cast<int32_t>(ast::As<ast::Param>(*key->value).index);
    compiled.table = std::string(insert.table);
    compiled.key = std::string(insert.key);
  }
}

void Renderer::DescribeBulk(const ast::Insert& insert, Compiled& compiled) {
  Bulk& bulk = compiled.bulk;
  const bool emulated = compiled.steps.front().role == StepRole::kInsertForKeys;
  if (insert.row.empty()) return;
  bulk.row_parameters = insert.row.size();
  BulkInsert(insert, bulk);
  if (upsert_ != nullptr || !insert.returning.empty()) bulk.copy = {};  // it gives nothing back and heeds no conflict
  if (upsert_ != nullptr && !insert.returning.empty()) {
    const bool native = Is(Feature::kInsertReturning, Support::kNative);
    bulk.one_row_each = !native && bulk.read.empty();
    bulk.unordered = !bulk.one_row_each;
    return;
  }
  if (bulk.style != BulkStyle::kValues || insert.returning.empty()) return;
  const bool supplied = Find(insert.row, insert.key) != nullptr;
  if (emulated) {
    // The first generated key says the others of a statement; supplied keys say nothing of each
    // other.
    bulk.one_row_each = supplied;
    return;
  }
  // No order is promised for the rows that RETURNING gives. Generated keys ascend with the rows,
  // and supplied keys are matched by value (engine/db/ordered_rows.h); without a key in sight only
  // single rows are in order.
  compiled.has_generated_key_order =
      !supplied && compiled.key_column >= 0 && insert.key_type == Type::kInt64;
  bulk.one_row_each =
      !compiled.has_generated_key_order && (compiled.key_column < 0 || compiled.supplied_key < 0);
}

void Renderer::BulkInsert(const ast::Insert& insert, Bulk& bulk) {
  const auto take = [this] { return sql_.Take().pieces.front(); };
  bulk.style = BulkStyle::kValues;
  sql_ << "INSERT INTO ";
  sql_.Identifier(insert.table);
  Names(insert.row);
  sql_ << " VALUES ";
  bulk.head = take();
  sql_ << "(";
  for (size_t i = 0; i < insert.row.size(); ++i) {
    if (i > 0) sql_ << ", ";
    Expression(*insert.row[i]->value);
  }
  sql_ << ")";
  bulk.row = take();
  ConflictClause();
  if (Is(Feature::kInsertReturning, Support::kNative)) ReturningClause(insert.returning);
  Text tail = sql_.Take();
  const auto is_plain = [](const Bind& bind) {
    return bind.source == BindSource::kParameter && bind.translate == nullptr && !bind.not_negative;
  };
  // A list may be of another length in each call, and numbered placeholders would depend on the rows before.
  const bool numbered = profile_.lexicon->placeholder == sql::Placeholder::kDollar;
  if ((numbered && !tail.binds.empty()) ||
      !std::all_of(tail.binds.begin(), tail.binds.end(), is_plain)) {
    bulk.style = BulkStyle::kNone;
    return;
  }
  bulk.tail = std::move(tail.pieces.front());
  bulk.tail_binds = std::move(tail.binds);
}

void Renderer::InsertForKeys(const ast::Insert& insert, Compiled& compiled) {
  if (!HasKey(Feature::kInsertReturning, insert.key)) return;
  const ast::Assignment* key = Find(insert.row, insert.key);
  if (key != nullptr && compiled.supplied_key < 0) {
    return Refuse(Feature::kInsertReturning,
                  "the new row is found by its key: give the key as a parameter, or leave it out");
  }
  if (key == nullptr && insert.key_type != Type::kInt64) {
    return Refuse(Feature::kInsertReturning,
                  "only an int64 key that the database numbers can be found: supply the key");
  }
  InsertText(insert);
  AddStep(compiled).role = StepRole::kInsertForKeys;
  compiled.keys_are_result = insert.returning.size() == 1 && compiled.key_column == 0;
  if (compiled.keys_are_result) return;
  compiled.atomic = true;
  SelectByKeys(insert.table, insert.returning, insert.key, insert.key_type, compiled);
}

void Renderer::Update(const ast::Update& update, Compiled& compiled) {
  compiled.statement_class = StatementClass::kWrite;
  compiled.columns = ResultColumns(update.returning);
  if (update.returning.empty() || Is(Feature::kUpdateReturning, Support::kNative)) {
    UpdateText(update);
    WhereClause(update.where);
    ReturningClause(update.returning);
    AddStep(compiled).columns = compiled.columns;
    if (status_.ok() && update.returning.empty()) DescribeBulkUpdate(update, compiled);
    return;
  }
  if (!HasKey(Feature::kUpdateReturning, update.key)) return;
  if (Find(update.assignments, update.key) != nullptr) {
    return Refuse(Feature::kUpdateReturning,
                  "the changed rows are found by their key, which this update changes: select them "
                  "afterwards");
  }
  compiled.atomic = true;
  CollectKeys(update.table, update.key, update.key_type, update.where, compiled);
  UpdateText(update);
  WhereKeyIn(update.key, update.key_type);
  AddStep(compiled).role = StepRole::kAffect;
  SelectByKeys(update.table, update.returning, update.key, update.key_type, compiled);
}

void Renderer::UpdateText(const ast::Update& update) {
  sql_ << "UPDATE ";
  sql_.Identifier(update.table);
  sql_ << " SET ";
  Assignments(update.assignments);
}

void Renderer::InsertSelect(const ast::InsertSelect& insert, Compiled& compiled) {
  compiled.statement_class = StatementClass::kWrite;
  compiled.columns = ResultColumns(insert.returning);
  InsertSelectText(insert);
  AddStep(compiled).columns = compiled.columns;
}

void Renderer::InsertSelectText(const ast::InsertSelect& insert) {
  sql_ << "INSERT INTO ";
  sql_.Identifier(insert.table);
  sql_ << " ";
  NameList(insert.columns);
  sql_ << " ";
  QueryText(*insert.query);
  ReturningClause(insert.returning);
}

void Renderer::Delete(const ast::Delete& del, Compiled& compiled) {
  compiled.statement_class = StatementClass::kWrite;
  compiled.columns = ResultColumns(del.returning);
  if (del.returning.empty() || Is(Feature::kDeleteReturning, Support::kNative)) {
    DeleteText(del);
    AddStep(compiled).columns = compiled.columns;
    return;
  }
  if (!HasKey(Feature::kDeleteReturning, del.key)) return;
  compiled.atomic = true;
  CollectKeys(del.table, del.key, del.key_type, del.where, compiled);
  SelectByKeys(del.table, del.returning, del.key, del.key_type, compiled);
  sql_ << "DELETE FROM ";
  sql_.Identifier(del.table);
  WhereKeyIn(del.key, del.key_type);
  AddStep(compiled).role = StepRole::kAffect;
}

void Renderer::DeleteText(const ast::Delete& del) {
  sql_ << "DELETE FROM ";
  sql_.Identifier(del.table);
  WhereClause(del.where);
  ReturningClause(del.returning);
}

namespace {

// The common table expressions of the statement itself.
const ast::With* WithOf(const ast::Statement& statement) {
  if (statement.kind == ast::Kind::kSelect) return ast::As<ast::Select>(statement).with.node;
  if (statement.kind == ast::Kind::kCompound) return ast::As<ast::Compound>(statement).with.node;
  return nullptr;
}

}  // namespace

void Renderer::Changes(ast::List<const ast::ChangeCte*> changes, const ast::Statement& statement) {
  const ast::With* with = WithOf(statement);
  sql_ << (with != nullptr && with->recursive ? "WITH RECURSIVE " : "WITH ");
  absl::string_view comma;
  for (const ast::ChangeCte* cte : changes) {
    sql_ << comma;
    comma = ", ";
    sql_.Identifier(cte->name);
    if (!cte->columns.empty()) {
      sql_ << " ";
      NameList(cte->columns);
    }
    sql_ << " AS (";
    ChangeText(*cte->change);
    sql_ << ")";
  }
  sql_ << (with != nullptr ? ", " : " ");
  with_is_open_ = with != nullptr;
}

void Renderer::ChangeText(const ast::Statement& change) {
  if (change.kind == ast::Kind::kUpdate) {
    const auto& update = ast::As<ast::Update>(change);
    UpdateText(update);
    WhereClause(update.where);
    return ReturningClause(update.returning);
  }
  if (change.kind == ast::Kind::kDelete) return DeleteText(ast::As<ast::Delete>(change));
  if (change.kind == ast::Kind::kInsertSelect) return InsertSelectText(ast::As<ast::InsertSelect>(change));
  upsert_ = change.kind == ast::Kind::kUpsert ? &ast::As<ast::Upsert>(change) : nullptr;
  const ast::Insert& insert = upsert_ != nullptr ? *upsert_->insert : ast::As<ast::Insert>(change);
  InsertText(insert);
  ConflictClause();
  ReturningClause(insert.returning);
  upsert_ = nullptr;
}

bool Renderer::HasKey(Feature feature, ast::Name key) {
  if (!key.empty()) return true;
  Refuse(feature, "the rows are found by their key: name the table's single-column primary key");
  return false;
}

// The rows stay locked until the transaction ends, so that the later steps see the same ones.
void Renderer::CollectKeys(ast::Name table, ast::Name key, Type key_type,
                           const ast::Maybe<ast::Expr>& where, Compiled& compiled) {
  sql_ << "SELECT ";
  sql_.Identifier(key);
  sql_ << " FROM ";
  sql_.Identifier(table);
  WhereClause(where);
  sql_ << " FOR UPDATE";
  Step& step = AddStep(compiled);
  step.role = StepRole::kCollectKeys;
  step.counts = false;
  step.columns = {{std::string(key), key_type}};
}

void Renderer::WhereKeyIn(ast::Name key, Type key_type) {
  sql_ << " WHERE ";
  sql_.Identifier(key);
  sql_ << " IN (";
  sql_.SpelledList({BindSource::kKeys, 0, key_type, false});
  sql_ << ")";
}

void Renderer::SelectByKeys(ast::Name table, ast::List<const ast::SelectItem*> items, ast::Name key,
                            Type key_type, Compiled& compiled) {
  sql_ << "SELECT ";
  Items(items);
  sql_ << " FROM ";
  sql_.Identifier(table);
  WhereKeyIn(key, key_type);
  sql_ << " ORDER BY ";
  sql_.Identifier(table);  // an alias of an item may be named as the key
  sql_ << ".";
  sql_.Identifier(key);
  Step& step = AddStep(compiled);
  step.columns = compiled.columns;
  step.counts = false;
}

}  // namespace ferro::sql
