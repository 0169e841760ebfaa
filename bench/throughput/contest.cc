#include "contest.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace bench {
namespace {

const std::string kReadTable = "ferro_bench_read";
const std::string kWriteTable = "ferro_bench_write";

}  // namespace

Contest::Contest(std::string name, const Sizes& sizes)
    : name_(std::move(name)), sizes_(sizes), chunk_(1, std::max(sizes.chunk, sizes.singles)) {}

Contest::~Contest() {
  if (!made_tables_) return;
  session_.RunOnce(DropTable(kReadTable));
  session_.RunOnce(DropTable(kWriteTable));
}

bool Contest::Wrong(const std::string& what) {
  error_ = "wrong answer: " + what;
  return false;
}

bool Contest::Prepare(const std::string& url) {
  if (!session_.Open(url)) return false;
  made_tables_ = true;
  for (const std::string& table : {kReadTable, kWriteTable}) {
    if (!session_.RunOnce(DropTable(table)) || !session_.RunOnce(CreateTable(table))) return false;
  }
  if (!session_.Compile(Insert(kReadTable), fill_) ||
      !session_.Compile(Insert(kWriteTable), insert_) ||
      !session_.Compile(GetByKey(kReadTable), get_) || !session_.Compile(Scan(kReadTable), scan_) ||
      !session_.Compile(DeleteAll(kWriteTable), empty_)) {
    return false;
  }
  for (size_t done = 0; done < sizes_.rows;) {
    const size_t count = std::min(sizes_.chunk, sizes_.rows - done);
    const Rows rows(static_cast<int64_t>(done) + 1, count);
    if (!session_.RunBulk(fill_, rows.row(0), count)) return false;
    done += count;
  }
  return Check();
}

bool Contest::Check() {
  size_t right = 0, rows = 0;
  const bool ran = session_.Run(scan_, {}, [&](const ferro_batch& batch) {
    const size_t count = ferro_batch_rows(&batch);
    rows += count;
    for (size_t i = 0; i < count; ++i) {
      if (IsRow(ferro_batch_cells(&batch) + i * kColumns)) ++right;
    }
  });
  if (!ran) return false;
  if (rows != sizes_.rows || right != rows) {
    return Wrong(std::to_string(right) + " of " + std::to_string(sizes_.rows) +
                 " rows came back as they were stored");
  }
  return true;
}

bool Contest::InsertBulk() {
  if (!session_.RunBulk(insert_, chunk_.row(0), sizes_.chunk)) return false;
  return session_.rows_affected() == static_cast<int64_t>(sizes_.chunk) || Wrong("bulk insert");
}

bool Contest::InsertSingles(bool in_transaction) {
  if (in_transaction && !session_.Begin()) return false;
  for (size_t i = 0; i < sizes_.singles; ++i) {
    const ferro_value* row = chunk_.row(i);
    if (!session_.Run(insert_, {row, row + kColumns})) return false;
    if (session_.rows_affected() != 1) return Wrong("insert of one row");
  }
  return !in_transaction || session_.Commit();
}

bool Contest::Get() {
  for (size_t i = 0; i < sizes_.gets; ++i) {
    random_ = random_ * 6364136223846793005 + 1442695040888963407;
    const int64_t key = static_cast<int64_t>((random_ >> 33) % sizes_.rows) + 1;
    bool found = false;
    const bool ran = session_.Run(get_, {ferro_int64(key)}, [&](const ferro_batch& batch) {
      found = ferro_batch_rows(&batch) == 1 && ferro_batch_cells(&batch)[0].as.integer == key;
    });
    if (!ran) return false;
    if (!found) return Wrong("get by key");
  }
  return true;
}

bool Contest::ScanAll() {
  size_t rows = 0;
  uint64_t keys = 0;
  const bool ran = session_.Run(scan_, {}, [&](const ferro_batch& batch) {
    const size_t count = ferro_batch_rows(&batch);
    const ferro_value* cells = ferro_batch_cells(&batch);
    rows += count;
    for (size_t i = 0; i < count; ++i)
      keys += static_cast<uint64_t>(cells[i * kColumns].as.integer);
  });
  if (!ran) return false;
  const uint64_t expected = sizes_.rows * (sizes_.rows + 1) / 2;
  return (rows == sizes_.rows && keys == expected) || Wrong("scan");
}

bool Contest::Sample(Workload workload, double& per_second) {
  using Clock = std::chrono::steady_clock;
  const bool writes = workload != Workload::kGet && workload != Workload::kScan;
  if (writes && !session_.Run(empty_, {})) return false;
  const Clock::time_point start = Clock::now();
  bool done = false;
  size_t units = 0;
  switch (workload) {
    case Workload::kInsertBulk:
      done = InsertBulk();
      units = sizes_.chunk;
      break;
    case Workload::kInsertOne:
      done = InsertSingles(false);
      units = sizes_.singles;
      break;
    case Workload::kInsertInTransaction:
      done = InsertSingles(true);
      units = sizes_.singles;
      break;
    case Workload::kGet:
      done = Get();
      units = sizes_.gets;
      break;
    case Workload::kScan:
      done = ScanAll();
      units = sizes_.rows;
      break;
  }
  const std::chrono::duration<double> took = Clock::now() - start;
  if (done) per_second = static_cast<double>(units) / took.count();
  return done;
}

}  // namespace bench
