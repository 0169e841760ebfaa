// The consumer again, read by a C++ compiler: the headers, and what they define inline, mean the same there.
#include "arrays.c"
#include "consumer.c"
#include "errors.c"
#include "pool.c"
#include "statements.c"
#include "support.c"
#include "transactions.c"
#include "types.c"
