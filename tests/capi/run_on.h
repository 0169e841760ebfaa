// The main() of a test that runs on a database in a file of its own ("sqlite", the default) or on the servers that FERRO_TEST_*
// name ("servers"; 77 when there are none).
#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" {
#include "tests/capi/consumer.h"
}

// Calls `test(url)` for each; `options` end the URLs, as in "?pool_size=3".
template <class F>
int RunOn(int count, char** arguments, const std::string& options, F test) {
  bool any = false;
  if (count < 2 || std::string(arguments[1]) == "sqlite") {
    const char* parent = getenv("TMPDIR");
    std::string folder = std::string(parent != nullptr && *parent == '/' ? parent : "/tmp") + "/ferro-XXXXXX";
    if (CHECK(mkdtemp(folder.data()) != nullptr)) {
      const std::string path = folder + "/test.db";
      test("sqlite:" + path + options);
      CHECK(unlink(path.c_str()) == 0);
      CHECK(rmdir(folder.c_str()) == 0);
    }
    any = true;
  } else {
    for (const char* name : {"FERRO_TEST_POSTGRESQL", "FERRO_TEST_MARIADB", "FERRO_TEST_MYSQL"}) {
      const char* url = getenv(name);
      if (url == nullptr || *url == '\0') continue;
      test(url + options);
      any = true;
    }
  }
  if (!any) {
    fprintf(stderr, "no server is named in the environment: NOTHING WAS TESTED HERE\n");
    return 77;
  }
  if (failures() > 0) fprintf(stderr, "%d checks failed\n", failures());
  return failures() > 0 ? 1 : 0;
}
