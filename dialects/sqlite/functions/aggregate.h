// Aggregates that are window functions as well, made of a class with
//   void Add(sqlite3_context*, sqlite3_value*)     a row comes in; never NULL
//   void Remove(sqlite3_context*, sqlite3_value*)  a row that came in goes out of the frame
//   void Result(sqlite3_context*) const            of the rows that are in; perhaps none
// whose default is no rows. Each may give an error.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <new>

#include "dialects/sqlite/functions/call.h"

namespace ferro::sqlite {

struct AggregateRow {
  const char* name;
  void (*step)(sqlite3_context*, int, sqlite3_value**);
  void (*final)(sqlite3_context*);
  void (*value)(sqlite3_context*);
  void (*inverse)(sqlite3_context*, int, sqlite3_value**);
};

// NULLs neither come in nor go out. SQLite keeps one pointer for us, zero at first, and calls Final
// exactly once, also when the statement fails.
template <class State>
struct Aggregate {
  static void Step(sqlite3_context* context, int count, sqlite3_value** values) {
    if (AnyNull(count, values)) return;
    auto** slot = static_cast<State**>(sqlite3_aggregate_context(context, sizeof(State*)));
    if (slot == nullptr) return sqlite3_result_error_nomem(context);
    WithinMemory(context, [&] {
      if (*slot == nullptr) *slot = new State;
      (*slot)->Add(context, values[0]);
    });
  }

  static void Inverse(sqlite3_context* context, int count, sqlite3_value** values) {
    if (AnyNull(count, values)) return;
    State* const state = Existing(context);
    if (state == nullptr) return;
    WithinMemory(context, [&] { state->Remove(context, values[0]); });
  }

  static void Value(sqlite3_context* context) {
    WithinMemory(context, [&] {
      if (const State* const state = Existing(context)) return state->Result(context);
      State().Result(context);
    });
  }

  static void Final(sqlite3_context* context) {
    const std::unique_ptr<State> owned(Existing(context));
    Value(context);
  }

  static constexpr AggregateRow Row(const char* name) {
    return {name, Step, Final, Value, Inverse};
  }

 private:
  static State* Existing(sqlite3_context* context) {
    auto** slot = static_cast<State**>(sqlite3_aggregate_context(context, 0));
    return slot == nullptr ? nullptr : *slot;
  }
};

}  // namespace ferro::sqlite
