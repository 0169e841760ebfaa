// The words of S-expressions that stand for enumerators, by their number; shared by both
// directions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "engine/ast/expr.h"
#include "engine/ast/query.h"

namespace ferro::plan {

inline constexpr std::array<absl::string_view, 4> kUnaryWords = {"not", "neg", "is-null",
                                                                 "is-not-null"};
inline constexpr std::array<absl::string_view, 12> kBinaryWords = {
    "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "idiv", "mod"};
inline constexpr std::array<absl::string_view, 2> kLogicalWords = {"and", "or"};
// The default is said by saying nothing.
inline constexpr std::array<absl::string_view, 4> kNullsWords = {"", "nulls-first", "nulls-last",
                                                                 "nulls-never"};
// In an expression's place; what is no integer.
inline constexpr std::array<absl::string_view, 3> kLiteralWords = {"null", "true", "false"};

static_assert(kUnaryWords.size() == static_cast<size_t>(ast::kLastUnaryOp) + 1);
static_assert(kBinaryWords.size() == static_cast<size_t>(ast::kLastBinaryOp) + 1);
static_assert(kLogicalWords.size() == static_cast<size_t>(ast::kLastLogicalOp) + 1);
static_assert(kNullsWords.size() == static_cast<size_t>(ast::kLastNulls) + 1);
static_assert(kLiteralWords.size() == static_cast<size_t>(ast::LiteralKind::kInteger));

// The number of `word`, if it is one of them.
template <size_t kSize>
std::optional<int64_t> Find(const std::array<absl::string_view, kSize>& words,
                            absl::string_view word) {
  for (size_t i = 0; i < kSize; ++i) {
    if (!word.empty() && words[i] == word) return static_cast<int64_t>(i);
  }
  return std::nullopt;
}

constexpr bool IsWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool IsWordPart(char c) {
  return IsWordStart(c) || (c >= '0' && c <= '9') || c == '-' || c == '$';
}

}  // namespace ferro::plan
