// A regular expression and a text to try it on, apart by the last line feed; a first byte of 'i'
// ignores case. The matcher must agree with one that goes through the parsed expression, slowly and
// by definition.
#include <algorithm>
#include <set>

#include "engine/base/error.h"
#include "engine/regex/parse.h"
#include "engine/regex/print.h"
#include "engine/regex/program.h"
#include "engine/regex/utf8.h"
#include "tests/fuzz/fuzz.h"

namespace ferro::regex {
namespace {

using fuzz::Check;
using Places = std::set<size_t>;

// Where `node` can end in `text` when it begins at one of `starts`.
Places After(const Node& node, const std::u32string& text, const Places& starts) {
  Places ends;
  switch (node.kind) {
    case Node::Kind::kEmpty:
      return starts;
    case Node::Kind::kSet:
      for (const size_t at : starts) {
        if (at < text.size() && node.set.Contains(text[at])) ends.insert(at + 1);
      }
      return ends;
    case Node::Kind::kBegin:
      if (starts.contains(0)) ends.insert(0);
      return ends;
    case Node::Kind::kEnd:
      if (starts.contains(text.size())) ends.insert(text.size());
      return ends;
    case Node::Kind::kSequence:
      ends = starts;
      for (const Node& part : node.children) ends = After(part, text, ends);
      return ends;
    case Node::Kind::kChoice:
      for (const Node& branch : node.children) ends.merge(After(branch, text, starts));
      return ends;
    case Node::Kind::kRepeat: {
      Places now = starts;
      for (uint32_t i = 0; i < node.least; ++i) now = After(node.children[0], text, now);
      ends = now;
      for (uint32_t i = node.least; i < node.most && !now.empty(); ++i) {
        Places next = After(node.children[0], text, now);
        now.clear();
        for (const size_t at : next) {
          if (ends.insert(at).second) now.insert(at);
        }
      }
      return ends;
    }
  }
  return ends;
}

bool MatchesByDefinition(const Node& node, absl::string_view text) {
  std::u32string characters;
  for (size_t at = 0; at < text.size();) characters.push_back(NextCharacter(text, at));
  Places starts;
  for (size_t at = 0; at <= characters.size(); ++at) starts.insert(at);
  return !After(node, characters, starts).empty();
}

void CheckPrinted(const std::string& printed) {
  Check(!printed.empty() && IsValidUtf8(printed), "what is printed is text");
  Check(std::none_of(printed.begin(), printed.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }),
        "and shows no control character");
  Check(printed.size() < 64 * kMaxCharacters, "of some size");
}

void OnePattern(absl::string_view input) {
  const bool fold_case = !input.empty() && input.front() == 'i';
  if (fold_case) input.remove_prefix(1);
  const size_t cut = input.rfind('\n');
  const fuzz::Exact pattern(input.substr(0, cut));
  const fuzz::Exact text(cut == input.npos ? "" : input.substr(cut + 1, 24));
  const absl::StatusOr<Node> node = Parse(pattern.view(), fold_case);
  if (!node.ok()) {
    const ErrorClass error = ClassOf(node.status());
    Check(error == ErrorClass::kInvalidArgument || error == ErrorClass::kInvalidText,
          "an error's class");
    Check(IsValidUtf8(node.status().message()) && node.status().message().size() < 120,
          "a message quotes nothing long");
    return;
  }
  Check(node->size <= kMaxSize, "an expression has a limited size");
  CheckPrinted(PrintPostgresql(*node));
  CheckPrinted(PrintMysql(*node));
  CheckPrinted(PrintMariadb(*node));
  Check(Matches(Program(*node), text.view()) == MatchesByDefinition(*node, text.view()),
        "a match is one by definition");
}

}  // namespace
}  // namespace ferro::regex

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ferro::regex::OnePattern({reinterpret_cast<const char*>(data), size});
  return 0;
}
