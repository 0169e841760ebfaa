#include "engine/value/uuid.h"

#include <gtest/gtest.h>

namespace ferro {
namespace {

constexpr char kText[] = "0123abcd-4567-89ef-0011-223344556677";

std::string RoundTrip(absl::string_view text) {
  char bytes[16];
  if (!ParseUuid(text, bytes)) return "refused";
  std::string out;
  AppendUuid(out, {bytes, sizeof bytes});
  return out;
}

TEST(Uuid, ReadsWhatItWrites) { EXPECT_EQ(RoundTrip(kText), kText); }

TEST(Uuid, TakesUpperCaseAndNoHyphens) {
  EXPECT_EQ(RoundTrip("0123ABCD-4567-89EF-0011-223344556677"), kText);
  EXPECT_EQ(RoundTrip("0123abcd456789ef0011223344556677"), kText);
}

TEST(Uuid, RefusesOtherText) {
  for (const absl::string_view text :
       {"", "0123abcd", "0123abcd-4567-89ef-0011-22334455667", "0123abcd-4567-89ef-0011-2233445566778",
        "0123abcd-4567-89ef-0011-22334455667g", "0123abcd4-567-89ef-0011-223344556677"}) {
    EXPECT_EQ(RoundTrip(text), "refused") << text;
  }
}

}  // namespace
}  // namespace ferro
