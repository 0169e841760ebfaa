// INTERSECT ALL and EXCEPT ALL: the rows that are equal are numbered, and are all different then.
#include "engine/sql/rewrite/queries.h"
#include "engine/sql/rewrite/wrap.h"
#include "engine/sql/type_of.h"

namespace ferro::sql::rewrite {
namespace {

class Numbered {
 public:
  Numbered(const ast::Compound& compound, Context& context)
      : context_(context),
        columns_(FreshColumns(compound, context)),
        member_(context.Fresh("m")),
        number_(context.Fresh("n")) {}

  const std::vector<ast::Name>& columns() const { return columns_; }

  const ast::Query* operator()(const ast::Query& member) {
    const auto items = OuterItems(member, member_, columns_, context_);
    auto* over = context_.New<ast::Over>();
    over->call = context_.New<ast::WindowCall>();  // ROW_NUMBER
    std::vector<const ast::Expr*> partition;
    std::vector<const ast::SelectItem*> shown;
    for (size_t i = 0; i < items.size(); ++i) {
      partition.push_back(items[i]->value);
      shown.push_back(context_.Item(*items[i]->value, columns_[i]));
    }
    over->partition = context_.Copy(partition);
    shown.push_back(context_.Item(*over, number_));
    auto* select = context_.New<ast::Select>();
    select->items = context_.Copy(shown);
    select->from = {context_.Table(*Renamed(member, columns_, context_), member_)};
    return select;
  }

 private:
  Context& context_;
  const std::vector<ast::Name> columns_;
  const ast::Name member_;
  const ast::Name number_;
};

// Taking away one after the other is taking away all at once: each number goes once.
const ast::Query* Together(ast::List<const ast::Query*> members, Context& context) {
  if (members.size() == 1) return members.front();
  auto* all = context.New<ast::Compound>();
  all->op = ast::SetOp::kUnion;
  all->all = true;
  all->members = members;
  return all;
}

}  // namespace

const ast::Select* SetAll(const ast::Compound& compound, Context& context) {
  Numbered numbered(compound, context);
  auto* inner = context.New<ast::Compound>();
  inner->op = compound.op;
  std::vector<const ast::Query*> members;
  if (compound.op == ast::SetOp::kExcept) {
    members = {numbered(*compound.members.front()),
               numbered(*Together(compound.members.subspan(1), context))};
  } else {
    for (const ast::Query* member : compound.members) members.push_back(numbered(*member));
  }
  inner->members = context.Copy(members);
  const ast::Name alias = context.Fresh("r");
  auto* outer = context.New<ast::Select>();
  outer->with = compound.with;
  outer->items = OuterItems(compound, alias, numbered.columns(), context);
  outer->from = {context.Table(*inner, alias)};
  outer->order = compound.order;
  outer->limit = compound.limit;
  outer->offset = compound.offset;
  return outer;
}

}  // namespace ferro::sql::rewrite
