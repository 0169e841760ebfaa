// What others ask of a Database object.
#pragma once

#include "ferro.h"
#include "pyferro/native/ref.h"

namespace ferro::py {

ferro_database* HandleOf(PyObject* database);

// Of a Statement, and of a Transaction or None.
ferro_statement* StatementOf(PyObject* statement);
ferro_transaction* TransactionOf(PyObject* transaction);

// The pipelines of its loops, see pipeline.cc; owned by the database.
PyObject*& PipelinesOf(PyObject* database);

}  // namespace ferro::py
