#include "engine/sql/rewrite/mixed_numbers.h"

#include <algorithm>
#include <cstdlib>

#include "engine/sql/functions.h"
#include "engine/sql/rewrite/wrap.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::sql::rewrite {
namespace {

// A float64 holds every integer up to here.
constexpr int64_t kExactInFloat = int64_t{1} << 53;

bool NeedsCast(Type type, Type common) {
  return type != common && IsNumeric(type) && IsNumeric(common);
}

bool Cast(const ast::Expr*& expr, Type common, Context& context) {
  if (!NeedsCast(TypeOf(*expr), common)) return false;
  auto* cast = context.New<ast::Cast>();
  cast->operand = expr;
  cast->type = common;
  expr = cast;
  return true;
}

// Of what is only compared: a small integer is the same number among float64.
bool CastSide(const ast::Expr*& expr, Type common, Context& context) {
  if (common == Type::kFloat64 && expr->kind == ast::Kind::kLiteral) {
    const auto& literal = ast::As<ast::Literal>(*expr);
    if (std::abs(literal.integer) <= kExactInFloat) return false;
  }
  return Cast(expr, common, context);
}

bool CastSides(const ast::Expr*& left, const ast::Expr*& right, Context& context) {
  const Type common = CommonType(TypeOf(*left), TypeOf(*right));
  const bool changed = CastSide(left, common, context);
  return CastSide(right, common, context) || changed;
}

// As what an item's values are compared.
Type TypeOfValue(const ast::SelectItem& item) {
  const Type type = TypeOf(*item.value);
  return type == Type::kNull ? item.type : type;
}

bool CastRows(const ast::Expr*& left, const ast::Expr*& right, Context& context) {
  const auto& a = ast::As<ast::Row>(*left);
  const auto& b = ast::As<ast::Row>(*right);
  std::vector<const ast::Expr*> lefts(a.items.begin(), a.items.end());
  std::vector<const ast::Expr*> rights(b.items.begin(), b.items.end());
  bool changed = false;
  for (size_t i = 0; i < std::min(lefts.size(), rights.size()); ++i) {
    changed |= CastSides(lefts[i], rights[i], context);
  }
  if (!changed) return false;
  const auto row_of = [&](const std::vector<const ast::Expr*>& items) {
    auto* row = context.New<ast::Row>();
    row->items = context.Copy(items);
    return row;
  };
  left = row_of(lefts);
  right = row_of(rights);
  return true;
}

// Whether other values of its items change nothing but its columns.
bool IsPlain(const ast::Query& query) {
  if (query.kind != ast::Kind::kSelect) return false;
  const auto& select = ast::As<ast::Select>(query);
  return !select.distinct && !select.grouping && select.order.empty() && !select.limit &&
         !select.offset && !select.lock;
}

// The query with its columns of these types.
bool CastItems(const ast::Query*& query, const std::vector<Type>& types, Context& context) {
  const auto items = ItemsOf(*query);
  bool changed = false;
  for (size_t i = 0; i < items.size(); ++i) {
    changed |= NeedsCast(TypeOfValue(*items[i]), types[i]);
  }
  if (!changed) return false;
  ast::Select* select = nullptr;
  if (IsPlain(*query)) {
    select = context.New(ast::As<ast::Select>(*query));
  } else {
    const std::vector<ast::Name> names = FreshColumns(*query, context);
    const ast::Name alias = context.Fresh("r");
    select = context.New<ast::Select>();
    select->items = OuterItems(*query, alias, names, context);
    select->from = {context.Table(*Renamed(*query, names, context), alias)};
  }
  std::vector<const ast::SelectItem*> cast_items;
  for (size_t i = 0; i < select->items.size(); ++i) {
    const ast::SelectItem& item = *select->items[i];
    const ast::Expr* value = item.value;
    const bool cast = Cast(value, types[i], context);
    cast_items.push_back(cast ? context.Item(*value, NameOf(item), item.type) : &item);
  }
  select->items = context.Copy(cast_items);
  query = select;
  return true;
}

// Each `step`-th argument as the common type of these.
bool CastArguments(ast::List<const ast::Expr*>& arguments, size_t step, Context& context) {
  Type common = Type::kNull;
  for (size_t i = 0; i < arguments.size(); i += step) {
    common = CommonType(common, TypeOf(*arguments[i]));
  }
  std::vector<const ast::Expr*> values(arguments.begin(), arguments.end());
  bool changed = false;
  for (size_t i = 0; i < values.size(); i += step) changed |= Cast(values[i], common, context);
  if (changed) arguments = context.Copy(values);
  return changed;
}

}  // namespace

bool CastNumbers(ast::Binary& binary, Context& context) {
  if (binary.left->kind == ast::Kind::kRow && binary.right->kind == ast::Kind::kRow) {
    return CastRows(binary.left, binary.right, context);
  }
  if (ast::IsComparison(binary.op)) return CastSides(binary.left, binary.right, context);
  const Type left = TypeOf(*binary.left);
  const Type right = TypeOf(*binary.right);
  const Type common = CommonType(left, right);
  const bool decimal = left == Type::kDecimal || right == Type::kDecimal;
  if (common != Type::kFloat64 || !decimal) return false;
  return left == common ? Cast(binary.right, common, context)
                        : Cast(binary.left, common, context);
}

bool CastNumbers(ast::Between& between, Context& context) {
  Type common = CommonType(TypeOf(*between.value), TypeOf(*between.low));
  common = CommonType(common, TypeOf(*between.high));
  bool changed = CastSide(between.value, common, context);
  changed |= CastSide(between.low, common, context);
  changed |= CastSide(between.high, common, context);
  return changed;
}

bool CastNumbers(ast::In& in, Context& context) {
  return CastSide(in.value, CommonType(TypeOf(*in.value), in.list->type), context);
}

bool CastNumbers(ast::InQuery& in, Context& context) {
  const auto items = ItemsOf(*in.query);
  std::vector<const ast::Expr*> values = {in.value};
  const bool row = in.value->kind == ast::Kind::kRow;
  if (row) {
    const auto& items_of_row = ast::As<ast::Row>(*in.value).items;
    values.assign(items_of_row.begin(), items_of_row.end());
  }
  std::vector<Type> types;
  bool changed = false;
  for (size_t i = 0; i < values.size(); ++i) {
    types.push_back(CommonType(TypeOf(*values[i]), TypeOfValue(*items[i])));
    changed |= Cast(values[i], types.back(), context);
  }
  if (changed && row) {
    auto* cast_row = context.New<ast::Row>();
    cast_row->items = context.Copy(values);
    in.value = cast_row;
  } else if (changed) {
    in.value = values.front();
  }
  return CastItems(in.query, types, context) || changed;
}

bool CastNumbers(ast::Case& choice, Context& context) {
  const Type common = TypeOf(choice);
  std::vector<const ast::When*> whens;
  bool changed = false;
  for (const ast::When* when : choice.whens) {
    const ast::Expr* value = when->value;
    if (Cast(value, common, context)) {
      auto* copy = context.New(*when);
      copy->value = value;
      when = copy;
      changed = true;
    }
    whens.push_back(when);
  }
  if (changed) choice.whens = context.Copy(whens);
  if (!choice.otherwise) return changed;
  return Cast(choice.otherwise.node, common, context) || changed;
}

bool CastNumbers(ast::Call& call, Context& context) {
  if (SignatureOf(call.function).gives != Gives::kCommon) return false;
  return CastArguments(call.arguments, 1, context);
}

// LAG and LEAD: the value, and what there is instead.
bool CastNumbers(ast::WindowCall& call, Context& context) {
  if (call.arguments.size() != 3) return false;
  return CastArguments(call.arguments, 2, context);
}

bool CastNumbers(ast::Compound& compound, Context& context) {
  std::vector<Type> types(ItemsOf(compound).size(), Type::kNull);
  for (const ast::Query* member : compound.members) {
    const auto items = ItemsOf(*member);
    for (size_t i = 0; i < types.size(); ++i) {
      types[i] = CommonType(types[i], TypeOfValue(*items[i]));
    }
  }
  std::vector<const ast::Query*> members(compound.members.begin(), compound.members.end());
  bool changed = false;
  for (const ast::Query*& member : members) changed |= CastItems(member, types, context);
  if (!changed) return false;
  compound.members = context.Copy(members);
  // The order is of what the columns are now.
  std::vector<const ast::OrderItem*> order;
  for (const ast::OrderItem* item : compound.order) {
    const auto& column = ast::As<ast::Column>(*item->value);
    const int place = PlaceOf(column.name, ItemsOf(compound));
    auto* copy = context.New(*item);
    if (place >= 0) {
      copy->value = context.Column(column.source, column.name, types[static_cast<size_t>(place)]);
    }
    order.push_back(copy);
  }
  compound.order = context.Copy(order);
  return true;
}

}  // namespace ferro::sql::rewrite
