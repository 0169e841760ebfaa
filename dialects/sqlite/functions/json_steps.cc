#include "dialects/sqlite/functions/json_steps.h"

#include "absl/strings/numbers.h"
#include "dialects/sqlite/functions/json_lexer.h"

namespace ferro::sqlite {

bool ReadJsonSteps(absl::string_view text, Arena& arena, std::vector<JsonStep>& out) {
  JsonLexer lexer(text, arena);
  if (!lexer.TakeChar('[')) return false;
  if (lexer.TakeChar(']')) return lexer.AtEnd();
  do {
    JsonStep step;
    absl::string_view digits;
    const bool is_place = lexer.Front() != '"';
    if (is_place) {
      if (!lexer.TakeNumber(digits) || !absl::SimpleAtoi(digits, &step.place)) return false;
    } else if (!lexer.TakeString(step.key)) {
      return false;
    }
    out.push_back(step);
  } while (lexer.TakeChar(','));
  return lexer.TakeChar(']') && lexer.AtEnd();
}

}  // namespace ferro::sqlite
