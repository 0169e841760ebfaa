// The extension module: multi-phase initialisation, all state in the module, heap types only.
#include "ferro.h"
#include "pyferro/native/json.h"
#include "pyferro/native/operation.h"
#include "pyferro/native/pipeline.h"
#include "pyferro/native/plan_bytes.h"
#include "pyferro/native/relate.h"
#include "pyferro/native/shortcuts/class_columns.h"
#include "pyferro/native/shortcuts/datetime_layout.h"
#include "pyferro/native/shortcuts/shortcuts.h"
#include "pyferro/native/state.h"
#include "pyferro/native/waiter.h"

namespace ferro::py {
namespace {

PyObject* Bytes(const std::string& text) {
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

PyObject* PlanName(PyObject*, PyObject* text) {
  Py_ssize_t size = 0;
  const char* name = PyUnicode_AsUTF8AndSize(text, &size);
  if (name == nullptr) return nullptr;
  std::string out;
  AppendName(out, name, static_cast<size_t>(size));
  return Bytes(out);
}

PyObject* PlanInteger(PyObject*, PyObject* value) {
  const long long number = PyLong_AsLongLong(value);
  if (number == -1 && PyErr_Occurred()) return nullptr;
  std::string out;
  AppendInt(out, number);
  return Bytes(out);
}

PyObject* PlanParam(PyObject*, PyObject* args, PyObject* kwargs) {
  static const char* kNames[] = {"type", "is_list", nullptr};
  unsigned char type;
  int is_list = 0;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "b|p", const_cast<char**>(kNames), &type, &is_list)) return nullptr;
  std::string out;
  AppendParam(out, type, is_list != 0);
  return Bytes(out);
}

PyObject* PlanNode(PyObject*, PyObject* args) {
  unsigned char kind;
  unsigned int count;
  if (!PyArg_ParseTuple(args, "bI", &kind, &count)) return nullptr;
  std::string out;
  AppendNode(out, kind, count);
  return Bytes(out);
}

PyObject* ParseJsonFunction(PyObject* module, PyObject* text) {
  if (!PyBytes_Check(text)) return PyErr_Format(PyExc_TypeError, "parse_json() takes bytes");
  return ParseJson(StateOf(module), PyBytes_AS_STRING(text), static_cast<size_t>(PyBytes_GET_SIZE(text)));
}

PyMethodDef kFunctions[] = {
    {"name", PlanName, METH_O, "Plan bytes of a name."},
    {"integer", PlanInteger, METH_O, "Plan bytes of an integer."},
    {"param", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(PlanParam)), METH_VARARGS | METH_KEYWORDS,
     "Plan bytes of a parameter of a canonical type."},
    {"node", PlanNode, METH_VARARGS, "Plan bytes of a node of a kind with so many operands."},
    {"parse_json", ParseJsonFunction, METH_O, "What JSON text becomes in a row."},
    {"adopt_model", AdoptModelFunction, METH_VARARGS, "Told the base class of all models, once."},
    {"adopt_metaclass", AdoptMetaclassFunction, METH_O, "Told the metaclass of all models, once."},
    {"making", MakingFunction, METH_O, "One more class, or one less, is being made."},
    {"keys_of", KeysOfFunction, METH_VARARGS, "The keys of instances."},
    {"share", ShareFunction, METH_VARARGS, "One instance for each key."},
    {"row_state", RowStateFunction, METH_O, "What is known of an instance's row, or None."},
    {"related", RelatedFunction, METH_O, "The related instances at hand as a dict, or None."},
    {"remember", RememberFunction, METH_VARARGS, "Relates instances to values."},
    {"gather", GatherFunction, METH_VARARGS, "Rows by their keys."},
    {"hand_out", HandOutFunction, METH_VARARGS, "Relates instances to the rows found for their keys."},
    {"several", SeveralFunction, METH_O, "Operations of one transaction as one, which gives a list."},
    {"shortcuts", ShortcutsFunction, METH_VARARGS, "The shortcuts past CPython's public API in use; sets them for tests."},
    {nullptr, nullptr, 0, nullptr}};

struct Constant {
  const char* name;
  int value;
};
constexpr Constant kConstants[] = {
    {"NULL", FERRO_TYPE_NULL},           {"BOOL", FERRO_TYPE_BOOL},
    {"INT64", FERRO_TYPE_INT64},         {"FLOAT64", FERRO_TYPE_FLOAT64},
    {"DECIMAL", FERRO_TYPE_DECIMAL},     {"TEXT", FERRO_TYPE_TEXT},
    {"BYTES", FERRO_TYPE_BYTES},         {"DATE", FERRO_TYPE_DATE},
    {"TIME", FERRO_TYPE_TIME},           {"TIMESTAMP", FERRO_TYPE_TIMESTAMP},
    {"TIMESTAMPTZ", FERRO_TYPE_TIMESTAMPTZ}, {"INTERVAL", FERRO_TYPE_INTERVAL},
    {"UUID", FERRO_TYPE_UUID},           {"JSON", FERRO_TYPE_JSON},
    {"ARRAY_OF", FERRO_TYPE_ARRAY_OF},
    {"RESULT_ROWS", static_cast<int>(Result::kRows)},       {"RESULT_FIRST", static_cast<int>(Result::kFirst)},
    {"RESULT_SCALARS", static_cast<int>(Result::kScalars)}, {"RESULT_SCALAR", static_cast<int>(Result::kScalar)},
    {"RESULT_COUNT", static_cast<int>(Result::kCount)},
};

bool AddConstants(PyObject* module) {
  for (const Constant& constant : kConstants) {
    if (PyModule_AddIntConstant(module, constant.name, constant.value) < 0) return false;
  }
  std::string none;
  AppendNode(none, FERRO_NODE_NONE, 0);
  Ref header_bytes = Ref::Steal(Bytes(std::string(kPlanHeader)));
  Ref none_bytes = Ref::Steal(Bytes(none));
  return header_bytes && none_bytes && PyModule_AddObjectRef(module, "HEADER", header_bytes.get()) == 0 &&
         PyModule_AddObjectRef(module, "NONE", none_bytes.get()) == 0 &&
         PyModule_AddStringConstant(module, "__version__", "0.1.0") == 0;
}

bool Intern(PyObject*& to, const char* name) {
  to = PyUnicode_InternFromString(name);
  return to != nullptr;
}

bool InternNames(ModuleState& state) {
  return Intern(state.name_compared, "_compared") && Intern(state.name_holds, "_holds") &&
         Intern(state.name_value, "value") && Intern(state.name_int, "int") &&
         Intern(state.name_is_safe, "is_safe") && Intern(state.name_bytes, "bytes") &&
         Intern(state.name_dict, "__dict__") && Intern(state.name_add_reader, "add_reader") &&
         Intern(state.name_add_writer, "add_writer") && Intern(state.name_remove_reader, "remove_reader") &&
         Intern(state.name_remove_writer, "remove_writer") && Intern(state.name_call_soon, "call_soon") &&
         Intern(state.name_call_later, "call_later") && Intern(state.name_cancel, "cancel") &&
         Intern(state.name_context, "context") && Intern(state.name_is_closed, "is_closed") &&
         Intern(state.name_astimezone, "astimezone") && Intern(state.name_validate_python, "validate_python") &&
         Intern(state.name_validate_json, "validate_json") && Intern(state.name_extra, "__pydantic_extra__") &&
         Intern(state.name_private, "__pydantic_private__") &&
         Intern(state.name_fields_set, "__pydantic_fields_set__") &&
         Intern(state.name_post_init, "model_post_init") && Intern(state.name_related, "__ferro_related__") &&
         Intern(state.name_row_state, "__ferro_state__") && Intern(state.name_columns, "__ferro_columns__");
}

bool Import(PyObject*& to, const char* module, const char* name) {
  Ref imported = Ref::Steal(PyImport_ImportModule(module));
  to = imported ? PyObject_GetAttrString(imported.get(), name) : nullptr;
  return to != nullptr;
}

bool ImportTypes(ModuleState& state) {
  PyObject* safety = nullptr;
  if (!ImportDatetime(state) || !Import(state.decimal_type, "decimal", "Decimal") || !Import(state.uuid_type, "uuid", "UUID") ||
      !Import(safety, "uuid", "SafeUUID") || !Import(state.enum_type, "enum", "Enum") ||
      !Import(state.from_json, "pydantic_core", "from_json") || !Import(state.to_json, "pydantic_core", "to_json") ||
      !Import(state.validation_error, "pydantic_core", "ValidationError")) {
    return false;
  }
  state.uuid_unknown_safety = PyObject_GetAttrString(safety, "unknown");
  Py_DECREF(safety);
  return state.uuid_unknown_safety != nullptr;
}

// A build of CPython without the lock takes it back when it imports us, see kSlots, unless that was
// forbidden.
bool HaveInterpreterLock() {
  PyObject* ask = PySys_GetObject("_is_gil_enabled");  // borrowed; not there before 3.13
  if (ask == nullptr) return true;
  Ref enabled = Ref::Steal(PyObject_CallNoArgs(ask));
  if (!enabled) return false;
  if (enabled.get() == Py_True) return true;
  PyErr_SetString(PyExc_ImportError,
                  "pyferro needs CPython's interpreter lock: start without PYTHON_GIL=0 and -X gil=0");
  return false;
}

// Signals and password functions are answered by PyGILState, which knows one interpreter.
bool InMainInterpreter() {
  if (PyInterpreterState_Get() == PyInterpreterState_Main()) return true;
  PyErr_SetString(PyExc_ImportError, "pyferro works in the main interpreter only, and this is a subinterpreter");
  return false;
}

int Exec(PyObject* module) {
  ModuleState& state = StateOf(module);
  state.json_keys = new JsonKeys;
  const bool good = InMainInterpreter() && HaveInterpreterLock() && InternNames(state) && ImportTypes(state) &&
                    AddMetaBase(module, state) && FindShortcuts(state) && AddExpr(module, state) && AddColumn(module, state) && AddBuild(module) && AddRowPlan(module, state) &&
                    AddDatabase(module, state) && AddOperation(module, state) && AddRequest(module) && AddWaiter(module, state) && AddPipeline(module, state) && AddCells(module) && AddCsv(module, state) &&
                    AddConstants(module);
  return good ? 0 : -1;
}

// Every reference of the state, for the two functions below.
template <class F>
void EachReference(ModuleState& state, F each) {
  for (PyTypeObject** type : {&state.expr_type, &state.column_type, &state.peculiar_type, &state.row_plan_type, &state.statement_type,
                              &state.operation_type, &state.database_type, &state.transaction_type,
                              &state.waiter_type, &state.pipeline_type, &state.csv_lines_type, &state.datetime_type, &state.meta_type}) {
    each(reinterpret_cast<PyObject**>(type));
  }
  PyObject** const first = &state.decimal_type;
  PyObject** const last = &state.name_columns;
  for (PyObject** object = first; object <= last; ++object) each(object);
}

int Traverse(PyObject* module, visitproc visit, void* arg) {
  int result = 0;
  EachReference(StateOf(module), [&](PyObject** object) {
    if (result == 0 && *object != nullptr) result = visit(*object, arg);
  });
  return result;
}

int Clear(PyObject* module) {
  EachReference(StateOf(module), [](PyObject** object) { Py_CLEAR(*object); });
  delete std::exchange(StateOf(module).json_keys, nullptr);
  return 0;
}

void FreeModule(void* module) { Clear(static_cast<PyObject*>(module)); }

PyModuleDef_Slot kSlots[] = {{Py_mod_exec, reinterpret_cast<void*>(Exec)},
#ifdef Py_mod_gil
                             // Nothing here locks for itself. (So it would be without saying it.)
                             {Py_mod_gil, Py_MOD_GIL_USED},
#endif
                             {0, nullptr}};

}  // namespace

PyModuleDef kModule = {PyModuleDef_HEAD_INIT,
                       "pyferro._native",
                       "The engine of pyferro: expressions, statements, rows to instances.",
                       sizeof(ModuleState),
                       kFunctions,
                       kSlots,
                       Traverse,
                       Clear,
                       FreeModule};

}  // namespace ferro::py

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&ferro::py::kModule); }
