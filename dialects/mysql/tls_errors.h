// OpenSSL's queue of errors, which is one for each thread and which libmariadb never empties: what a broken session left
// there makes the next read of a sound one look failed, so that it is given up ("lost connection").
#pragma once

namespace ferro::mysql {

// Empties the queue of this thread, in the OpenSSL that libmariadb itself uses; does nothing where it uses another
// library for TLS. To be called before the library touches a socket.
void ForgetTlsErrors();

}  // namespace ferro::mysql
