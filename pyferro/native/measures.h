// What is held to a column's declared measures before it is stored, and decimals as text. Both
// raise errors that name the column; neither knows which database is asked.
#pragma once

#include "pyferro/native/from_python.h"

namespace ferro::py {

// Whether an int or str is one of the target's only values, if it has such; otherwise an exception
// is set.
bool IsMember(ModuleState& state, const Target& target, PyObject* value);

// Whether an integer fits the bits; otherwise an exception is set.
bool IntegerFits(ModuleState& state, const Target& target, long long number);

// Whether a str fits; otherwise an exception is set.
bool TextFits(ModuleState& state, const Target& target, PyObject* text);

// A finite Decimal as the canonical text that the engine takes, without an exponent. For a target
// that is stored: with exactly the declared places, so that all databases give back the same
// digits, and zero without a sign, which none of the servers keeps. Digits that do not fit are an
// error, never rounded.
Ref DecimalText(ModuleState& state, const Target& target, PyObject* value);

}  // namespace ferro::py
