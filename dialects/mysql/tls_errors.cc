#include "dialects/mysql/tls_errors.h"

#include <dlfcn.h>
#include <mysql.h>

namespace ferro::mysql {
namespace {

using Clear = void (*)();

// There may be several copies of OpenSSL in the process: it is looked for among libmariadb's own dependencies.
Clear FindClear() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&mysql_init), &info) == 0) return nullptr;
  void* const library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return nullptr;
  const auto clear = reinterpret_cast<Clear>(dlsym(library, "ERR_clear_error"));
  dlclose(library);  // it stays loaded: this library is linked to it
  return clear;
}

}  // namespace

void ForgetTlsErrors() {
  static const Clear clear = FindClear();
  if (clear != nullptr) clear();
}

}  // namespace ferro::mysql
