// Writes statements as SQL text. What is common to all dialects is here and not virtual; a clause
// that differs is a hook with a default near ISO SQL. One Renderer renders one statement.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/ast/visit.h"
#include "engine/sql/compiled.h"
#include "engine/sql/dialect.h"
#include "engine/sql/functions.h"
#include "engine/sql/json_path.h"
#include "engine/sql/writer.h"

namespace ferro::sql {

// What of a query's rows is wanted.
struct Page {
  ast::Maybe<ast::Expr> limit;
  ast::Maybe<ast::Expr> offset;
  bool with_ties = false;
};

class Renderer {
 public:
  Renderer(SqlWriter& writer, const DialectProfile& profile) : sql_(writer), profile_(profile) {}
  virtual ~Renderer() = default;
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  // Appends the steps of `statement` to `compiled`, whose parameters are set, and says what comes
  // back.
  absl::Status Render(const ast::Statement& statement, Compiled& compiled);
  // Writes WITH and the changes that stand before `statement`, which is rendered next.
  void Changes(ast::List<const ast::ChangeCte*> changes, const ast::Statement& statement);

 protected:
  // Called before anything is written.
  virtual void Begin(const ast::Statement& /*statement*/) {}

  // --- render_expr.cc
  // As it is, or in parentheses when it is made of parts: precedences differ between databases.
  void Expression(const ast::Expr& expr);
  void Operand(const ast::Expr& expr);
  void Bound(const ast::Param& param, bool not_negative = false);
  // A pattern in the words of this server: one of two functions, by whether case is folded.
  using Translate = decltype(Bind::translate);
  void Pattern(const ast::Regex& regex, Translate exact, Translate folded);
  // `a op b` with both sides as operands of a comparison at type `common`.
  void Comparison(const ast::Binary& binary);

  static absl::string_view ComparisonWord(ast::BinaryOp op);  // " <= "

  // A parameter as an expression; counts of rows and the like are Bound.
  virtual void Parameter(const ast::Param& param);
  // One side of a comparison or ordering.
  virtual void Compared(const ast::Expr& expr, Type common);
  virtual void Membership(const ast::In& in);
  virtual void LikePredicate(const ast::Like& like);
  // Of AND and OR.
  virtual void Term(const ast::Expr& term);
  // One of + - * / and so on, but no comparison.
  virtual void Arithmetic(const ast::Binary& binary);
  virtual void ArithmeticOperand(const ast::Expr& expr);
  virtual void Negation(const ast::Expr& operand);

  // --- render_call.cc
  void Expressions(ast::List<const ast::Expr*> expressions);
  // The same, of what rows are told apart by.
  void Groups(ast::List<const ast::Expr*> expressions);
  // SQL of a function's row, with the arguments in their places (see FunctionRow).
  void Template(absl::string_view sql, ast::List<const ast::Expr*> arguments,
                const Signature& signature);
  // An argument of an aggregate: NULL where the filter is not true, if filters are rewritten.
  void Filtered(const ast::Aggregate& aggregate, const ast::Expr* argument);
  // NAME(DISTINCT argument … ORDER BY …) FILTER (WHERE …), of the first argument.
  void AggregateCall(absl::string_view name, const ast::Aggregate& aggregate);
  void FilterClause(const ast::Aggregate& aggregate);
  void OrderBy(ast::List<const ast::OrderItem*> order, absl::string_view before = " ");

  // What follows a text so that it is compared exactly, where the server's collations would not.
  virtual void ExactCollation() {}
  // A number as float64.
  virtual void AsFloat(const ast::Expr& expr);
  virtual void Call(const ast::Call& call);
  virtual void Aggregate(const ast::Aggregate& aggregate);
  // ROW_NUMBER() and the like, without OVER; then what stands around both.
  void WindowFunction(const ast::WindowCall& call);
  // What a window of all rows is said to be divided by, where that must be said.
  virtual absl::string_view NoOrder(const ast::Over& /*over*/) { return ""; }  // in the place of an order
  virtual void OpenWindowCall(const ast::WindowCall& /*call*/) {}
  virtual void CloseWindowCall(const ast::WindowCall& /*call*/) {}
  // What stands around an aggregate, and around its window if it has one: a cast, perhaps.
  virtual void OpenAggregate(const ast::Aggregate& /*aggregate*/) {}
  virtual void CloseAggregate(const ast::Aggregate& /*aggregate*/) {}
  // A value that is looked for in a query.
  virtual void Sought(const ast::Expr& value, Type common);
  // A query that a value is looked for in.
  virtual void Looked(const ast::Query& query);
  // What is in EXISTS.
  virtual void Existing(const ast::Query& query) { QueryText(query); }
  virtual void Over(const ast::Over& over);
  virtual void Case(const ast::Case& node);
  virtual void CastTo(const ast::Cast& cast);
  virtual void RegexPredicate(const ast::Regex& regex);
  virtual void JsonValue(const ast::JsonGet& get);
  // A call whose first argument is a place in a document.
  virtual void JsonChange(const ast::Call& call, const JsonPath& path);
  virtual void Search(const ast::TextSearch& search);
  virtual void DistinctFrom(const ast::Binary& binary);
  // One value of a row of values.
  virtual void RowItem(const ast::Expr& item);
  virtual void QuantifiedComparison(const ast::Quantified& quantified);

  // --- render_query.cc
  void QueryText(const ast::Query& query);
  void SelectText(const ast::Select& select);
  // LIMIT … OFFSET …; `all_rows` stands for a limit that is not there.
  void LimitOffset(const Page& page, absl::string_view all_rows);

  // Whether the name of an item means the item also as a part of an expression of ORDER BY or HAVING; where
  // it does not the item stands there once more.
  virtual bool FindsItemsByName(bool /*in_having*/) const { return false; }
  // An item that is no more than an integer.
  virtual void IntegerItem(const ast::Literal& literal);
  // An item of rows that are told apart by it: of DISTINCT, a set operation, its order, or a group by its place.
  // Says whether it has written more than the value.
  virtual bool ComparedItem(const ast::Expr& value);
  // Whether NULLs stand first when nothing is said; nothing: it depends, so it is always said.
  virtual std::optional<bool> NullsStandFirst(bool descending) const;
  virtual void LimitClause(const Page& page);
  virtual void LockClause(const ast::Lock& lock);
  // A query in FROM or WITH, without its parentheses.
  virtual void TableText(const ast::Query& query) { QueryText(query); }
  virtual void CompoundText(const ast::Compound& compound);
  // The query of a common table expression.
  virtual void CommonText(const ast::Cte& cte);
  // Whether a common table expression is said at all.
  virtual bool IsSaid(const ast::Cte& /*cte*/) const { return true; }
  // Whether the table is a common table expression that is said where it is read, and has been written.
  virtual bool Inlined(const ast::Table& /*table*/) { return false; }
  // Instead of FROM, where a select reads none.
  virtual void NoTable(const ast::Select& /*select*/) {}
  // What stands before the items of a select.
  virtual void Hints(const ast::Select& /*select*/) {}
  // A member of a compound that is more than a plain select.
  virtual void NestedMember(const ast::Query& member, size_t number);
  // Whether a member stands beside others as it is, and is not nested.
  static bool IsPlainMember(const ast::Query& member);
  void GroupByClause(const ast::Grouping& grouping);
  virtual void DistinctClause(const ast::Distinct& distinct);
  virtual void MaterializedWord(ast::Materialized materialized);

  // --- render_mutation.cc
  void Names(ast::List<const ast::Assignment*> row);
  void ReturningClause(ast::List<const ast::SelectItem*> returning);

  // What stands after the table in an insert without columns.
  virtual void DefaultRow();
  // --- render_upsert.cc
  // What an insert does about rows that are there; nothing for one that is no upsert.
  void ConflictClause();
  // `column = value, …`
  void Assignments(ast::List<const ast::Assignment*> assignments);
  virtual void OnConflict(const ast::Upsert& upsert);
  virtual void ExcludedValue(const ast::Excluded& excluded);
  // The keys by which an update finds its one row: `column = parameter`.
  using Keys = std::vector<const ast::Binary*>;
  // Called for an update of one row whose parameters are those of its assignments and then those of its keys. Sets no
  // style where the dialect has none for it.
  virtual void BulkUpdate(const ast::Update& update, const Keys& keys, Bulk& bulk);
  // What is set to what, with the parameters of the rows being the columns of `rows`: `prefix` and their number.
  void SetFromRows(const ast::Update& update, absl::string_view prefix);
  void WhereKeysOfRows(const ast::Update& update, const Keys& keys, absl::string_view prefix);
  // Called when every value of the row is a parameter, and the row is not empty.
  virtual void BulkInsert(const ast::Insert& insert, Bulk& bulk);

  // --- render_ddl.cc
  // The name of a check on a column, or nothing when it would be too long for a name. Then CHECK
  // follows.
  void CheckConstraint(const ast::CreateTable& table, const ast::ColumnDefinition& column,
                       absl::string_view about);
  static bool IsOnlyKey(const ast::CreateTable& table, const ast::ColumnDefinition& column);

  // SMALLINT, INTEGER or BIGINT, of an int64 column.
  static absl::string_view IntegerWord(const ast::ColumnDefinition& column);

  virtual void ColumnType(const ast::CreateTable& table, const ast::ColumnDefinition& column);
  // What follows NOT NULL: checks that hold a column to its type.
  virtual void ColumnChecks(const ast::CreateTable& table, const ast::ColumnDefinition& column);
  // The whole of a column that the database numbers, after its name.
  virtual void GeneratedColumn(const ast::CreateTable& table, const ast::ColumnDefinition& column);
  // Whether the key is said at the column, so that the table must not say it again.
  virtual bool ColumnSaysPrimaryKey(const ast::CreateTable& /*table*/) const { return false; }
  virtual void TableOptions() {}
  void NameList(ast::List<ast::Name> names);
  // DEFAULT and the value.
  virtual void DefaultValue(const ast::Expr& value);
  // The keys in parentheses and the condition, of an index that has more than columns.
  virtual void IndexKeys(const ast::CreateIndex& index);
  void IndexKey(const ast::OrderItem& key);
  // A step after which violated foreign keys are errors at the end of the transaction only.
  virtual void DeferForeignKeys(Compiled& /*compiled*/) {}
  virtual void CreateIndexHead(const ast::CreateIndex& index, Step& step);
  virtual void DropIndexText(const ast::DropIndex& index, Step& step);
  virtual void CreateTextIndex(const ast::CreateTextIndex& index, Compiled& compiled);
  virtual void DropTextIndex(const ast::DropTextIndex& index, Compiled& compiled);
  // The words of a search, in the server's own language of searches.
  void SearchWords(const ast::TextSearch& search, Translate all, Translate any);

  // Ends a text; the reference is good until the next one.
  Step& AddStep(Compiled& compiled);

  // Remembers the first refusal; the text is thrown away.
  void Fail(absl::Status status);
  void Refuse(Feature feature, absl::string_view advice);
  bool Is(Feature feature, Support support) const { return profile_.SupportOf(feature) == support; }

  SqlWriter& sql_;
  const DialectProfile& profile_;
  // While the items of members of INTERSECT and EXCEPT are written.
  bool rows_are_matched_ = false;

 private:
  void Column(const ast::Column& column, bool alone);
  void Literal(const ast::Literal& literal);
  void Unary(const ast::Unary& unary);
  void Chain(ast::LogicalOp op, std::span<const ast::Expr* const> terms);
  void BetweenPredicate(const ast::Between& between);
  void Frame(const ast::Frame& frame);
  void FrameEdge(ast::FrameBound bound, const ast::Maybe<ast::Expr>& count);
  void Row(const ast::Row& row);
  void InQuery(const ast::InQuery& in);
  void Raw(const ast::Raw& raw);

  void RowsText(const ast::Query& query);
  void Items(ast::List<const ast::SelectItem*> items);
  void Member(const ast::Query& member, size_t number);
  void With(const ast::With& with);
  void ChangeText(const ast::Statement& change);
  void Source(const ast::Source& source);
  void Table(const ast::Table& table);
  void Derived(const ast::Derived& derived);
  void Join(const ast::Join& join);
  void GroupingClause(const ast::Grouping& grouping);
  void OrderClause(const ast::Select& select);
  void OrderItem(const ast::OrderItem& item);
  void Direction(const ast::OrderItem& item);
  void WhereClause(const ast::Maybe<ast::Expr>& where);

  void RawStatement(const ast::RawStatement& raw, Compiled& compiled);
  void Query(const ast::Query& query, Compiled& compiled);
  void Insert(const ast::Insert& insert, Compiled& compiled);
  void Update(const ast::Update& update, Compiled& compiled);
  void Delete(const ast::Delete& del, Compiled& compiled);
  void CreateTable(const ast::CreateTable& table, Compiled& compiled);
  void ColumnDefinition(const ast::CreateTable& table, const ast::ColumnDefinition& column);
  void Constraint(const ast::Constraint& constraint);
  void ForeignKey(const ast::ForeignKey& key);
  void AddConstraint(const ast::AddConstraint& add, Compiled& compiled);
  void DropConstraint(const ast::DropConstraint& drop, Compiled& compiled);
  void CreateIndex(const ast::CreateIndex& index, Compiled& compiled);

  void InsertText(const ast::Insert& insert);
  void InsertForKeys(const ast::Insert& insert, Compiled& compiled);
  void DescribeKey(const ast::Insert& insert, Compiled& compiled);
  void DescribeBulk(const ast::Insert& insert, Compiled& compiled);
  void InsertSelect(const ast::InsertSelect& insert, Compiled& compiled);
  void UpsertForRows(const ast::Insert& insert, Compiled& compiled);
  void DescribeBulkUpdate(const ast::Update& update, Compiled& compiled);
  void UpdateText(const ast::Update& update);
  void DeleteText(const ast::Delete& del);
  void InsertSelectText(const ast::InsertSelect& insert);
  bool HasKey(Feature feature, ast::Name key);
  void CollectKeys(ast::Name table, ast::Name key, Type key_type,
                   const ast::Maybe<ast::Expr>& where, Compiled& compiled);
  void WhereKeyIn(ast::Name key, Type key_type);
  void SelectByKeys(ast::Name table, ast::List<const ast::SelectItem*> items, ast::Name key,
                    Type key_type, Compiled& compiled);

  const ast::Upsert* upsert_ = nullptr;  // that the insert belongs to
  // While ORDER BY or HAVING is written: the select whose items may be meant by their names.
  const ast::Select* naming_ = nullptr;
  bool in_having_ = false;
  bool with_is_open_ = false;  // WITH stands there already, and what comes next goes on with it
  // While items are written: see ComparedItem.
  bool rows_are_compared_ = false;
  absl::Status status_;
};

// What the rows of `items` look like to the caller.
std::vector<ResultColumn> ResultColumns(ast::List<const ast::SelectItem*> items);

}  // namespace ferro::sql
