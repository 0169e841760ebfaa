// What the module holds: its types, and the foreign types and names that are looked up once. One for each
// interpreter that imports the module; nothing here is static.
#pragma once

#include "ferro.h"
#include "pyferro/native/ref.h"
#include "pyferro/native/short_wait.h"
#include "pyferro/native/shortcuts/model_slots.h"
#include "pyferro/native/shortcuts/uuid_slots.h"

namespace ferro::py {

class JsonKeys;

struct ModuleState {
  // Our types.
  PyTypeObject* expr_type;
  PyTypeObject* column_type;
  PyTypeObject* peculiar_type;
  PyTypeObject* row_plan_type;
  PyTypeObject* statement_type;
  PyTypeObject* operation_type;
  PyTypeObject* database_type;
  PyTypeObject* transaction_type;
  PyTypeObject* datetime_type;  // datetime.datetime
  PyTypeObject* waiter_type;
  PyTypeObject* pipeline_type;
  PyTypeObject* csv_lines_type;
  PyTypeObject* meta_type;

  // Others'.
  PyObject* decimal_type;
  PyObject* utc;                  // datetime.timezone.utc
  PyObject* uuid_type;
  PyObject* uuid_unknown_safety;  // uuid.SafeUUID.unknown
  PyObject* enum_type;
  PyObject* from_json;            // pydantic_core.from_json
  PyObject* to_json;
  PyObject* validation_error;     // pydantic_core.ValidationError
  PyObject* make_error;           // pyferro.errors.make, once something has failed
  PyObject* get_running_loop;     // asyncio's, once something has waited in a loop
  PyObject* model_type;           // pyferro.Model, once it has been adopted

  // Interned names.
  PyObject* name_compared;  // _compared, of a Peculiar
  PyObject* name_holds;     // _holds
  PyObject* name_value;
  PyObject* name_int;
  PyObject* name_is_safe;
  PyObject* name_bytes;
  PyObject* name_dict;
  PyObject* name_add_reader;
  PyObject* name_add_writer;
  PyObject* name_remove_reader;
  PyObject* name_remove_writer;
  PyObject* name_call_soon;
  PyObject* name_call_later;
  PyObject* name_cancel;
  PyObject* name_context;
  PyObject* name_is_closed;
  PyObject* name_astimezone;
  PyObject* name_validate_python;
  PyObject* name_validate_json;
  PyObject* name_extra;
  PyObject* name_private;
  PyObject* name_fields_set;
  PyObject* name_post_init;
  PyObject* name_related;    // __ferro_related__
  PyObject* name_row_state;  // __ferro_state__
  PyObject* name_columns;    // __ferro_columns__

  JsonKeys* json_keys;

  unsigned shortcuts_found;  // bits of Shortcut: what works in this interpreter,
  unsigned shortcuts;        // and what of it is in use
  UuidSlots uuid_slots;
  ModelSlots model_slots;
  getattrofunc class_getattro;  // of the metaclass of models, without kClassColumns
  int classes_in_making;

  // When an await of ours last gave way to the loop, on the monotonic clock: see operation.cc.
  int64_t last_pause_ns;
  ShortWait short_wait;
};

extern PyModuleDef kModule;

inline ModuleState& StateOf(PyObject* module) {
  return *static_cast<ModuleState*>(PyModule_GetState(module));
}
// For slots, which are not told their defining class. Null with an exception for an object that is none of ours.
inline ModuleState* StateOfType(PyTypeObject* type) {
  PyObject* module = PyType_GetModuleByDef(type, &kModule);
  return module == nullptr ? nullptr : &StateOf(module);
}

// Each makes its heap type and adds it to the module; false with an exception.
bool AddExpr(PyObject* module, ModuleState& state);
bool AddColumn(PyObject* module, ModuleState& state);
bool AddBuild(PyObject* module);
bool AddRowPlan(PyObject* module, ModuleState& state);
bool AddDatabase(PyObject* module, ModuleState& state);
bool AddOperation(PyObject* module, ModuleState& state);
bool AddRequest(PyObject* module);
bool AddCells(PyObject* module);
bool AddCsv(PyObject* module, ModuleState& state);

inline PyTypeObject* AddType(PyObject* module, PyType_Spec& spec, PyObject* bases = nullptr) {
  Ref type = Ref::Steal(PyType_FromModuleAndSpec(module, &spec, bases));
  if (!type || PyModule_AddType(module, reinterpret_cast<PyTypeObject*>(type.get())) < 0) {
    return nullptr;
  }
  return reinterpret_cast<PyTypeObject*>(type.release());
}

}  // namespace ferro::py
