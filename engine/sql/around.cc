#include "engine/sql/around.h"

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"

namespace ferro::sql {

void PutInFront(absl::string_view words, Compiled& compiled) {
  const auto put = [&](std::string& text) { text.insert(0, words.data(), words.size()); };
  for (Step& step : compiled.steps) put(step.text.pieces.front());
  if (compiled.bulk.style == BulkStyle::kValues) put(compiled.bulk.head);
  if (compiled.bulk.style == BulkStyle::kArrays) put(compiled.bulk.arrays.pieces.front());
}

absl::Status MakeExplained(bool analyze, const Lexicon& lexicon, Compiled& compiled) {
  if (compiled.steps.size() != 1) {
    return MakeErrorWithHint(ErrorClass::kUnsupported,
                             absl::StrCat("a statement that is sent as ", compiled.steps.size(),
                                          " statements has no one plan"),
                             "explain the query that finds its rows");
  }
  PutInFront(analyze ? lexicon.explain_analyze : lexicon.explain, compiled);
  Step& step = compiled.steps.front();
  step.open = true;
  step.columns.clear();
  step.named.clear();
  compiled.columns.clear();
  compiled.bulk = {};
  compiled.keys_are_result = false;
  if (!analyze) compiled.statement_class = StatementClass::kQuery;
  return absl::OkStatus();
}

}  // namespace ferro::sql
