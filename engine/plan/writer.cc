// AST to plan bytes, derived from Fields(): a new node needs nothing here. It trusts the tree; only
// the reader checks limits.
#include "engine/plan/writer.h"

#include <tuple>
#include <type_traits>

#include "engine/ast/derive.h"
#include "engine/base/bytes.h"
#include "engine/plan/format.h"

namespace ferro::plan {
namespace {

// One operand, whatever its type; a type that has no branch does not compile.
template <class T>
void WriteField(Writer& writer, const T& field) {
  if constexpr (std::is_same_v<T, ast::Name>) {
    writer.Name(field);
  } else if constexpr (std::is_same_v<T, ast::Text>) {
    writer.Text(field.text);
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    writer.Int(static_cast<int64_t>(field));
  } else if constexpr (ast::internal::kIsNodePointer<T>) {
    writer.Tree(*field);
  } else if constexpr (requires { field.node; }) {
    if (field) {
      writer.Tree(*field);
    } else {
      writer.None();
    }
  } else {
    for (const auto& item : field) WriteField(writer, item);
    writer.Node(ast::Kind::kList, field.size());
  }
}

}  // namespace

void Writer::Reset() {
  bytes_.clear();
  bytes_.push_back(static_cast<char>(kMagic0));
  bytes_.push_back(static_cast<char>(kMagic1));
  bytes_.push_back(static_cast<char>(kVersion));
  bytes_.push_back(0);  // flags
}

void Writer::Name(absl::string_view name) {
  bytes_.push_back(static_cast<char>(Op::kName));
  AppendVarint(bytes_, name.size());
  bytes_.append(name.data(), name.size());
}

void Writer::Text(absl::string_view text) {
  bytes_.push_back(static_cast<char>(Op::kText));
  AppendVarint(bytes_, text.size());
  bytes_.append(text.data(), text.size());
}

void Writer::Int(int64_t value) {
  bytes_.push_back(static_cast<char>(Op::kInt));
  AppendVarint(bytes_, ZigZag(value));
}

void Writer::Param(Type type) {
  bytes_.push_back(static_cast<char>(Op::kParam));
  bytes_.push_back(static_cast<char>(type));
}

void Writer::ListParam(Type type) {
  bytes_.push_back(static_cast<char>(Op::kListParam));
  bytes_.push_back(static_cast<char>(type));
}

void Writer::Node(ast::Kind kind, uint64_t operand_count) {
  bytes_.push_back(static_cast<char>(Op::kNode));
  bytes_.push_back(static_cast<char>(kind));
  AppendVarint(bytes_, operand_count);
}

void Writer::Tree(const ast::Node& node) {
  ast::Visit(node, [this](const auto& typed) {
    using T = std::remove_cvref_t<decltype(typed)>;
    if constexpr (T::kKind == ast::Kind::kParam) {
      Param(typed.type);
    } else if constexpr (T::kKind == ast::Kind::kParamList) {
      ListParam(typed.type);
    } else {
      const auto fields = T::Fields(typed);
      std::apply([this](const auto&... field) { (WriteField(*this, field), ...); }, fields);
      Node(T::kKind, std::tuple_size_v<decltype(fields)>);
    }
  });
}

}  // namespace ferro::plan
