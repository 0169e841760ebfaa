// What tests want to know of pipeline mode.
#pragma once

namespace ferro::postgresql {

// Whether the libpq in use can end a statement without writing to the socket at once (17 and later).
bool SyncsWithoutWriting();

}  // namespace ferro::postgresql
