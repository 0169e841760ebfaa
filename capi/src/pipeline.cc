#include "capi/src/guard.h"
#include "engine/base/try.h"

using ferro::capi::CheckHandle;
using ferro::capi::Guard;

ferro_code ferro_pipeline_new(ferro_database* database, ferro_pipeline** out_pipeline,
                              ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(database, "database"));
    if (!database->database->pool().pipelines()) {
      return ferro::MakeError(ferro::ErrorClass::kUnsupported, "the database has no pipelines");
    }
    *out_pipeline = new ferro_pipeline(database->database);
    return absl::OkStatus();
  });
}

void ferro_pipeline_free(ferro_pipeline* pipeline) { delete pipeline; }

uint8_t ferro_operation_share(ferro_operation* operation, ferro_pipeline* pipeline, void* owner) {
  if (operation == nullptr || pipeline == nullptr || !pipeline->pipeline.here()) return 0;
  ferro::runtime::Context& context = operation->operation.context();
  context.pipeline = &pipeline->pipeline;
  context.owner = owner;
  return 1;
}

ferro_operation* ferro_pipeline_connection(ferro_pipeline* pipeline) {
  ferro_operation* made = nullptr;
  const ferro_code code = Guard(nullptr, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(pipeline, "pipeline"));
    std::shared_ptr<ferro::db::Lane> lane = pipeline->pipeline.NextLane();
    if (lane == nullptr) return absl::OkStatus();
    auto serving = ferro::db::Lane::Serve(std::move(lane));  // first: whatever fails below ends it
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.context().due = true;
    operation->operation.Start(std::move(serving));
    made = operation.release();
    return absl::OkStatus();
  });
  return code == FERRO_OK ? made : nullptr;
}

void* ferro_pipeline_ready(ferro_pipeline* pipeline) {
  return pipeline == nullptr ? nullptr : pipeline->pipeline.NextReady();
}

uint8_t ferro_pipeline_due(const ferro_pipeline* pipeline) {
  return pipeline != nullptr && pipeline->pipeline.due() ? 1 : 0;
}

uint8_t ferro_operation_due(const ferro_operation* operation) {
  return operation != nullptr && operation->operation.context().due ? 1 : 0;
}
