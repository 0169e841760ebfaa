// The one table that is measured, its rows, and the plans of the statements on it. Plans are
// written with the functions of ferro.h, as any other program would.
#pragma once

#include <ferro.h>

#include <string>
#include <vector>

namespace bench {

// Number of columns of a row: id, team, name, score, seen, note.
inline constexpr size_t kColumns = 6;

std::string CreateTable(const std::string& table);
std::string DropTable(const std::string& table);
std::string Insert(const std::string& table);  // a parameter for each column
std::string GetByKey(const std::string& table);
std::string Scan(const std::string& table);
std::string DeleteAll(const std::string& table);

// `count` rows with the keys from `first_key`, row by row as ferro_statement_run_bulk() takes them.
// Keys decide the values, so a row can be checked when it comes back. Texts live as long as this.
class Rows {
 public:
  Rows(int64_t first_key, size_t count);
  const ferro_value* row(size_t index) const { return cells_.data() + index * kColumns; }
  size_t count() const { return cells_.size() / kColumns; }

 private:
  std::vector<std::string> names_;
  std::vector<ferro_value> cells_;
};

// Whether the cells of one row are what Rows makes of its key. Reads every cell.
bool IsRow(const ferro_value* cells);

}  // namespace bench
