#include "engine/base/error.h"

#include <array>
#include <cstring>

#include "absl/strings/cord.h"
#include "engine/base/memory_error.h"

namespace ferro {
namespace {

constexpr char kPayloadUrl[] = "ferro/error-detail";

struct ClassRow {
  absl::string_view name;
  absl::StatusCode code;
};

constexpr std::array<ClassRow, static_cast<size_t>(kLastErrorClass) + 1> kClasses = {{
    {"ok", absl::StatusCode::kOk},
    {"connection", absl::StatusCode::kUnavailable},
    {"authentication", absl::StatusCode::kUnauthenticated},
    {"syntax", absl::StatusCode::kInvalidArgument},
    {"undefined", absl::StatusCode::kNotFound},
    {"duplicate object", absl::StatusCode::kAlreadyExists},
    {"privilege", absl::StatusCode::kPermissionDenied},
    {"unique", absl::StatusCode::kAlreadyExists},
    {"foreign key", absl::StatusCode::kFailedPrecondition},
    {"not null", absl::StatusCode::kFailedPrecondition},
    {"check", absl::StatusCode::kFailedPrecondition},
    {"integrity", absl::StatusCode::kFailedPrecondition},
    {"out of range", absl::StatusCode::kOutOfRange},
    {"string too long", absl::StatusCode::kOutOfRange},
    {"invalid text", absl::StatusCode::kInvalidArgument},
    {"data", absl::StatusCode::kInvalidArgument},
    {"bad stored value", absl::StatusCode::kDataLoss},
    {"serialization", absl::StatusCode::kAborted},
    {"deadlock", absl::StatusCode::kAborted},
    {"lock", absl::StatusCode::kAborted},
    {"timeout", absl::StatusCode::kDeadlineExceeded},
    {"pool timeout", absl::StatusCode::kDeadlineExceeded},
    {"cancelled", absl::StatusCode::kCancelled},
    {"read only", absl::StatusCode::kFailedPrecondition},
    {"disk full", absl::StatusCode::kResourceExhausted},
    {"too many connections", absl::StatusCode::kResourceExhausted},
    {"unsupported", absl::StatusCode::kUnimplemented},
    {"plan", absl::StatusCode::kInvalidArgument},
    {"invalid argument", absl::StatusCode::kInvalidArgument},
    {"closed", absl::StatusCode::kFailedPrecondition},
    {"failed transaction", absl::StatusCode::kFailedPrecondition},
    {"commit unknown", absl::StatusCode::kUnknown},
    {"memory", absl::StatusCode::kResourceExhausted},
    {"internal", absl::StatusCode::kInternal},
    {"forked", absl::StatusCode::kFailedPrecondition},
}};

// The payload is a private byte string: fixed numbers, then each text behind its 32-bit length.
void Append(std::string& out, const void* data, size_t size) {
  out.append(static_cast<const char*>(data), size);
}

void AppendText(std::string& out, const std::string& text) {
  const uint32_t size = static_cast<uint32_t>(text.size());
  Append(out, &size, sizeof size);
  out += text;
}

class PayloadReader {
 public:
  explicit PayloadReader(absl::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T Number() {
    T value{};
    if (bytes_.size() < sizeof value) return value;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }

  std::string Text() {
    const size_t size = Number<uint32_t>();
    if (bytes_.size() < size) return {};
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }

 private:
  absl::string_view bytes_;
};

// The class stands first, see ClassOf().
std::string Encode(const ErrorDetail& detail) {
  std::string out;
  Append(out, &detail.error_class, sizeof detail.error_class);
  Append(out, &detail.native_code, sizeof detail.native_code);
  Append(out, &detail.row, sizeof detail.row);
  for (const std::string* text : {&detail.sqlstate, &detail.constraint, &detail.table, &detail.column,
                                  &detail.detail, &detail.hint, &detail.sql}) {
    AppendText(out, *text);
  }
  return out;
}

ErrorDetail Decode(absl::string_view bytes) {
  PayloadReader reader(bytes);
  ErrorDetail detail;
  detail.error_class = reader.Number<ErrorClass>();
  detail.native_code = reader.Number<int32_t>();
  detail.row = reader.Number<int64_t>();
  for (std::string* text : {&detail.sqlstate, &detail.constraint, &detail.table, &detail.column,
                            &detail.detail, &detail.hint, &detail.sql}) {
    *text = reader.Text();
  }
  return detail;
}

// For a Status that something else than MakeError made (abseil itself, mostly).
ErrorClass ClassOfCode(absl::StatusCode code) {
  if (code == absl::StatusCode::kInvalidArgument) return ErrorClass::kInvalidArgument;
  if (code == absl::StatusCode::kUnimplemented) return ErrorClass::kUnsupported;
  if (code == absl::StatusCode::kResourceExhausted) return ErrorClass::kMemory;
  if (code == absl::StatusCode::kCancelled) return ErrorClass::kCancelled;
  return ErrorClass::kInternal;
}

}  // namespace

absl::string_view Name(ErrorClass error_class) {
  const size_t index = static_cast<size_t>(error_class);
  return index < kClasses.size() ? kClasses[index].name : absl::string_view("unknown");
}

absl::Status MakeError(ErrorDetail detail, absl::string_view message) {
  absl::Status status(kClasses[static_cast<size_t>(detail.error_class)].code, message);
  status.SetPayload(kPayloadUrl, absl::Cord(Encode(detail)));
  return status;
}

absl::Status MakeError(ErrorClass error_class, absl::string_view message) {
  ErrorDetail detail;
  detail.error_class = error_class;
  return MakeError(std::move(detail), message);
}

absl::Status MakeErrorWithHint(ErrorClass error_class, absl::string_view message,
                               absl::string_view hint) {
  ErrorDetail detail;
  detail.error_class = error_class;
  detail.hint = std::string(hint);
  return MakeError(std::move(detail), message);
}

const absl::Status& MemoryError() {
  static const absl::Status* const error =
      new absl::Status(MakeError(ErrorClass::kMemory, "memory is exhausted"));
  return *error;
}

namespace {
[[maybe_unused]] const absl::Status& made_early = MemoryError();
}

ErrorDetail DetailOf(const absl::Status& status) {
  if (const auto payload = status.GetPayload(kPayloadUrl)) return Decode(std::string(*payload));
  ErrorDetail detail;
  detail.error_class = ClassOfCode(status.code());
  return detail;
}

ErrorClass ClassOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (payload && !payload->empty()) return static_cast<ErrorClass>((*payload)[0]);
  return ClassOfCode(status.code());
}

bool LeavesConnectionInDoubt(ErrorClass error_class) {
  switch (error_class) {
    case ErrorClass::kConnection:
    case ErrorClass::kAuthentication:
    case ErrorClass::kTimeout:
    case ErrorClass::kCancelled:
    case ErrorClass::kTooManyConnections:
    case ErrorClass::kCommitUnknown:
    case ErrorClass::kMemory:
    case ErrorClass::kInternal:
    case ErrorClass::kForked:
      return true;
    case ErrorClass::kSyntax:
    case ErrorClass::kUndefined:
    case ErrorClass::kDuplicateObject:
    case ErrorClass::kPrivilege:
    case ErrorClass::kUnique:
    case ErrorClass::kForeignKey:
    case ErrorClass::kNotNull:
    case ErrorClass::kCheck:
    case ErrorClass::kIntegrity:
    case ErrorClass::kOutOfRange:
    case ErrorClass::kStringTooLong:
    case ErrorClass::kInvalidText:
    case ErrorClass::kData:
    case ErrorClass::kBadStoredValue:
    case ErrorClass::kSerialization:
    case ErrorClass::kDeadlock:
    case ErrorClass::kLock:
    case ErrorClass::kPoolTimeout:
    case ErrorClass::kReadOnly:
    case ErrorClass::kDiskFull:
    case ErrorClass::kUnsupported:
    case ErrorClass::kPlan:
    case ErrorClass::kInvalidArgument:
    case ErrorClass::kClosed:
    case ErrorClass::kFailedTransaction:
      return false;
  }
  return true;
}

}  // namespace ferro
