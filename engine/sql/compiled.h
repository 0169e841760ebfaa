// What the compiler makes of a statement: a short list of steps (nearly always one) with their texts, where each
// placeholder's value comes from, and what comes back. Immutable; shared between threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/sql/feature.h"
#include "engine/value/type.h"
#include "engine/value/value.h"

namespace ferro::sql {

enum class BindSource : uint8_t {
  kParameter,  // the caller's argument `index`
  kList,       // the caller's list argument `index`: one array, or as many placeholders as it has values
  kKeys,       // the keys that an earlier step collected, in the same two forms
};

// One placeholder of a text, or one list, in order of appearance.
struct Bind {
  BindSource source = BindSource::kParameter;
  uint32_t index = 0;
  Type type = Type::kNull;
  bool not_negative = false;  // LIMIT and OFFSET: checked before it is sent
  // Of a text that the server reads in words of its own, such as a regular expression; else null.
  absl::StatusOr<std::string> (*translate)(absl::string_view text) = nullptr;
  // Of a list of numbers: the wider type as which they are sent, where the server would not compare them so.
  Type meets = Type::kNull;
  // Refuses what the text would change in silence; else null.
  absl::Status (*check)(const Value& value) = nullptr;
};

// SQL text. `pieces` has one element more than there are spelled-out lists; between two pieces go the
// placeholders of a list, `empty_list` when it has no values, or `list_rows` when it has many. On dialects with
// array parameters there is one piece only. Of a definition each bind stands between two pieces, and becomes a
// literal.
struct Text {
  std::vector<std::string> pieces;
  std::vector<Bind> binds;
  bool literals = false;
};

struct ResultColumn {
  std::string name;  // empty: as the server names it
  Type type = Type::kNull;
};

enum class StepRole : uint8_t {
  kMain,          // its rows, if any, are the statement's
  kCollectKeys,   // its rows' first column are keys for later steps; no rows for the caller
  kInsertForKeys,  // an insert whose keys are the server's first generated id and its step, or, when the
                   // key was supplied, the argument named by Compiled::supplied_key
  kAffect,        // only its count of rows matters
};

struct Step {
  Text text;
  std::vector<ResultColumn> columns;  // empty: returns no rows, unless it is open
  bool open = false;                  // the server says what the columns are, and whether there are any
  std::vector<ResultColumn> named;    // of an open step: the types of columns of these names
  StepRole role = StepRole::kMain;
  bool counts = true;               // its affected rows are the statement's
  int32_t tolerated_native_code = 0;  // an error of this code is success: emulated IF [NOT] EXISTS
};

// How a change of one row is repeated: an insert whose row consists of parameters, or an update of a row that is found
// by a key.
enum class BulkStyle : uint8_t {
  kNone,
  kValues,  // head + row {", " row}… + tail; `row` holds the placeholders of the first row, whose
            // numbers (where they have any) go on in the others
  kArrays,  // `arrays` takes one array for each column of the row
};

// How the rows of an insert are sent by the server's own way of loading them (PostgreSQL's COPY), where nothing is returned
// and they are many; else, and where the server's table does not allow it, as `style` says.
struct BulkCopy {
  std::string text;   // empty: there is no such way
  std::string probe;  // an insert of one row of parameters, whose types are those of the columns
  std::string table, quoted_table;
  std::vector<std::string> columns;
};

struct Bulk {
  BulkStyle style = BulkStyle::kNone;
  std::string head, row, tail;  // for kValues
  std::vector<Bind> tail_binds;  // for kValues: of parameters that are the same for all rows
  Text arrays;  // for kArrays; bind index i is the i-th parameter of the row, others are the same for all rows
  BulkCopy copy;
  size_t row_parameters = 0;    // the first so many parameters are of the row
  size_t max_bytes = 0;         // of a text, 0 for any: rows with longer ones are changed one by one
  // Emulated RETURNING of an upsert, for kValues: then the rows of the statement are read by `read` and `read_row` for each
  // row, with " OR " between them. Its placeholders are for `read_keys`, parameters of the row.
  std::string read, read_row;
  std::vector<Bind> read_keys;
  bool unordered = false;       // rows come back as the server gives them, perhaps fewer than were given
  bool one_row_each = false;    // emulated RETURNING with supplied keys: no statement may hold two rows
};

enum class StatementClass : uint8_t { kQuery, kWrite, kDefinition };

struct Compiled {
  uint64_t id = 0;  // unique in the process; with the expansion it names the prepared statement
  StatementClass statement_class = StatementClass::kQuery;
  std::vector<Step> steps;
  std::vector<ResultColumn> columns;  // of the rows the caller sees
  std::vector<Type> parameters;       // declared type of each argument
  std::vector<bool> parameter_is_list;
  Bulk bulk;
  bool single = false;              // one statement without words of the user's: its transaction goes on behind it, or has failed
  bool shareable = false;           // reads, takes no locks and calls nothing of the user's: others may follow it on a connection
  bool atomic = false;              // several steps that must share a transaction
  bool keys_are_result = false;     // after kInsertForKeys the keys themselves are the rows asked for
  int32_t supplied_key = -1;        // argument that holds the key of an insert; -1: the server makes it
  std::string table, key;           // of an insert whose key is supplied, to name them in errors
  bool has_generated_key_order = false;  // kValues rows come back in ascending key order; sort by `key_column`
  int32_t key_column = -1;          // index of the key among `columns`, -1 when it is not there
  FeatureSet features;              // what the statement uses
};

// kNotNull for an insert whose key is supplied and NULL. It never reaches a server, since they
// differ: PostgreSQL refuses it, MySQL, MariaDB and SQLite take it as leave to number the row, and
// only where the column can be numbered.
absl::Status NullKeyError(absl::string_view table, absl::string_view key, Type key_type);

}  // namespace ferro::sql
