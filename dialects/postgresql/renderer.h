// The clauses that PostgreSQL writes in its own way.
#pragma once

#include "absl/functional/function_ref.h"
#include "engine/sql/renderer.h"

namespace ferro::postgresql {

class PostgresqlRenderer final : public sql::Renderer {
 public:
  using Renderer::Renderer;

 protected:
  void Membership(const ast::In& in) override;
  void Arithmetic(const ast::Binary& binary) override;
  void ArithmeticOperand(const ast::Expr& expr) override;
  void Negation(const ast::Expr& operand) override;
  std::optional<bool> NullsStandFirst(bool descending) const override;
  void LikePredicate(const ast::Like& like) override;
  void IntegerItem(const ast::Literal& literal) override;
  void LimitClause(const sql::Page& page) override;
  void Aggregate(const ast::Aggregate& aggregate) override;
  void OpenAggregate(const ast::Aggregate& aggregate) override;
  void CloseAggregate(const ast::Aggregate& aggregate) override;
  void CastTo(const ast::Cast& cast) override;
  void RegexPredicate(const ast::Regex& regex) override;
  void JsonValue(const ast::JsonGet& get) override;
  void JsonChange(const ast::Call& call, const sql::JsonPath& path) override;
  void Search(const ast::TextSearch& search) override;
  void CreateTextIndex(const ast::CreateTextIndex& index, sql::Compiled& compiled) override;
  void DropTextIndex(const ast::DropTextIndex& index, sql::Compiled& compiled) override;
  void BulkInsert(const ast::Insert& insert, sql::Bulk& bulk) override;
  void BulkUpdate(const ast::Update& update, const Keys& keys, sql::Bulk& bulk) override;
  void ColumnType(const ast::CreateTable& table, const ast::ColumnDefinition& column) override;
  void GeneratedColumn(const ast::CreateTable& table, const ast::ColumnDefinition& column) override;

 private:
  void DescribeCopy(const ast::Insert& insert, sql::BulkCopy& copy);
  // The text that words are looked for in; the same for the index and for what is to use it.
  template <class Columns, class Write>
  void SearchedText(ast::Name language, const Columns& columns, Write write);
  void WideColumn(const ast::Expr& expr);
  void JsonArray(const ast::Aggregate& aggregate);
  void JsonItem(const ast::Expr& value);
  void JsonForm(Type type, absl::FunctionRef<void()> operand);
};

}  // namespace ferro::postgresql
