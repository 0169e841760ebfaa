#include "tests/support/case_file.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/try.h"

namespace ferro::testing {
namespace {

constexpr absl::string_view kSeparator = "====";
constexpr absl::string_view kTitle = "title: ";
constexpr absl::string_view kSection = "-- ";

absl::StatusOr<Case> ParseCase(const std::vector<absl::string_view>& lines) {
  Case result;
  std::string* part = nullptr;
  for (const absl::string_view line : lines) {
    if (absl::StartsWith(line, kTitle) && result.title.empty()) {
      result.title = std::string(absl::StripPrefix(line, kTitle));
      part = &result.source;
    } else if (absl::StartsWith(line, kSection)) {
      part =
          &result.sections.emplace_back(std::string(absl::StripPrefix(line, kSection)), "").second;
    } else if (part != nullptr) {
      absl::StrAppend(part, line, "\n");
    } else if (!absl::StripAsciiWhitespace(line).empty()) {
      return absl::InvalidArgumentError("a case starts with a title");
    }
  }
  if (result.title.empty()) return absl::InvalidArgumentError("a case has no title");
  result.source = std::string(absl::StripAsciiWhitespace(result.source));
  for (auto& [name, text] : result.sections) {
    text = absl::StrCat(absl::StripAsciiWhitespace(text), "\n");
  }
  return result;
}

}  // namespace

std::string Case::Section(absl::string_view name) const {
  for (const auto& [known, text] : sections) {
    if (known == name) return text;
  }
  return {};
}

absl::StatusOr<std::vector<Case>> ParseCases(absl::string_view text) {
  std::vector<Case> cases;
  std::vector<absl::string_view> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line != kSeparator) {
      lines.push_back(line);
      continue;
    }
    FERRO_ASSIGN(cases.emplace_back(), ParseCase(lines));
    lines.clear();
  }
  FERRO_ASSIGN(cases.emplace_back(), ParseCase(lines));
  return cases;
}

std::string FormatCases(const std::vector<Case>& cases) {
  std::string text;
  for (const Case& one : cases) {
    if (!text.empty()) absl::StrAppend(&text, "\n", kSeparator, "\n");
    absl::StrAppend(&text, kTitle, one.title, "\n\n", one.source, "\n\n");
    for (const auto& [name, section] : one.sections) {
      absl::StrAppend(&text, kSection, name, "\n", section);
    }
  }
  return text;
}

}  // namespace ferro::testing
