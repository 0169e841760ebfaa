// The wire form of a plan, the only specification of it. A plan is how an AST crosses the C ABI and
// what statement caches are keyed by.
//
// A plan is a header of four bytes ('F', 'P', version, flags = 0) and a postfix program on one
// stack: operands first, then the node that takes them. So composing expressions is concatenating
// bytes. After the last instruction exactly one operand is left, and it is a statement.
//
//   NAME  length:varint bytes     pushes a name (an identifier, or empty for "none given")
//   TEXT  length:varint bytes     pushes other text, such as a key within JSON
//   INT   value:zigzag varint     pushes an integer; enumerators, types and truth (0, 1) are
//   integers too;
//                                 a type is one of engine/value/type.h, or an element's with
//                                 kArrayBit
//   PARAM type:u8                 pushes a parameter; parameters are numbered from 0 in the order
//   of the bytes LIST_PARAM type:u8            pushes a list parameter, numbered with the others
//   NODE  kind:u8 count:varint    pops `count` operands and pushes the node; they are its Fields()
//   in order
//
// NODE with kind None and count 0 pushes "absent"; kind List pushes its operands as one list.
// Varints are base 128, least significant first, in their shortest form, so equal plans are equal
// bytes. Values never enter a plan: two queries that differ only in values have equal plans.
//
// All input is hostile. The reader refuses what exceeds the limits below, naming the offset.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ferro::plan {

inline constexpr uint8_t kMagic0 = 'F';
inline constexpr uint8_t kMagic1 = 'P';
inline constexpr uint8_t kVersion = 2;
inline constexpr size_t kHeaderSize = 4;

enum class Op : uint8_t { kName = 1, kInt = 2, kParam = 3, kListParam = 4, kNode = 5, kText = 6 };

inline constexpr size_t kMaxPlanBytes = 4 << 20;
inline constexpr size_t kMaxNameBytes = 63;    // PostgreSQL cuts longer names in silence
inline constexpr size_t kMaxTextBytes = 1 << 16;
inline constexpr size_t kMaxDepth = 512;       // of nested nodes; every pass may recurse
inline constexpr size_t kMaxParameters = 65535;
inline constexpr size_t kMaxOperands = 1 << 20;  // on the stack at once

}  // namespace ferro::plan
