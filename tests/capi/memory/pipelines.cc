// Reads that share connections, driven as an event loop would (see pipeline.h of the C ABI), while memory may run out.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/capi/memory/driving.h"

namespace failing {
namespace {

struct Reader {
  Freed owned;
  ferro_code code = FERRO_OK;
  bool done = false;
};

class Sharing {
 public:
  Sharing() = default;
  Sharing(const Sharing&) = delete;
  Sharing& operator=(const Sharing&) = delete;
  ~Sharing() {
    for (Reader& reader : readers_) ferro_operation_free(std::exchange(reader.owned.operation, nullptr));
    while (count_ > 0) ferro_operation_free(connections_[--count_]);
    ferro_pipeline_free(pipeline_);
  }

  // What is ready, due or new, until nothing is.
  void Turn() {
    while (ferro_pipeline_due(pipeline_) != 0) {
      while (ferro_operation* connection = ferro_pipeline_connection(pipeline_)) {
        if (!CHECK(count_ < kMostConnections)) std::abort();
        connections_[count_++] = connection;
        StepConnection(count_ - 1);
      }
      for (size_t i = count_; i-- > 0;) {
        if (ferro_operation_due(connections_[i]) != 0) StepConnection(i);
      }
      while (void* const ready = ferro_pipeline_ready(pipeline_)) Step(*static_cast<Reader*>(ready));
    }
  }

  // Waits for whatever answers first.
  void Wait() {
    std::array<pollfd, kReaders + kMostConnections> entries{};
    size_t count = 0;
    const auto add = [&](const ferro_operation* operation) { entries[count++] = Awaited(operation); };
    for (const Reader& reader : readers_) {
      if (!reader.done) add(reader.owned.operation);
    }
    const size_t readers = count;
    for (size_t i = 0; i < count_; ++i) add(connections_[i]);
    poll(entries.data(), count, 10);
    for (size_t i = count_; i-- > 0;) {
      if (entries[readers + i].revents != 0) StepConnection(i);
    }
    size_t place = 0;
    for (Reader& reader : readers_) {
      if (!reader.done && entries[place++].revents != 0) Step(reader);
    }
  }

  ferro_code Run(World& world, ferro_error** error) {
    error_ = error;
    OR_RETURN(ferro_pipeline_new(world.database(), &pipeline_, error));
    for (Reader& reader : readers_) {
      ferro_operation*& operation = reader.owned.operation;
      OR_RETURN(ferro_statement_run(world.database(), nullptr, world.select(), nullptr, 0, &operation, error));
      ferro_operation_set_timeout(operation, kPatience);
      ferro_operation_share(operation, pipeline_, &reader);
      Step(reader);
    }
    const auto all_done = [this] {
      return std::all_of(readers_.begin(), readers_.end(), [](const Reader& reader) { return reader.done; });
    };
    for (int round = 0; !all_done(); ++round) {
      if (round > kPatience / 10) return FERRO_ERROR_INTERNAL;  // one of them was forgotten
      Turn();
      if (!all_done()) Wait();
    }
    Turn();
    const auto failed =
        std::find_if(readers_.begin(), readers_.end(), [](const Reader& reader) { return reader.code != FERRO_OK; });
    return failed == readers_.end() ? FERRO_OK : failed->code;
  }

 private:
  static constexpr size_t kReaders = 4, kMostConnections = 8;

  void Step(Reader& reader) {
    int32_t state = FERRO_STATE_ROWS;
    ferro_error* error = nullptr;
    while (reader.code == FERRO_OK && state == FERRO_STATE_ROWS) {
      reader.code = ferro_operation_step(reader.owned.operation, &state, &error);
    }
    reader.done = reader.code != FERRO_OK || state == FERRO_STATE_DONE;
    if (*error_ == nullptr) std::swap(*error_, error);
    ferro_error_free(error);
  }

  void StepConnection(size_t place) {
    int32_t state = FERRO_STATE_DONE;
    ferro_error* error = nullptr;
    const ferro_code code = ferro_operation_step(connections_[place], &state, &error);
    ferro_error_free(error);  // nobody's
    if (code == FERRO_OK && state == FERRO_STATE_WAIT) return;
    ferro_operation_free(connections_[place]);
    connections_[place] = connections_[--count_];
  }

  ferro_pipeline* pipeline_ = nullptr;
  std::array<Reader, kReaders> readers_;
  std::array<ferro_operation*, kMostConnections> connections_{};  // no vector: its memory could run out, too
  size_t count_ = 0;
  ferro_error** error_ = nullptr;
};

}  // namespace

// Only PostgreSQL has it.
ferro_code ShareConnections(World& world, ferro_error** error) {
  if (!same_bytes(ferro_database_dialect(world.database()), "postgresql")) return FERRO_OK;
  return Sharing().Run(world, error);
}

}  // namespace failing
