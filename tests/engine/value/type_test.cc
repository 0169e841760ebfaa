#include "engine/value/type.h"

#include <gtest/gtest.h>

namespace ferro {
namespace {

TEST(Type, NamesAreReadBackAsTheTypeThatTheyNamed) {
  int arrays = 0;
  for (int number = 0; number <= 0xFF; ++number) {
    const auto type = static_cast<Type>(number);
    if (!IsDeclarable(number)) continue;
    EXPECT_EQ(TypeFromName(Name(type)), type) << number;
    arrays += IsArray(type) ? 1 : 0;
  }
  EXPECT_EQ(arrays, 11);
  EXPECT_EQ(TypeFromName(""), std::nullopt);
  EXPECT_EQ(TypeFromName("bytes-array"), std::nullopt);
}

TEST(Type, AnArrayKnowsItsElement) {
  const Type array = ArrayOf(Type::kUuid);
  EXPECT_TRUE(IsArray(array));
  EXPECT_EQ(ElementOf(array), Type::kUuid);
  EXPECT_EQ(Name(array), "uuid-array");
  EXPECT_FALSE(IsArray(Type::kArray)) << "the tag of a cell, which is never declared";
}

TEST(Type, WhatHasNoElementsTypeCannotBeDeclared) {
  for (const int64_t number :
       {-1, 14, 15, 63, 0x40, 0x40 | 6, 0x40 | 13, 0x40 | 14, 0x80, 0xC2, 256 + 0x42}) {
    EXPECT_FALSE(IsDeclarable(number)) << number;
  }
  EXPECT_EQ(Name(static_cast<Type>(0x40 | 6)), "unknown");
  EXPECT_EQ(Name(static_cast<Type>(0xC2)), "unknown");
}

}  // namespace
}  // namespace ferro
