/* A program in C that uses every function of ferro.h, from nothing but the header. Without an argument, or with
 * "sqlite", it uses a file in a temporary folder; without one, or with "servers", also each server that
 * FERRO_TEST_POSTGRESQL, FERRO_TEST_MARIADB and FERRO_TEST_MYSQL name, and ends with 77 when it was to use servers
 * alone and none is named. Everything runs twice: waiting in the library, and in a poll() loop. */
#include "consumer.h"

#include <unistd.h>

static const char *const kServers[] = {"FERRO_TEST_POSTGRESQL", "FERRO_TEST_MARIADB", "FERRO_TEST_MYSQL"};

static void test_database(const char *url, int by_poll) {
  session in;
  ferro_operation *operation = NULL;
  ferro_plan *plan = ferro_plan_new();
  ferro_error *error = NULL;
  in.database = NULL;
  in.url = url;
  in.by_poll = by_poll;
  if (CHECK_OK(ferro_database_open(bytes(url), &in.database, &error), error) &&
      CHECK_OK(ferro_database_connect(in.database, &operation, &error), error) &&
      CHECK_OK(finish(&in, operation, NULL, &error), error)) {
    const ferro_bytes server = ferro_database_server(in.database), dialect = ferro_database_dialect(in.database);
    const int before = failures();
    CHECK(server.size > 0 && dialect.size > 0);
    test_statements(&in);
    test_types(&in);
    test_arrays(&in);
    test_errors(&in);
    test_transactions(&in);
    test_several(&in);
    test_waiting(&in);
    test_pool(&in);
    test_pipeline(&in);
    drop_table(plan, PEOPLE, 0);
    CHECK_OK(run(&in, NULL, plan, NULL, 0, NULL, &error), error);
    printf("%.*s, %s: %s\n", (int)server.size, server.data, by_poll ? "by poll()" : "waiting",
           failures() == before ? "good" : "FAILED");
  }
  ferro_plan_free(plan);
  ferro_database_free(in.database);
}

static void test_url(const char *url) {
  test_database(url, 0);
  test_database(url, 1);
}

static void test_sqlite(void) {
  const char *parent = getenv("TMPDIR");
  char folder[256], path[300], url[320];
  snprintf(folder, sizeof folder, "%s/ferro-XXXXXX", parent != NULL && *parent == '/' ? parent : "/tmp");
  if (!CHECK(mkdtemp(folder) != NULL)) return;
  snprintf(path, sizeof path, "%s/consumer.db", folder);
  snprintf(url, sizeof url, "sqlite:%s", path);
  test_url(url);
  CHECK(unlink(path) == 0);
  CHECK(rmdir(folder) == 0); /* nothing is left beside the file */
}

int main(int count, char **arguments) {
  const char *which = count > 1 ? arguments[1] : "all";
  const int all = strcmp(which, "all") == 0;
  int used = 0;
  size_t i;
  if (all || strcmp(which, "sqlite") == 0) {
    test_without_a_database();
    test_sqlite();
    ++used;
  }
  if (all || strcmp(which, "servers") == 0) {
    for (i = 0; i < sizeof kServers / sizeof kServers[0]; ++i) {
      const char *url = getenv(kServers[i]);
      if (url == NULL || *url == '\0') continue;
      test_url(url);
      ++used;
    }
  }
  if (used == 0) {
    fprintf(stderr, "no server is named in the environment: NOTHING WAS TESTED HERE\n");
    return 77;
  }
  if (failures() > 0) fprintf(stderr, "%d checks failed\n", failures());
  return failures() > 0 ? 1 : 0;
}
