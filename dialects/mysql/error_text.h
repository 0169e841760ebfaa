// Reads names out of the English messages of MySQL and MariaDB and writes sentences that hold no
// values. Knows nothing of connections; errors.cc is the only caller.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/error.h"
#include "engine/base/version.h"

namespace ferro::mysql {

// Fills constraint, table, column and row as far as `text` tells them.
void TakeNames(int32_t code, absl::string_view text, Product product, ErrorDetail& detail);

// A sentence for errors whose own text may quote values, from what TakeNames has found.
std::string SentenceFor(const ErrorDetail& detail, absl::string_view text);

// The server's text in our form: no full stop at its end, no capital at its start (unless an
// abbreviation).
std::string PlainSentence(absl::string_view text);

}  // namespace ferro::mysql
