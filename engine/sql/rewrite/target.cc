#include "engine/sql/rewrite/target.h"

#include <string>
#include <unordered_set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "engine/sql/rewrite/wrap.h"
#include "engine/sql/scope.h"

namespace ferro::sql::rewrite {
namespace {

constexpr int64_t kAllRows = INT64_MAX;

bool IsTarget(const ast::Node& node, ast::Name table) {
  return node.kind == ast::Kind::kTable && ast::As<ast::Table>(node).name == table;
}

class Apart {
 public:
  Apart(const ast::Statement& statement, ast::Name table, Context& context)
      : statement_(statement), table_(table), context_(context) {}

  const ast::Node* Node(const ast::Node& node) {
    if (!ast::IsQuery(node.kind)) return Children(node);
    const auto& query = static_cast<const ast::Query&>(node);
    if (!ReadsTarget(query, table_)) return &node;
    return IsCorrelated(query) ? Tables(node) : Whole(query);
  }

 private:
  const ast::Node* Children(const ast::Node& node) {
    return ast::Rebuild(node, context_.arena(), [this](const ast::Node& child) { return Node(child); });
  }

  const ast::Select* Whole(const ast::Query& query) {
    const ast::Name alias = context_.Fresh("rows");
    const auto names = FreshColumns(query, context_);
    auto* select = context_.New<ast::Select>();
    select->items = OuterItems(query, alias, names, context_);
    select->from = {context_.Table(*Limited(*Renamed(query, names, context_)), alias)};
    return select;
  }

  const ast::Query* Limited(const ast::Query& query) {
    if (query.kind == ast::Kind::kSelect) return Limited(ast::As<ast::Select>(query));
    return Limited(ast::As<ast::Compound>(query));
  }
  template <class T>
  const ast::Query* Limited(const T& query) {
    if (query.limit) return &query;
    auto* copy = context_.New(query);
    copy->limit = {context_.Integer(kAllRows)};
    return copy;
  }

  const ast::Node* Tables(const ast::Node& node) {
    if (IsTarget(node, table_)) return TableApart(ast::As<ast::Table>(node));
    return ast::Rebuild(node, context_.arena(), [this](const ast::Node& child) { return Tables(child); });
  }

  const ast::Derived* TableApart(const ast::Table& table) {
    const ast::Name alias = table.alias.empty() ? table.name : table.alias;
    auto* select = context_.New<ast::Select>();
    select->items = ColumnsOf(alias);
    select->from = {context_.New(table)};
    return context_.Table(*Limited(*select), alias);
  }

  // One too many would be a column that the table has not: those without a source are asked of it only where nothing
  // else can have them.
  ast::List<const ast::SelectItem*> ColumnsOf(ast::Name alias) {
    std::vector<const ast::SelectItem*> items;
    std::unordered_set<std::string> seen;
    const auto look = [&](const ast::Node& node) {
      if (node.kind != ast::Kind::kColumn) return;
      const auto& column = ast::As<ast::Column>(node);
      if (column.source.empty()) bare_ = true;
      if (!absl::EqualsIgnoreCase(column.source, alias)) return;
      if (!seen.insert(absl::AsciiStrToLower(column.name)).second) return;
      items.push_back(context_.Item(*context_.Column(alias, column.name, column.type), column.name));
    };
    ast::Walk(statement_, look);
    if (bare_) {
      context_.Refuse(Feature::kTargetInSubquery,
                      "columns have to say their tables where a subquery reads the table that is changed");
    }
    if (items.empty()) items.push_back(context_.Item(*context_.Integer(1), context_.Fresh("one")));
    return context_.Copy(items);
  }

  const ast::Statement& statement_;
  const ast::Name table_;
  Context& context_;
  bool bare_ = false;
};

}  // namespace

bool ReadsTarget(const ast::Node& node, ast::Name table) {
  bool found = false;
  const auto look = [&](const ast::Node& part) { found = found || IsTarget(part, table); };
  ast::Walk(node, look);
  return found;
}

const ast::Statement* KeepTargetApart(const ast::Statement& statement, ast::Name table, Context& context) {
  Apart apart(statement, table, context);
  return static_cast<const ast::Statement*>(apart.Node(statement));
}

}  // namespace ferro::sql::rewrite
