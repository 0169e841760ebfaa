// What is measured, on one database: tables made and filled, then samples of each workload. Answers
// are checked: all cells once before anything is timed, counts and keys in every sample.
#pragma once

#include <array>
#include <string>

#include "session.h"
#include "table.h"

namespace bench {

struct Sizes {
  size_t rows = 100'000;  // of the table that is read
  size_t chunk = 10'000;  // rows of one bulk insert
  size_t singles = 300;   // inserts of one row
  size_t gets = 1'000;
};

enum class Workload { kInsertBulk, kInsertOne, kInsertInTransaction, kGet, kScan };
struct Described {
  Workload workload;
  const char* name;
  const char* unit;
};
inline constexpr std::array<Described, 5> kWorkloads = {{
    {Workload::kInsertBulk, "insert_bulk", "rows/s"},
    {Workload::kInsertOne, "insert_one", "ops/s"},
    {Workload::kInsertInTransaction, "insert_one_in_transaction", "ops/s"},
    {Workload::kGet, "get", "ops/s"},
    {Workload::kScan, "scan", "rows/s"},
}};

class Contest {
 public:
  Contest(std::string name, const Sizes& sizes);
  ~Contest();
  Contest(const Contest&) = delete;
  Contest& operator=(const Contest&) = delete;

  // Each of these is false, and error() says why, when it failed.
  bool Prepare(const std::string& url);
  // One sample, in units of the workload.
  bool Sample(Workload workload, double& per_second);

  const std::string& name() const { return name_; }
  const Session& session() const { return session_; }
  const std::string& error() const { return error_.empty() ? session_.error() : error_; }

 private:
  bool Check();
  bool InsertBulk();
  bool InsertSingles(bool in_transaction);
  bool Get();
  bool ScanAll();
  bool Wrong(const std::string& what);

  const std::string name_;
  const Sizes sizes_;
  const Rows chunk_;
  Session session_;
  Statement fill_, insert_, get_, scan_, empty_;
  bool made_tables_ = false;
  uint64_t random_ = 0x9E3779B97F4A7C15;
  std::string error_;
};

}  // namespace bench
