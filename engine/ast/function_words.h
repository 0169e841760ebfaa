// The words of functions, for S-expressions, messages and documents.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "absl/strings/string_view.h"
#include "engine/ast/function.h"

namespace ferro::ast {

// All of them, in the order of their numbers, which have gaps.
std::span<const Function> Functions();
inline constexpr size_t kFunctionCount = 77;
// Place of a function among Functions().
size_t IndexOf(Function function);
// Whether `number` is that of a function.
bool IsFunction(int64_t number);

absl::string_view WordOf(Function function);  // "starts-with"
absl::string_view WordOf(AggregateFunction function);
absl::string_view WordOf(WindowFunction function);

std::optional<Function> FunctionFromWord(absl::string_view word);
std::optional<AggregateFunction> AggregateFromWord(absl::string_view word);
std::optional<WindowFunction> WindowFunctionFromWord(absl::string_view word);

}  // namespace ferro::ast
