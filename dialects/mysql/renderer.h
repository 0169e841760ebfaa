// The clauses that MySQL and MariaDB write in their own way.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "engine/sql/json_path.h"
#include "engine/sql/renderer.h"

namespace ferro::mysql {

// A limit that is none.
inline constexpr absl::string_view kAllRows = "18446744073709551615";

class MysqlRenderer final : public sql::Renderer {
 public:
  using Renderer::Renderer;

 protected:
  void Begin(const ast::Statement& statement) override;
  void Parameter(const ast::Param& param) override;
  void Compared(const ast::Expr& expr, Type common) override;
  void LikePredicate(const ast::Like& like) override;
  void Arithmetic(const ast::Binary& binary) override;
  // In an expression of ORDER BY MariaDB has error 1247 for the name of an aggregate.
  bool FindsItemsByName(bool in_having) const override {
    return in_having || profile_.version.product != Product::kMariadb;
  }
  void LimitClause(const sql::Page& page) override;
  void LockClause(const ast::Lock& lock) override;
  void NestedMember(const ast::Query& member, size_t number) override;
  void TableText(const ast::Query& query) override;
  void CompoundText(const ast::Compound& compound) override;
  void Existing(const ast::Query& query) override;
  void Over(const ast::Over& over) override;
  void CommonText(const ast::Cte& cte) override;
  bool IsSaid(const ast::Cte& cte) const override { return !unread_.contains(&cte); }
  bool Inlined(const ast::Table& table) override;
  void Sought(const ast::Expr& value, Type common) override;
  void NoTable(const ast::Select& select) override;
  void Hints(const ast::Select& select) override;
  absl::string_view NoOrder(const ast::Over& over) override;
  bool ComparedItem(const ast::Expr& value) override;
  void ExactCollation() override;
  void Aggregate(const ast::Aggregate& aggregate) override;
  void OpenAggregate(const ast::Aggregate& aggregate) override;
  void CloseAggregate(const ast::Aggregate& aggregate) override;
  void OpenWindowCall(const ast::WindowCall& call) override;
  void CloseWindowCall(const ast::WindowCall& call) override;
  void CastTo(const ast::Cast& cast) override;
  void RegexPredicate(const ast::Regex& regex) override;
  void Call(const ast::Call& call) override;
  void JsonValue(const ast::JsonGet& get) override;
  void JsonChange(const ast::Call& call, const sql::JsonPath& path) override;
  void Search(const ast::TextSearch& search) override;
  void CreateTextIndex(const ast::CreateTextIndex& index, sql::Compiled& compiled) override;
  void DropTextIndex(const ast::DropTextIndex& index, sql::Compiled& compiled) override;
  void DistinctFrom(const ast::Binary& binary) override;
  void Looked(const ast::Query& query) override;
  void DefaultRow() override;
  void OnConflict(const ast::Upsert& upsert) override;
  void ExcludedValue(const ast::Excluded& excluded) override;
  void BulkUpdate(const ast::Update& update, const Keys& keys, sql::Bulk& bulk) override;
  void ColumnType(const ast::CreateTable& table, const ast::ColumnDefinition& column) override;
  void ColumnChecks(const ast::CreateTable& table, const ast::ColumnDefinition& column) override;
  void GeneratedColumn(const ast::CreateTable& table, const ast::ColumnDefinition& column) override;
  void TableOptions() override;
  void IndexKeys(const ast::CreateIndex& index) override;
  void CreateIndexHead(const ast::CreateIndex& index, sql::Step& step) override;
  void DropIndexText(const ast::DropIndex& index, sql::Step& step) override;

 private:
  void ExistingTable(const ast::Query& query);
  bool DistinctMember(const ast::Query& member, size_t number);
  void RefuseOuterHaving(const ast::Statement& statement);
  bool mariadb() const { return profile_.version.product == Product::kMariadb; }
  // Compares code points, and does not pad with spaces; the same name does not exist on both
  // servers.
  absl::string_view BinaryCollation() const;
  // Whether the row that was to be inserted has a name in ON DUPLICATE KEY UPDATE.
  bool NamesNewRow() const;
  bool IsUnsigned(const ast::WindowCall& call) const;
  // The names of queries whose rows may be missing beside another one, and that have constants.
  void AddConstantTables(const ast::Source& source, bool may_lack, std::vector<ast::Name>& names) const;
  void FindConstantTables(const ast::Statement& statement);
  void FindWholeWindows(const ast::Statement& statement);
  void RefuseCopiesOfCopies(const ast::Statement& statement);
  void FindNestedCtes(const ast::Statement& statement);
  void FindUnread(const ast::Statement& statement);
  void FindGiven(const ast::Query& query);
  void FindSought(const ast::Statement& statement);
  void FindUnions(const ast::Statement& statement);
  bool ReadsUnion(const ast::Query& query) const;
  void WhenAnyOf(absl::FunctionRef<void()> texts);
  void LedText(const ast::Aggregate& aggregate);
  void GroupOrder(ast::List<const ast::OrderItem*> order);
  void CountOfOne(const ast::Aggregate& aggregate);
  void FloatToInteger(const ast::Expr& value);
  // What a path leads to, as JSON.
  void Extracted(const sql::JsonPath& path);
  // The same as a value of `type`: of MySQL's type JSON, and of MariaDB's text.
  void JsonTypeValue(const sql::JsonPath& path, Type type);
  void JsonTextValue(const sql::JsonPath& path, Type type);
  void JsonNumber(const sql::JsonPath& path, Type type);
  // Refuses a path with a key that the server does not find.
  bool FindsKeys(const sql::JsonPath& path);
  void JsonArray(const ast::Aggregate& aggregate);
  void JsonItem(const ast::Expr& value);
  void ArrayHas(const ast::Call& call);

  std::unordered_map<const ast::Param*, bool> untyped_;
  std::unordered_set<ast::Name, absl::Hash<ast::Name>> constant_ctes_;
  std::unordered_map<const ast::Table*, const ast::Cte*> inlined_;
  std::unordered_set<ast::Name, absl::Hash<ast::Name>> union_ctes_;  // where one of them has a UNION
  std::unordered_set<const ast::Cte*> unread_;
  std::unordered_set<const ast::Select*> needs_table_;  // where it reads none
  std::unordered_set<const ast::Param*> given_;         // by a select without a table to the query around, in MariaDB
  std::unordered_set<const ast::Query*> groups_sought_;   // in which a server does not find what is looked for
  std::unordered_set<const ast::Query*> windows_sought_;  // that read the query around, and a window is looked for in
  std::unordered_set<const ast::Over*> beside_others_;  // windows of all rows
  bool reads_constants_ = false;  // of common table expressions
};

}  // namespace ferro::mysql
