#include "pyferro/native/csv.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

#include "pyferro/native/calendar.h"
#include "pyferro/native/to_python.h"

namespace ferro::py {
namespace {

struct CsvLinesObject {
  PyObject_HEAD
  size_t columns;
  PyObject* other;  // callable: the text of a value that is not written here, or None for an empty field
};

CsvLinesObject& AsLines(PyObject* object) { return *reinterpret_cast<CsvLinesObject*>(object); }

// In quotes where RFC 4180 wants them; so is an empty text, as an empty field is NULL, and a lone \., which PostgreSQL's
// COPY reads as the end.
void AppendText(std::string& out, std::string_view text) {
  if (!text.empty() && text != "\\." && text.find_first_of("\",\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (size_t at; (at = text.find('"')) != std::string_view::npos; text.remove_prefix(at + 1)) {
    out.append(text, 0, at + 1) += '"';
  }
  out.append(text) += '"';
}

void AppendInteger(std::string& out, int64_t value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, std::end(digits), value).ptr);
}

// Of `width` digits, zeros first.
void AppendDigits(std::string& out, int64_t value, int width) {
  char digits[20];
  for (int i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<size_t>(width));
}

bool AppendFloat(std::string& out, double value) {
  char* const text = PyOS_double_to_string(value, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
  if (text == nullptr) {
    PyErr_Clear();  // no memory, of which the other way will tell
    return false;
  }
  out += text;
  PyMem_Free(text);
  return true;
}

void AppendSmallDecimal(std::string& out, int64_t coefficient, size_t scale) {
  char digits[20];
  const uint64_t size = coefficient < 0 ? uint64_t{0} - static_cast<uint64_t>(coefficient)
                                        : static_cast<uint64_t>(coefficient);
  std::string_view whole(digits, static_cast<size_t>(std::to_chars(digits, std::end(digits), size).ptr - digits));
  if (coefficient < 0) out += '-';
  if (whole.size() > scale) {
    out += whole.substr(0, whole.size() - scale);
    whole.remove_prefix(whole.size() - scale);
  } else {
    out += '0';
  }
  if (scale == 0) return;
  out += '.';
  out.append(scale - whole.size(), '0').append(whole);
}

// Whether Decimal would write a text as it is: -12.50, and not +1, 007, .5 or 1E3.
bool IsPlainDecimal(std::string_view text) {
  const auto digits = [&text] {
    const size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.empty()) return true;
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return digits() > 0 && text.empty();
}

void AppendHex(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const char byte : bytes) {
    out += kDigits[static_cast<uint8_t>(byte) >> 4];
    out += kDigits[static_cast<uint8_t>(byte) & 15];
  }
}

void AppendUuid(std::string& out, const char* bytes) {
  constexpr size_t kGroups[] = {4, 2, 2, 2, 6};
  for (const size_t group : kGroups) {
    AppendHex(out, {bytes, group});
    out += '-';
    bytes += group;
  }
  out.pop_back();
}

bool AppendDay(std::string& out, int64_t days) {
  if (!IsDay(days)) return false;
  const YearMonthDay date = FromDays(days);
  AppendDigits(out, date.year, 4);
  out += '-';
  AppendDigits(out, date.month, 2);
  out += '-';
  AppendDigits(out, date.day, 2);
  return true;
}

// Of the day; microseconds only where there are any.
bool AppendTime(std::string& out, int64_t micros) {
  if (micros < 0 || micros >= kMicrosPerDay) return false;
  const int64_t seconds = micros / 1'000'000;
  AppendDigits(out, seconds / 3600, 2);
  out += ':';
  AppendDigits(out, seconds / 60 % 60, 2);
  out += ':';
  AppendDigits(out, seconds % 60, 2);
  if (micros % 1'000'000 == 0) return true;
  out += '.';
  AppendDigits(out, micros % 1'000'000, 6);
  return true;
}

bool AppendMoment(std::string& out, int64_t micros, std::string_view zone) {
  const int64_t rest = micros % kMicrosPerDay;
  const bool before = rest < 0;
  if (!AppendDay(out, micros / kMicrosPerDay - (before ? 1 : 0))) return false;
  out += 'T';
  AppendTime(out, before ? rest + kMicrosPerDay : rest);
  out += zone;
  return true;
}

// False where Python has to write the value, or to refuse it.
bool AppendCell(std::string& out, const ferro_value& cell) {
  const auto bytes = [&cell] { return std::string_view(cell.as.bytes, cell.size); };
  switch (cell.type) {
    case FERRO_TYPE_NULL: return true;
    case FERRO_TYPE_BOOL: out += cell.as.integer != 0 ? "true" : "false"; return true;
    case FERRO_TYPE_INT64: AppendInteger(out, cell.as.integer); return true;
    case FERRO_TYPE_FLOAT64: return AppendFloat(out, cell.as.real);
    case FERRO_TYPE_DECIMAL:
      if ((cell.flags & FERRO_VALUE_SMALL_DECIMAL) != 0) {
        AppendSmallDecimal(out, cell.as.integer, cell.scale);
        return true;
      }
      if (!IsPlainDecimal(bytes())) return false;
      out += bytes();
      return true;
    case FERRO_TYPE_TEXT: AppendText(out, bytes()); return true;
    case FERRO_TYPE_BYTES: AppendHex(out, bytes()); return true;
    case FERRO_TYPE_DATE: return AppendDay(out, cell.as.integer);
    case FERRO_TYPE_TIME: return AppendTime(out, cell.as.integer);
    case FERRO_TYPE_TIMESTAMP: return AppendMoment(out, cell.as.integer, "");
    case FERRO_TYPE_TIMESTAMPTZ: return AppendMoment(out, cell.as.integer, "+00:00");
    case FERRO_TYPE_UUID: AppendUuid(out, cell.as.bytes); return true;
    default: return false;
  }
}

bool AppendString(std::string& out, PyObject* text) {
  Py_ssize_t size = 0;
  const char* const data = PyUnicode_AsUTF8AndSize(text, &size);  // TypeError for anything else
  if (data == nullptr) return false;
  AppendText(out, {data, static_cast<size_t>(size)});
  return true;
}

bool AppendOther(ModuleState& state, std::string& out, const ferro_value& cell, PyObject* other) {
  Ref value = Ref::Steal(ToPython(state, cell, true));
  Ref text = value ? Ref::Steal(PyObject_CallOneArg(other, value.get())) : Ref();
  return text && (text.get() == Py_None || AppendString(out, text.get()));
}

PyObject* EndLine(std::string& line) {
  line += "\r\n";
  return PyBytes_FromStringAndSize(line.data(), static_cast<Py_ssize_t>(line.size()));
}

PyObject* CsvLines_new(PyTypeObject* type, PyObject* args, PyObject*) {
  Py_ssize_t columns;
  PyObject* other;
  if (!PyArg_ParseTuple(args, "nO", &columns, &other)) return nullptr;
  if (columns < 1) {
    PyErr_SetString(PyExc_ValueError, "a line has at least one column");
    return nullptr;
  }
  PyObject* made = type->tp_alloc(type, 0);
  if (made == nullptr) return nullptr;
  AsLines(made).columns = static_cast<size_t>(columns);
  AsLines(made).other = Py_NewRef(other);
  return made;
}

PyObject* CsvLines_header(PyObject*, PyObject* names) {
  Ref texts = Ref::Steal(PySequence_Tuple(names));
  std::string line;
  for (Py_ssize_t i = 0; texts && i < PyTuple_GET_SIZE(texts.get()); ++i) {
    if (i > 0) line += ',';
    if (!AppendString(line, PyTuple_GET_ITEM(texts.get(), i))) return nullptr;
  }
  return texts ? EndLine(line) : nullptr;
}

int CsvLines_traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(AsLines(object).other);
  return 0;
}

int CsvLines_clear(PyObject* object) {
  Py_CLEAR(AsLines(object).other);
  return 0;
}

void CsvLines_dealloc(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  CsvLines_clear(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyMethodDef kMethods[] = {{"header", CsvLines_header, METH_O, "The line of the columns' names."},
                          {nullptr, nullptr, 0, nullptr}};

PyType_Slot kSlots[] = {{Py_tp_doc, const_cast<char*>("Rows as lines of CSV, as bytes.")},
                        {Py_tp_new, reinterpret_cast<void*>(CsvLines_new)},
                        {Py_tp_dealloc, reinterpret_cast<void*>(CsvLines_dealloc)},
                        {Py_tp_traverse, reinterpret_cast<void*>(CsvLines_traverse)},
                        {Py_tp_clear, reinterpret_cast<void*>(CsvLines_clear)},
                        {Py_tp_methods, kMethods},
                        {0, nullptr}};

PyType_Spec kSpec = {"pyferro._native.CsvLines", sizeof(CsvLinesObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
                     kSlots};

}  // namespace

size_t WidthOfLines(PyObject* lines) { return AsLines(lines).columns; }

PyObject* MakeLine(ModuleState& state, PyObject* lines, const ferro_value* cells, std::string& line) {
  const CsvLinesObject& self = AsLines(lines);
  line.clear();
  for (size_t i = 0; i < self.columns; ++i) {
    if (i > 0) line += ',';
    const size_t before = line.size();
    if (AppendCell(line, cells[i])) continue;
    line.resize(before);
    if (!AppendOther(state, line, cells[i], self.other)) return nullptr;
  }
  return EndLine(line);
}

bool AddCsv(PyObject* module, ModuleState& state) {
  state.csv_lines_type = AddType(module, kSpec);
  return state.csv_lines_type != nullptr;
}

}  // namespace ferro::py
