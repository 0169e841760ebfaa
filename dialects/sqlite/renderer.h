// The clauses that SQLite writes in its own way.
#pragma once

#include <span>

#include "engine/sql/renderer.h"

namespace ferro::sqlite {

class SqliteRenderer final : public sql::Renderer {
 public:
  using Renderer::Renderer;

 protected:
  void Compared(const ast::Expr& expr, Type common) override;
  void Term(const ast::Expr& term) override;
  void Arithmetic(const ast::Binary& binary) override;
  void Negation(const ast::Expr& operand) override;
  void Call(const ast::Call& call) override;
  std::optional<bool> NullsStandFirst(bool descending) const override;
  void LikePredicate(const ast::Like& like) override;
  void Existing(const ast::Query& query) override;
  void Case(const ast::Case& node) override;
  bool FindsItemsByName(bool /*in_having*/) const override { return true; }
  void LimitClause(const sql::Page& page) override;
  void Aggregate(const ast::Aggregate& aggregate) override;
  void CastTo(const ast::Cast& cast) override;
  void JsonValue(const ast::JsonGet& get) override;
  void JsonChange(const ast::Call& call, const sql::JsonPath& path) override;
  void Search(const ast::TextSearch& search) override;
  void CreateTextIndex(const ast::CreateTextIndex& index, sql::Compiled& compiled) override;
  void DropTextIndex(const ast::DropTextIndex& index, sql::Compiled& compiled) override;
  void AsFloat(const ast::Expr& expr) override;
  void RegexPredicate(const ast::Regex& regex) override;
  void DistinctFrom(const ast::Binary& binary) override;
  void RowItem(const ast::Expr& item) override;
  bool ComparedItem(const ast::Expr& value) override;
  void BulkUpdate(const ast::Update& update, const Keys& keys, sql::Bulk& bulk) override;
  void ColumnType(const ast::CreateTable& table, const ast::ColumnDefinition& column) override;
  void ColumnChecks(const ast::CreateTable& table, const ast::ColumnDefinition& column) override;
  void GeneratedColumn(const ast::CreateTable& table, const ast::ColumnDefinition& column) override;
  void DeferForeignKeys(sql::Compiled& compiled) override;
  bool ColumnSaysPrimaryKey(const ast::CreateTable& table) const override;

 private:
  // The text of a row, whose columns have `before` before their names.
  void SearchedText(ast::List<ast::Name> columns, absl::string_view before);
  void TextTrigger(const ast::CreateTextIndex& index, absl::string_view event);
  void Chain(std::span<const ast::Expr* const> terms, absl::string_view signs, bool decimal);
  void ComparedArray(const ast::Expr& expr);
  void JsonArray(const ast::Aggregate& aggregate);
  void DigitsCheck(const ast::ColumnDefinition& column);
};

}  // namespace ferro::sqlite
