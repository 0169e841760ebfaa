// LISTEN: messages come between statements, whenever the socket is read.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "dialects/postgresql/connection.h"
#include "dialects/postgresql/errors.h"
#include "dialects/postgresql/pooled.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::postgresql {
namespace {

constexpr size_t kLongestName = 63;  // the server cuts what is longer, and two channels could become one

struct FreeNotify {
  void operator()(PGnotify* notify) const { PQfreemem(notify); }
};

}  // namespace

db::Task<absl::Status> PostgresqlConnection::Listen(std::span<const std::string> channels,
                                                    db::RowSink& sink) {
  if (pooled_) FERRO_CO_TRY(CheckLeavesNothing("LISTEN"));
  for (const std::string& channel : channels) {
    if (channel.empty() || channel.size() > kLongestName) {
      co_return MakeError(ErrorClass::kInvalidArgument,
                          absl::StrCat("the name of a channel has 1 to ", kLongestName, " bytes"));
    }
    listening_ = true;
    const std::string listen = absl::StrCat("LISTEN \"", absl::StrReplaceAll(channel, {{"\"", "\"\""}}), "\"");
    FERRO_CO_TRY(co_await Script(listen));
  }
  // From here on it is never done: whoever ends this leaves the session half-way, and it is recovered.
  busy_ = true;
  batch_.Reset(3);
  for (Value& cell : batch_.AddRow()) cell = Value::Null();
  for (;;) {
    while (const std::unique_ptr<PGnotify, FreeNotify> notify{PQnotifies(handle_.get())}) {
      const std::span<Value> row = batch_.AddRow();
      row[0] = Value::Bytes(Type::kText, batch_.arena().Copy(notify->relname));
      row[1] = Value::Bytes(Type::kText, batch_.arena().Copy(notify->extra));
      row[2] = Value::Int64(notify->be_pid);
    }
    if (!batch_.empty()) FERRO_CO_TRY(co_await sink.Accept(batch_));
    batch_.Reset(3);
    const int fd = PQsocket(handle_.get());
    if (fd < 0) co_return LostConnection(handle_.get(), "");
    FERRO_CO_TRY(co_await runtime::Readable(fd));
    if (PQconsumeInput(handle_.get()) == 0) co_return LostConnection(handle_.get(), "");
  }
}

}  // namespace ferro::postgresql
