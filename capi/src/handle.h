// The struct behind each handle of the C ABI: what it holds, nothing more.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "engine/base/error.h"
#include "engine/db/bulk.h"
#include "engine/db/database.h"
#include "engine/db/execute.h"
#include "engine/db/pipeline.h"
#include "engine/db/several.h"
#include "engine/db/transaction.h"
#include "engine/plan/writer.h"
#include "engine/runtime/operation.h"
#include "engine/value/batch.h"
#include "ferro.h"

struct ferro_error {
  ferro_code code = FERRO_ERROR_INTERNAL;
  std::string message;
  ferro::ErrorDetail detail;
};

struct ferro_plan {
  ferro::plan::Writer writer;
};

struct ferro_database {
  std::shared_ptr<ferro::db::Database> database;
};

struct ferro_statement {
  std::shared_ptr<const ferro::sql::Compiled> compiled;
  // Made when someone asks: most statements run without being read.
  mutable std::once_flag text_made;
  mutable std::string text;
};

struct ferro_transaction {
  std::shared_ptr<ferro::db::Transaction> transaction;
};

struct ferro_pipeline {
  explicit ferro_pipeline(std::shared_ptr<ferro::db::Database> database) : pipeline(std::move(database)) {}
  ferro::db::Pipeline pipeline;
};

struct ferro_operation {
  int32_t (*ask)(void* data) = nullptr;
  void* ask_data = nullptr;
  ferro::runtime::Operation operation;
};

namespace ferro::capi {

inline absl::string_view View(ferro_bytes bytes) {
  return bytes.size == 0 ? absl::string_view() : absl::string_view(bytes.data, bytes.size);
}
inline ferro_bytes BytesOf(absl::string_view text) { return {text.data(), text.size()}; }

// ferro_value and Value are one layout (asserted in value.cc), so arrays of one are arrays of the other.
inline std::span<const Value> Values(const ferro_value* values, size_t count) {
  return {reinterpret_cast<const Value*>(values), count};
}

inline const ferro_batch* HandleOf(const Batch* batch) {
  return reinterpret_cast<const ferro_batch*>(batch);
}
inline const Batch& BatchOf(const ferro_batch* batch) {
  return *reinterpret_cast<const Batch*>(batch);
}

}  // namespace ferro::capi
