// The object ids of PostgreSQL's built-in types that we know (src/include/catalog/pg_type.dat of
// the server; they never change) and how they stand to our canonical types.
#pragma once

#include <cstdint>

#include "engine/value/type.h"

namespace ferro::postgresql {

using Oid = unsigned int;  // as in libpq

inline constexpr Oid kBoolOid = 16;
inline constexpr Oid kByteaOid = 17;
inline constexpr Oid kCharOid = 18;  // "char", one byte
inline constexpr Oid kNameOid = 19;
inline constexpr Oid kInt8Oid = 20;
inline constexpr Oid kInt2Oid = 21;
inline constexpr Oid kInt4Oid = 23;
inline constexpr Oid kTextOid = 25;
inline constexpr Oid kOidOid = 26;
inline constexpr Oid kJsonOid = 114;
inline constexpr Oid kXmlOid = 142;
inline constexpr Oid kCidrOid = 650;
inline constexpr Oid kFloat4Oid = 700;
inline constexpr Oid kFloat8Oid = 701;
inline constexpr Oid kUnknownOid = 705;
inline constexpr Oid kInetOid = 869;
inline constexpr Oid kBpcharOid = 1042;
inline constexpr Oid kVarcharOid = 1043;
inline constexpr Oid kDateOid = 1082;
inline constexpr Oid kTimeOid = 1083;
inline constexpr Oid kTimestampOid = 1114;
inline constexpr Oid kTimestampTzOid = 1184;
inline constexpr Oid kIntervalOid = 1186;
inline constexpr Oid kTimeTzOid = 1266;
inline constexpr Oid kNumericOid = 1700;
inline constexpr Oid kVoidOid = 2278;
inline constexpr Oid kUuidOid = 2950;
inline constexpr Oid kJsonbOid = 3802;

// Types made by users (enums, extensions) have ids from here on.
inline constexpr Oid kFirstUserOid = 16384;

// What a parameter of `type` (which may be an array), or an array of such, is declared as; 0 (the
// server infers it) for kNull.
Oid ParameterOid(Type type, bool is_array);

// The type of an array's elements; 0 for what is no array that we know.
Oid ElementOid(Oid array);

// What a column of this built-in type is when nothing was declared; kNull when we do not know it.
Type NaturalType(Oid oid);

// The name of a built-in type that we know, as the server writes it; else empty, as for arrays.
absl::string_view TypeName(Oid oid);

// Whether the binary form is the text itself.
bool IsTextOnTheWire(Oid oid);

}  // namespace ferro::postgresql
