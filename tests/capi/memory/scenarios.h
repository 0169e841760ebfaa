// What programs do with the C ABI, while memory may run out. A scenario frees whatever it got, however it ends.
#pragma once

#include <utility>
#include <vector>

extern "C" {
#include "tests/capi/consumer.h"
}

namespace failing {

// A connected database with the table of consumer.h, and statements for it.
class World {
 public:
  World(const char* url, bool by_poll);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Waits until no connection is in use; false when that takes too long.
  bool AtRest() const;
  int64_t Count() const { return count_people(&session_, nullptr); }
  void DropTable();
  // A name that no row has.
  ferro_value NewName();

  const session& in() const { return session_; }
  ferro_database* database() const { return session_.database; }
  const ferro_statement* insert();  // of a name and an age; gives the key and the name
  const ferro_statement* plain_insert() const { return plain_insert_; }
  const ferro_statement* select() const { return select_; }  // every name
  ferro_bytes insert_plan() const { return ferro_plan_bytes(insert_plan_); }

 private:
  ferro_statement* Compile(const ferro_plan* plan);

  session session_{};
  ferro_plan* const insert_plan_ = ferro_plan_new();
  ferro_statement* insert_ = nullptr;
  ferro_statement* plain_insert_ = nullptr;
  ferro_statement* select_ = nullptr;
  char name_[32] = {};
};

struct Scenario {
  const char* name;
  // FERRO_OK, or the first code that was not expected.
  ferro_code (*run)(World& world, ferro_error** error);
  int64_t rows = 0;    // that it leaves behind, all or none
  bool fresh = false;  // of a database that has compiled and prepared nothing
};

const std::vector<Scenario>& Scenarios();

}  // namespace failing
