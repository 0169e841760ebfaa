#include "dialects/mysql/json_paths.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/value/json_string.h"

namespace ferro::mysql {
namespace {

// Arrays have no such element, and MariaDB takes a larger number modulo 2^32, MySQL for an error.
constexpr int64_t kLastPlace = 2147483647;

// How programs spell what need not be escaped: letters beyond ASCII, and the slash.
struct Spelling {
  const char* hex = nullptr;  // digits of \uXXXX; null: letters stand for themselves
  bool slash = false;         // as \/
};
constexpr Spelling kSpellings[] = {
    {nullptr, false},
    {"0123456789abcdef", false},
    {"0123456789ABCDEF", false},
    {nullptr, true},
    {"0123456789abcdef", true},
};

void AppendUnit(std::string& out, uint32_t unit, const char* hex) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(hex[(unit >> shift) & 15]);
}

void AppendEscaped(std::string& out, uint32_t code, const char* hex) {
  if (code < 0x10000) return AppendUnit(out, code, hex);
  AppendUnit(out, 0xD800 + ((code - 0x10000) >> 10), hex);
  AppendUnit(out, 0xDC00 + ((code - 0x10000) & 0x3FF), hex);
}

// `key` as a string of JSON; it is valid UTF-8.
std::string Spelled(absl::string_view key, const Spelling& spelling) {
  std::string plain;
  AppendJsonString(plain, key);
  std::string out;
  for (size_t i = 0; i < plain.size();) {
    const auto lead = static_cast<unsigned char>(plain[i]);
    const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (size == 1 || spelling.hex == nullptr) {
      if (lead == '/' && spelling.slash) out.push_back('\\');
      out.append(plain, i, size);
    } else {
      uint32_t code = lead & (0xFFu >> (size + 1));
      for (size_t k = 1; k < size; ++k) code = (code << 6) | (plain[i + k] & 0x3F);
      AppendEscaped(out, code, spelling.hex);
    }
    i += size;
  }
  return out;
}

// Without repetitions: most keys have one spelling.
std::vector<std::string> PathsThrough(std::span<const ast::JsonStep* const> steps, bool is_list,
                                      Product product) {
  std::vector<std::string> paths;
  for (const Spelling& spelling : kSpellings) {
    std::string path = "$";
    for (const ast::JsonStep* step : steps) {
      if (step->index >= 0) {
        absl::StrAppend(&path, "[", std::min(step->index, kLastPlace), "]");
      } else {
        absl::StrAppend(&path, ".", Spelled(step->key.text, spelling));
      }
    }
    if (is_list) path += "[*]";
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    if (product == Product::kMysql) break;  // it compares what the keys say
  }
  return paths;
}

}  // namespace

bool CanName(absl::string_view key, Product product) {
  return product != Product::kMariadb || key.empty() || key.front() != '-';
}

// Both servers take what is no array for an array of that, so that [0] would lead to itself. [*] does not: it
// gives the elements as a list, or nothing.
std::vector<Extraction> ExtractionsOf(std::span<const ast::JsonStep* const> steps,
                                      Product product) {
  std::vector<Extraction> extractions;
  for (;;) {
    const auto first_of = [](const ast::JsonStep* step) { return step->index == 0; };
    // The first one of a later extraction is the first of its list.
    const auto from = steps.begin() + (extractions.empty() ? 0 : 1);
    const auto split = std::find_if(from, steps.end(), first_of);
    const auto before = static_cast<size_t>(split - steps.begin());
    const bool is_list = split != steps.end();
    extractions.push_back({PathsThrough(steps.first(before), is_list, product), is_list});
    if (!is_list) return extractions;
    steps = steps.subspan(before);
  }
}

}  // namespace ferro::mysql
