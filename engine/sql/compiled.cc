#include <bit>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/sql/compile.h"

namespace ferro::sql {

size_t PaddedSize(size_t size) { return size == 0 ? 0 : std::bit_ceil(size); }

bool IsSpelledOut(size_t size, const Lexicon& lexicon) {
  return lexicon.list_rows.empty() || size <= kMostSpelledOut;
}

std::string Expand(const Text& text, const Lexicon& lexicon, std::span<const size_t> list_sizes) {
  std::string out = text.pieces.front();
  for (size_t i = 1; i < text.pieces.size(); ++i) {
    const bool spelled = IsSpelledOut(list_sizes[i - 1], lexicon);
    if (!spelled) absl::StrAppend(&out, lexicon.list_rows);
    const size_t size = spelled ? PaddedSize(list_sizes[i - 1]) : 0;
    if (spelled && size == 0) absl::StrAppend(&out, lexicon.empty_list);
    for (size_t k = 0; k < size; ++k) out += k == 0 ? "?" : ", ?";
    out += text.pieces[i];
  }
  return out;
}

absl::Status NullKeyError(absl::string_view table, absl::string_view key, Type key_type) {
  ErrorDetail detail;
  detail.error_class = ErrorClass::kNotNull;
  detail.table = std::string(table);
  detail.column = std::string(key);
  detail.hint = key_type == Type::kInt64
                    ? "leave the key out so that the database numbers it, or supply a number"
                    : "supply a key: the database does not make it";
  return MakeError(
      std::move(detail),
      absl::StrCat("the key \"", key, "\" of a row to insert into \"", table, "\" is NULL"));
}

}  // namespace ferro::sql
