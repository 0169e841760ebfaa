#include "dialects/mysql/json_paths.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ferro::mysql {
namespace {

// Arrays have no such element, and MariaDB takes a larger number modulo 2^32, MySQL for an error.
constexpr int64_t kLastPlace = 2147483647;

// How programs spell what has several spellings: control characters, letters beyond ASCII, the slash.
struct Spelling {
  const char* hex;     // digits of \uXXXX
  bool ascii = false;  // letters beyond ASCII as \uXXXX
  bool slash = false;  // as \/
};
constexpr char kLower[] = "0123456789abcdef";
constexpr char kUpper[] = "0123456789ABCDEF";
constexpr Spelling kSpellings[] = {
    {kLower}, {kLower, true}, {kUpper}, {kUpper, true}, {kLower, false, true}, {kLower, true, true},
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

// The character at the front of `text`, which is valid UTF-8, comes off.
uint32_t TakeCharacter(absl::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  uint32_t code = size == 1 ? lead : lead & (0xFFu >> (size + 1));
  for (const char c : text.substr(1, size - 1)) {
    code = (code << 6) | (static_cast<unsigned char>(c) & 0x3Fu);
  }
  text.remove_prefix(size);
  return code;
}

// `key` as a string of JSON.
std::string Spelled(absl::string_view key, const Spelling& spelling) {
  constexpr absl::string_view kEscaped = "\"\\\b\f\n\r\t";
  std::string out = "\"";
  while (!key.empty()) {
    const absl::string_view rest = key;
    const uint32_t code = TakeCharacter(key);
    const size_t known = code < 0x80 ? kEscaped.find(static_cast<char>(code)) : kEscaped.npos;
    if (known != kEscaped.npos) {
      out.push_back('\\');
      out.push_back("\"\\bfnrt"[known]);
    } else if (code < 0x20 || (code > 0x7E && spelling.ascii)) {
      AppendEscaped(out, code, spelling.hex);
    } else {
      if (code == '/' && spelling.slash) out.push_back('\\');
      out.append(rest.data(), rest.size() - key.size());
    }
  }
  out.push_back('"');
  return out;
}

void AppendStep(std::string& path, const ast::JsonStep& step, const Spelling& spelling) {
  if (step.index >= 0) {
    absl::StrAppend(&path, "[", std::min(step.index, kLastPlace), "]");
  } else {
    absl::StrAppend(&path, ".", Spelled(step.key.text, spelling));
  }
}

// Without repetitions: most keys have one spelling only.
std::vector<std::string> PathsThrough(std::span<const ast::JsonStep* const> steps, bool is_list,
                                      Product product) {
  std::vector<std::string> paths;
  for (const Spelling& spelling : kSpellings) {
    std::string path = "$";
    for (const ast::JsonStep* step : steps) AppendStep(path, *step, spelling);
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

std::vector<Place> PlacesOf(std::span<const ast::JsonStep* const> steps, Product product) {
  std::vector<Place> places;
  for (const Spelling& spelling : kSpellings) {
    Place place{"$", ""};
    for (const ast::JsonStep* step : steps.first(steps.size() - 1)) AppendStep(place.parent, *step, spelling);
    place.whole = place.parent;
    AppendStep(place.whole, *steps.back(), spelling);
    const auto same = [&](const Place& other) { return other.whole == place.whole; };
    if (std::none_of(places.begin(), places.end(), same)) places.push_back(std::move(place));
    if (product == Product::kMysql) break;  // it compares what the keys say
  }
  return places;
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
