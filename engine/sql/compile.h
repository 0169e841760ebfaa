// Statement in, SQL out: features are checked, the shared rewrites applied, the rest rendered. Pure: no I/O, no
// globals but the counter of ids, no clock.
#pragma once

#include "absl/status/statusor.h"
#include "engine/plan/reader.h"
#include "engine/sql/compiled.h"
#include "engine/sql/dialect.h"

namespace ferro::sql {

// ErrorClass::kUnsupported when the profile refuses a feature that the statement uses.
absl::StatusOr<Compiled> Compile(const plan::Plan& plan, const DialectProfile& profile);

// Where the lexicon has `list_rows` longer lists are one parameter.
inline constexpr size_t kMostSpelledOut = 16;
bool IsSpelledOut(size_t size, const Lexicon& lexicon);

// The text of `step` for lists of the given lengths (in order of the lists among its binds), as it is sent.
// Lists that are spelled out are padded to `PaddedSize` placeholders.
std::string Expand(const Text& text, const Lexicon& lexicon, std::span<const size_t> list_sizes);

// The next power of two, so that n lengths make log n texts; the last value is bound again. 0 stays 0.
size_t PaddedSize(size_t size);

}  // namespace ferro::sql
