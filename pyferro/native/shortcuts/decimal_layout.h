// decimal.Decimal filled in place. The C module exports no API (3.11 to 3.14); its objects hold libmpdec's mpd_t
// (mpdecimal.h) behind the hash, with four words of 19 decimal digits each in the object itself
// (Modules/_decimal/_decimal.c). Small decimals need one of the words.
#pragma once

#include "pyferro/native/ref.h"

namespace ferro::py {

struct ModuleState;

// coefficient * 10^-scale with exactly `scale` digits after the point, by the layout where it is in use, else through
// text. Null with an exception.
PyObject* MakeDecimal(const ModuleState& state, int64_t coefficient, unsigned scale);

// Reads real decimals by the layout, and compares those made by it with real ones. No exception is left.
bool TryDecimalLayout(ModuleState& state);

}  // namespace ferro::py
