#include "capi/src/guard.h"
#include "engine/base/try.h"
#include "engine/runtime/apart.h"
#include "engine/runtime/clock.h"

using ferro::capi::BatchOf;
using ferro::capi::Guard;
using ferro::runtime::Progress;

namespace {

static_assert(FERRO_STATE_DONE == static_cast<int>(Progress::kDone) &&
              FERRO_STATE_WAIT == static_cast<int>(Progress::kWait) &&
              FERRO_STATE_ROWS == static_cast<int>(Progress::kBatch));

template <class F>
ferro_code Advance(ferro_operation* operation, int32_t* out_state, ferro_error** error, F advance) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(ferro::capi::CheckHandle(operation, "operation"));
    const Progress progress = advance(operation->operation);
    if (progress == Progress::kDone && !operation->operation.status().ok()) {
      return operation->operation.status();
    }
    *out_state = static_cast<int32_t>(progress);
    return absl::OkStatus();
  });
}

}  // namespace

ferro_code ferro_operation_step(ferro_operation* operation, int32_t* out_state,
                                ferro_error** error) {
  return Advance(operation, out_state, error,
                 [](ferro::runtime::Operation& running) { return running.Step(); });
}

ferro_code ferro_operation_wait(ferro_operation* operation, int32_t* out_state,
                                ferro_error** error) {
  return Advance(operation, out_state, error,
                 [](ferro::runtime::Operation& running) { return running.Block(); });
}

int32_t ferro_operation_descriptor(const ferro_operation* operation) {
  return operation->operation.context().wait.fd;
}

int32_t ferro_operation_interest(const ferro_operation* operation) {
  const ferro::runtime::Wait& wait = operation->operation.context().wait;
  return (wait.read ? FERRO_WAIT_READ : 0) | (wait.write ? FERRO_WAIT_WRITE : 0);
}

int64_t ferro_operation_timeout(const ferro_operation* operation) {
  return ferro::runtime::MillisecondsUntil(operation->operation.context().wait.deadline);
}

void ferro_operation_set_timeout(ferro_operation* operation, int64_t milliseconds) {
  ferro::runtime::Context& context = operation->operation.context();
  context.deadline = ferro::runtime::Now() + absl::Milliseconds(milliseconds);
  context.own_deadline = true;
}

void ferro_operation_set_interrupt(ferro_operation* operation, int32_t (*ask)(void*), void* data) {
  operation->ask = ask;
  operation->ask_data = data;
  ferro::runtime::Interrupt& interrupt = operation->operation.context().interrupt;
  interrupt = {};
  if (ask == nullptr) return;
  interrupt.data = operation;
  interrupt.ask = [](void* self) {
    auto* const asked = static_cast<ferro_operation*>(self);
    return asked->ask(asked->ask_data) != 0;
  };
}

const ferro_batch* ferro_operation_batch(const ferro_operation* operation) {
  return ferro::capi::HandleOf(operation->operation.context().batch);
}

int64_t ferro_operation_rows_affected(const ferro_operation* operation) {
  return operation->operation.rows_affected;
}

size_t ferro_operation_position(const ferro_operation* operation) { return operation->operation.position; }

int64_t ferro_operation_count_of(const ferro_operation* operation, size_t position) {
  const std::vector<int64_t>& counts = operation->operation.counts;
  return position < counts.size() ? counts[position] : 0;
}

size_t ferro_operation_column_count(const ferro_operation* operation) {
  return operation->operation.columns.size();
}

ferro_bytes ferro_operation_column_name(const ferro_operation* operation, size_t index) {
  const std::vector<std::string>& columns = operation->operation.columns;
  if (index >= columns.size()) return {nullptr, 0};
  return {columns[index].data(), columns[index].size()};
}

void ferro_operation_free(ferro_operation* operation) { delete operation; }

void ferro_quiesce(int64_t milliseconds) {
  ferro::runtime::WaitForApart(absl::Milliseconds(milliseconds));
}

size_t ferro_batch_rows(const ferro_batch* batch) {
  return batch == nullptr ? 0 : BatchOf(batch).rows();
}

size_t ferro_batch_columns(const ferro_batch* batch) {
  return batch == nullptr ? 0 : BatchOf(batch).columns();
}

const ferro_value* ferro_batch_cells(const ferro_batch* batch) {
  return batch == nullptr ? nullptr
                          : reinterpret_cast<const ferro_value*>(BatchOf(batch).cells().data());
}
