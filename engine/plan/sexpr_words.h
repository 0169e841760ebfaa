// The words of S-expressions that stand for enumerators, by their number; shared by both
// directions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "absl/strings/string_view.h"
#include "engine/ast/ddl.h"
#include "engine/ast/raw.h"

namespace ferro::plan {

inline constexpr std::array<absl::string_view, 4> kUnaryWords = {"not", "neg", "is-null",
                                                                 "is-not-null"};
inline constexpr std::array<absl::string_view, 14> kBinaryWords = {
    "eq",  "ne",  "lt",   "le",  "gt",       "ge",          "add",
    "sub", "mul", "div", "idiv", "mod", "distinct-from", "not-distinct-from"};
inline constexpr std::array<absl::string_view, 2> kLogicalWords = {"and", "or"};
// The default is said by saying nothing.
inline constexpr std::array<absl::string_view, 4> kNullsWords = {"", "nulls-first", "nulls-last",
                                                                 "nulls-never"};
// In an expression's place; what is no integer.
inline constexpr std::array<absl::string_view, 3> kLiteralWords = {"null", "true", "false"};

inline constexpr std::array<absl::string_view, 3> kFrameUnitWords = {"rows", "range", "groups"};
inline constexpr std::array<absl::string_view, 5> kFrameBoundWords = {
    "unbounded-preceding", "preceding", "current-row", "following", "unbounded-following"};
inline constexpr std::array<absl::string_view, 4> kFrameExcludeWords = {"nothing", "current-row",
                                                                        "group", "ties"};
inline constexpr std::array<absl::string_view, 5> kJoinWords = {"inner", "left", "right", "full",
                                                                "cross"};
inline constexpr std::array<absl::string_view, 3> kMaterializedWords = {"default", "always",
                                                                        "never"};
inline constexpr std::array<absl::string_view, 4> kGroupingWords = {"plain", "rollup", "cube",
                                                                    "sets"};
inline constexpr std::array<absl::string_view, 2> kLockStrengthWords = {"update", "share"};
inline constexpr std::array<absl::string_view, 3> kLockWaitWords = {"wait", "nowait",
                                                                    "skip-locked"};
inline constexpr std::array<absl::string_view, 3> kSetOpWords = {"union", "intersect", "except"};
inline constexpr std::array<absl::string_view, 3> kRawEffectWords = {"unknown", "reads", "definition"};
inline constexpr std::array<absl::string_view, 5> kReferentialActionWords = {
    "no-action", "restrict", "cascade", "set-null", "set-default"};
inline constexpr std::array<absl::string_view, 3> kDeferralWords = {"never", "immediate",
                                                                    "deferred"};

// The words of an enumeration that stands as an operand.
constexpr std::span<const absl::string_view> WordsOf(ast::BinaryOp) { return kBinaryWords; }
constexpr std::span<const absl::string_view> WordsOf(ast::FrameUnit) { return kFrameUnitWords; }
constexpr std::span<const absl::string_view> WordsOf(ast::FrameBound) { return kFrameBoundWords; }
constexpr std::span<const absl::string_view> WordsOf(ast::FrameExclude) {
  return kFrameExcludeWords;
}
constexpr std::span<const absl::string_view> WordsOf(ast::JoinKind) { return kJoinWords; }
constexpr std::span<const absl::string_view> WordsOf(ast::Materialized) {
  return kMaterializedWords;
}
constexpr std::span<const absl::string_view> WordsOf(ast::GroupingKind) { return kGroupingWords; }
constexpr std::span<const absl::string_view> WordsOf(ast::LockStrength) {
  return kLockStrengthWords;
}
constexpr std::span<const absl::string_view> WordsOf(ast::LockWait) { return kLockWaitWords; }
constexpr std::span<const absl::string_view> WordsOf(ast::SetOp) { return kSetOpWords; }
constexpr std::span<const absl::string_view> WordsOf(ast::RawEffect) { return kRawEffectWords; }
constexpr std::span<const absl::string_view> WordsOf(ast::ReferentialAction) {
  return kReferentialActionWords;
}
constexpr std::span<const absl::string_view> WordsOf(ast::Deferral) { return kDeferralWords; }

// What a node's form begins with, where the form is no more than its fields in order.
struct FormHead {
  ast::Kind kind;
  absl::string_view word;
};
inline constexpr FormHead kFormHeads[] = {
    {ast::Kind::kCase, "case"},
    {ast::Kind::kWhen, "when"},
    {ast::Kind::kCast, "cast"},
    {ast::Kind::kSubquery, "subquery"},
    {ast::Kind::kInQuery, "in-query"},
    {ast::Kind::kQuantified, "quantified"},
    {ast::Kind::kOver, "over"},
    {ast::Kind::kFrame, "frame"},
    {ast::Kind::kRegex, "regex"},
    {ast::Kind::kJsonGet, "json-get"},
    {ast::Kind::kJsonStep, "step"},
    {ast::Kind::kRaw, "raw"},
    {ast::Kind::kExcluded, "excluded"},
    {ast::Kind::kTextSearch, "text-search"},
    {ast::Kind::kCompound, "compound"},
    {ast::Kind::kDerived, "derived"},
    {ast::Kind::kJoin, "join"},
    {ast::Kind::kWith, "with"},
    {ast::Kind::kCte, "cte"},
    {ast::Kind::kDistinct, "distinct"},
    {ast::Kind::kGrouping, "group"},
    {ast::Kind::kGroupingSet, "set"},
    {ast::Kind::kLock, "lock"},
    {ast::Kind::kRawStatement, "raw-statement"},
    {ast::Kind::kExplain, "explain"},
    {ast::Kind::kTagged, "tagged"},
    {ast::Kind::kForeignKey, "foreign-key"},
    {ast::Kind::kCheck, "check"},
    {ast::Kind::kAddConstraint, "add-constraint"},
    {ast::Kind::kDropConstraint, "drop-constraint"},
    {ast::Kind::kCreateTextIndex, "create-text-index"},
    {ast::Kind::kDropTextIndex, "drop-text-index"},
    {ast::Kind::kChangeCte, "change-cte"},
    {ast::Kind::kWithChanges, "with-changes"},
};

// Empty for a node with a form of its own.
template <class T>
constexpr absl::string_view FormWord() {
  for (const FormHead& head : kFormHeads) {
    if (head.kind == T::kKind) return head.word;
  }
  return "";
}

static_assert(kUnaryWords.size() == static_cast<size_t>(ast::kLastUnaryOp) + 1);
static_assert(kBinaryWords.size() == static_cast<size_t>(ast::kLastBinaryOp) + 1);
static_assert(kLogicalWords.size() == static_cast<size_t>(ast::kLastLogicalOp) + 1);
static_assert(kNullsWords.size() == static_cast<size_t>(ast::kLastNulls) + 1);
static_assert(kLiteralWords.size() == static_cast<size_t>(ast::LiteralKind::kInteger));

// The number of `word`, if it is one of them.
inline std::optional<int64_t> Find(std::span<const absl::string_view> words,
                                   absl::string_view word) {
  for (size_t i = 0; i < words.size(); ++i) {
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
