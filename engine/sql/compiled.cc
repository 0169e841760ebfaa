#include <bit>

#include "absl/strings/str_cat.h"
#include "engine/sql/compile.h"

namespace ferro::sql {

size_t PaddedSize(size_t size) { return size == 0 ? 0 : std::bit_ceil(size); }

std::string Expand(const Text& text, const Lexicon& lexicon, std::span<const size_t> list_sizes) {
  std::string out = text.pieces.front();
  for (size_t i = 1; i < text.pieces.size(); ++i) {
    const size_t size = PaddedSize(list_sizes[i - 1]);
    if (size == 0) absl::StrAppend(&out, lexicon.empty_list);
    for (size_t k = 0; k < size; ++k) out += k == 0 ? "?" : ", ?";
    out += text.pieces[i];
  }
  return out;
}

}  // namespace ferro::sql
