#include "engine/sql/renderer.h"

#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"

namespace ferro::sql {

void Renderer::Fail(absl::Status status) { status_.Update(std::move(status)); }

void Renderer::Refuse(Feature feature, absl::string_view advice) {
  Fail(MakeErrorWithHint(ErrorClass::kUnsupported,
                         absl::StrCat(profile_.version.ToString(), " does not support ",
                                      Name(feature), " for this statement"),
                         advice));
}

Step& Renderer::AddStep(Compiled& compiled) {
  Step& step = compiled.steps.emplace_back();
  step.text = sql_.Take();
  return step;
}

absl::Status Renderer::Render(const ast::Statement& statement, Compiled& compiled) {
  Begin(statement);
  ast::Visit(statement, [&](const auto& node) {
    using T = std::remove_cvref_t<decltype(node)>;
    if constexpr (std::is_base_of_v<ast::Query, T>) {
      Query(node, compiled);
    } else if constexpr (std::is_same_v<T, ast::Insert>) {
      Insert(node, compiled);
    } else if constexpr (std::is_same_v<T, ast::Upsert>) {
      upsert_ = &node;
      Insert(*node.insert, compiled);
    } else if constexpr (std::is_same_v<T, ast::InsertSelect>) {
      InsertSelect(node, compiled);
    } else if constexpr (std::is_same_v<T, ast::Update>) {
      Update(node, compiled);
    } else if constexpr (std::is_same_v<T, ast::Delete>) {
      Delete(node, compiled);
    } else if constexpr (std::is_same_v<T, ast::RawStatement>) {
      RawStatement(node, compiled);
    } else {
      compiled.statement_class = StatementClass::kDefinition;
      sql_.WriteLiterals();
      if constexpr (std::is_same_v<T, ast::CreateTable>) {
        CreateTable(node, compiled);
      } else if constexpr (std::is_same_v<T, ast::DropTable>) {
        if (node.deferred) DeferForeignKeys(compiled);
        sql_ << "DROP TABLE " << (node.if_exists ? "IF EXISTS " : "");
        sql_.Identifier(node.name);
        AddStep(compiled);
      } else if constexpr (std::is_same_v<T, ast::CreateIndex>) {
        CreateIndex(node, compiled);
      } else if constexpr (std::is_same_v<T, ast::AddConstraint>) {
        AddConstraint(node, compiled);
      } else if constexpr (std::is_same_v<T, ast::DropConstraint>) {
        DropConstraint(node, compiled);
      } else if constexpr (std::is_same_v<T, ast::CreateTextIndex>) {
        CreateTextIndex(node, compiled);
      } else if constexpr (std::is_same_v<T, ast::DropTextIndex>) {
        DropTextIndex(node, compiled);
      } else if constexpr (std::is_same_v<T, ast::DropIndex>) {
        Step step;
        DropIndexText(node, step);
        AddStep(compiled).tolerated_native_code = step.tolerated_native_code;
      } else {
        Fail(absl::InternalError("a node that is no statement stands where one is needed"));
      }
    }
  });
  return status_;
}

}  // namespace ferro::sql
