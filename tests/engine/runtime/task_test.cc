// Coroutines driven by hand, without descriptors: nesting, waiting, batches, destruction, deadlines
// and exceptions.
#include "engine/runtime/task.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/value/batch.h"
#include "tests/support/status_matchers.h"

namespace ferro::runtime {
namespace {

using Log = std::vector<std::string>;

// Says when it is destroyed.
class Witness {
 public:
  Witness(Log& log, std::string name) : log_(log), name_(std::move(name)) {}
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness() { log_.push_back("~" + name_); }

 private:
  Log& log_;
  std::string name_;
};

Task<int> Immediately(int value) { co_return value; }

Task<int> AfterWaiting(int fd, int value) {
  const absl::Status status = co_await Readable(fd);
  co_return status.ok() ? value : -1;
}

Task<int> Sum(int depth) {
  if (depth == 0) co_return co_await AfterWaiting(7, 1);
  const int below = co_await Sum(depth - 1);
  co_return below + 1;
}

TEST(Task, DoesNothingUntilItIsResumed) {
  bool ran = false;
  const auto body = [](bool& flag) -> Task<int> {
    flag = true;
    co_return 1;
  };
  Context context;
  Task<int> task = body(ran);
  EXPECT_FALSE(ran);
  task.StartIn(context);
  EXPECT_FALSE(ran);
  EXPECT_EQ(context.Resume(), Progress::kDone);
  EXPECT_TRUE(ran);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(task.Take(), 1);
}

TEST(Task, EndsInOneResumeWhenNothingWaits) {
  const auto parent = []() -> Task<int> {
    const int first = co_await Immediately(1);
    const int second = co_await Immediately(2);
    co_return first + second;
  };
  Context context;
  Task<int> task = parent();
  task.StartIn(context);
  EXPECT_EQ(context.Resume(), Progress::kDone);
  EXPECT_EQ(task.Take(), 3);
}

TEST(Task, ShowsWhatItsInnermostTaskWaitsFor) {
  Context context;
  Task<int> task = Sum(5);
  task.StartIn(context);
  ASSERT_EQ(context.Resume(), Progress::kWait);
  EXPECT_EQ(context.wait.fd, 7);
  EXPECT_TRUE(context.wait.read);
  EXPECT_FALSE(context.wait.write);
  EXPECT_FALSE(task.done());
  EXPECT_EQ(context.Resume(), Progress::kDone);
  EXPECT_EQ(task.Take(), 6);
}

TEST(Task, GoesOnWhereItWaitedEachTime) {
  const auto parent = [](Log& log) -> Task<int> {
    int sum = 0;
    for (int fd = 1; fd <= 3; ++fd) {
      log.push_back("wait " + std::to_string(fd));
      sum += co_await AfterWaiting(fd, fd);
      sum += co_await Immediately(10);
    }
    co_return sum;
  };
  Log log;
  Context context;
  Task<int> task = parent(log);
  task.StartIn(context);
  for (int fd = 1; fd <= 3; ++fd) {
    ASSERT_EQ(context.Resume(), Progress::kWait);
    EXPECT_EQ(context.wait.fd, fd);
    EXPECT_EQ(log.size(), static_cast<size_t>(fd));
  }
  EXPECT_EQ(context.Resume(), Progress::kDone);
  EXPECT_EQ(task.Take(), 36);
}

TEST(Task, WaitsForWritingToo) {
  const auto body = []() -> Task<absl::Status> { co_return co_await Writable(9); };
  Context context;
  Task<absl::Status> task = body();
  task.StartIn(context);
  ASSERT_EQ(context.Resume(), Progress::kWait);
  EXPECT_EQ(context.wait.fd, 9);
  EXPECT_FALSE(context.wait.read);
  EXPECT_TRUE(context.wait.write);
}

TEST(Task, ShowsEachBatchAndGoesOnWhenItHasBeenRead) {
  const auto inner = [](Batch& batch) -> Task<absl::Status> {
    for (int64_t i = 0; i < 2; ++i) {
      batch.Reset(1);
      batch.AddRow()[0] = Value::Int64(i);
      co_await ShowBatch(batch);
    }
    co_return absl::OkStatus();
  };
  const auto outer = [&inner](Batch& batch) -> Task<absl::Status> {
    co_return co_await inner(batch);
  };
  Batch batch;
  Context context;
  Task<absl::Status> task = outer(batch);
  task.StartIn(context);
  for (int64_t i = 0; i < 2; ++i) {
    ASSERT_EQ(context.Resume(), Progress::kBatch);
    ASSERT_EQ(context.batch, &batch);
    EXPECT_EQ(batch.row(0)[0].integer, i);
  }
  EXPECT_EQ(context.Resume(), Progress::kDone);
  EXPECT_OK(task.Take());
}

Task<int> Guarded(Log& log, int depth) {
  const Witness witness(log, std::to_string(depth));
  if (depth == 0) {
    co_return co_await AfterWaiting(1, 1);
  }
  const int below = co_await Guarded(log, depth - 1);
  co_return below;
}

TEST(Task, DestroyedWhileItWaitsDestroysAllLocals) {
  Log log;
  {
    Context context;
    Task<int> task = Guarded(log, 2);
    task.StartIn(context);
    ASSERT_EQ(context.Resume(), Progress::kWait);
    EXPECT_TRUE(log.empty());
  }
  // The awaited task is a temporary of its parent, so it goes before the parent's locals.
  EXPECT_EQ(log, (Log{"~0", "~1", "~2"}));
}

TEST(Task, DestroyedBeforeItsStartRunsNothing) {
  Log log;
  { const Task<int> task = Guarded(log, 2); }
  EXPECT_TRUE(log.empty());
}

TEST(Task, DestroysItsLocalsInnermostFirstWhenItEnds) {
  Log log;
  Context context;
  Task<int> task = Guarded(log, 1);
  task.StartIn(context);
  ASSERT_EQ(context.Resume(), Progress::kWait);
  ASSERT_EQ(context.Resume(), Progress::kDone);
  EXPECT_EQ(log, (Log{"~0", "~1"}));
}

TEST(Task, ReplacedByAnotherIsDestroyed) {
  Log log;
  Context context;
  Task<int> task = Guarded(log, 0);
  task.StartIn(context);
  ASSERT_EQ(context.Resume(), Progress::kWait);
  task = Immediately(5);
  EXPECT_EQ(log, (Log{"~0"}));
  Context another;
  task.StartIn(another);
  EXPECT_EQ(another.Resume(), Progress::kDone);
  EXPECT_EQ(task.Take(), 5);
}

TEST(Task, FailsAWaitWhoseDeadlineHasPassed) {
  const auto body = [](absl::Time deadline) -> Task<absl::Status> {
    FERRO_CO_TRY(co_await Readable(3, deadline));
    co_return absl::OkStatus();
  };
  Context context;
  const absl::Time past = absl::Now() - absl::Seconds(1);
  Task<absl::Status> task = body(past);
  task.StartIn(context);
  ASSERT_EQ(context.Resume(), Progress::kWait);
  EXPECT_EQ(context.wait.deadline, past);
  ASSERT_EQ(context.Resume(), Progress::kDone);
  EXPECT_ERROR(ErrorClass::kTimeout, task.Take());
}

TEST(Task, WaitsNoLongerThanItsOperationMay) {
  const auto body = [](absl::Time deadline) -> Task<absl::Status> {
    co_return co_await Readable(3, deadline);
  };
  const absl::Time soon = absl::Now() + absl::Hours(1);
  for (const absl::Time own : {soon + absl::Hours(1), soon - absl::Minutes(1)}) {
    Context context;
    context.deadline = soon;
    Task<absl::Status> task = body(own);
    task.StartIn(context);
    ASSERT_EQ(context.Resume(), Progress::kWait);
    EXPECT_EQ(context.wait.deadline, std::min(own, soon));
    ASSERT_EQ(context.Resume(), Progress::kDone);
    EXPECT_OK(task.Take());
  }
}

Task<int> Throws(bool wait) {
  if (wait) (void)co_await Readable(1);
  throw std::length_error("too long");
  co_return 0;
}

TEST(Task, PassesAnExceptionToWhoeverTakesTheResult) {
  Context context;
  Task<int> task = Throws(false);
  task.StartIn(context);
  EXPECT_EQ(context.Resume(), Progress::kDone);
  EXPECT_THROW(task.Take(), std::length_error);
}

TEST(Task, PassesAnExceptionToItsParentWhetherOrNotItWaited) {
  const auto parent = [](bool wait) -> Task<std::string> {
    try {
      co_return std::to_string(co_await Throws(wait));
    } catch (const std::length_error& error) {
      co_return error.what();
    }
  };
  for (const bool wait : {false, true}) {
    Context context;
    Task<std::string> task = parent(wait);
    task.StartIn(context);
    if (wait) {
      ASSERT_EQ(context.Resume(), Progress::kWait);
    }
    ASSERT_EQ(context.Resume(), Progress::kDone);
    EXPECT_EQ(task.Take(), "too long");
  }
}

TEST(Task, ReturnsWhatCanOnlyBeMoved) {
  const auto inner = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(4); };
  const auto outer = [&inner]() -> Task<std::unique_ptr<int>> {
    std::unique_ptr<int> value = co_await inner();
    co_return value;
  };
  Context context;
  Task<std::unique_ptr<int>> task = outer();
  task.StartIn(context);
  ASSERT_EQ(context.Resume(), Progress::kDone);
  EXPECT_EQ(*task.Take(), 4);
}

TEST(Task, KnowsItsContextAtAnyDepth) {
  const auto inner = []() -> Task<Context*> { co_return &co_await ThisContext(); };
  const auto outer = [&inner]() -> Task<Context*> { co_return co_await inner(); };
  Context context;
  Task<Context*> task = outer();
  task.StartIn(context);
  ASSERT_EQ(context.Resume(), Progress::kDone);
  EXPECT_EQ(task.Take(), &context);
}

TEST(Try, ReturnsAFailureFromACoroutine) {
  const auto fails = []() -> Task<absl::StatusOr<int>> {
    co_return MakeError(ErrorClass::kData, "no");
  };
  const auto outer = [&fails]() -> Task<absl::StatusOr<int>> {
    FERRO_CO_ASSIGN(const int value, co_await fails());
    co_return value + 1;
  };
  Context context;
  Task<absl::StatusOr<int>> task = outer();
  task.StartIn(context);
  ASSERT_EQ(context.Resume(), Progress::kDone);
  EXPECT_ERROR(ErrorClass::kData, task.Take());
}

}  // namespace
}  // namespace ferro::runtime
