#include "engine/sql/dialect.h"

#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"

namespace ferro::sql {
namespace {

std::string ToString(const Since& since) {
  std::string text = absl::StrCat(since.major, ".", since.minor);
  if (since.patch != 0) absl::StrAppend(&text, ".", since.patch);
  return text;
}

}  // namespace

bool DialectProfile::HasReached(const Since& since) const {
  return std::tie(version.major, version.minor, version.patch) >=
         std::tie(since.major, since.minor, since.patch);
}

Support DialectProfile::SupportOf(Feature feature) const {
  const FeatureRow& row = (*features)[static_cast<size_t>(feature)];
  if (row.support == Support::kNative && !HasReached(row.since)) return Support::kRefused;
  return row.support;
}

absl::Status DialectProfile::Check(Feature feature) const {
  if (SupportOf(feature) != Support::kRefused) return absl::OkStatus();
  const FeatureRow& row = (*features)[static_cast<size_t>(feature)];
  std::string message = absl::StrCat(version.ToString(), " does not support ", Name(feature), " (",
                                     Description(feature), ")");
  if (row.support == Support::kNative) {
    absl::StrAppend(&message, "; it came with ", ToString(row.since));
  }
  const std::string hint = row.advice.empty()
                               ? absl::StrCat("upgrade the server to ", ToString(row.since))
                               : std::string(row.advice);
  return MakeErrorWithHint(ErrorClass::kUnsupported, message, hint);
}

}  // namespace ferro::sql
