// The worker by itself: results, reuse, jobs given up before and while they run, deadlines.
#include "engine/runtime/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "engine/base/error.h"
#include "tests/support/notification.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace ferro::runtime {
namespace {

using testing::RunTask;

TEST(Worker, RunsJobsOnAnotherThreadOneAfterTheOther) {
  Worker worker([] {});
  std::thread::id first, second;
  EXPECT_OK(RunTask(worker.Run([&] {
    first = std::this_thread::get_id();
    return absl::OkStatus();
  })));
  EXPECT_OK(RunTask(worker.Run([&] {
    second = std::this_thread::get_id();
    return absl::OkStatus();
  })));
  EXPECT_NE(first, std::this_thread::get_id());
  EXPECT_EQ(first, second);
}

TEST(Worker, GivesTheJobsFailure) {
  Worker worker([] {});
  EXPECT_ERROR(ErrorClass::kLock,
               RunTask(worker.Run([] { return MakeError(ErrorClass::kLock, "busy"); })));
  EXPECT_OK(RunTask(worker.Run([] { return absl::OkStatus(); })));
}

TEST(Worker, EndsWithoutEverHavingRun) {
  Worker worker([] {});
}

TEST(Worker, InterruptsAJobThatIsGivenUpAndWaitsForItsEnd) {
  std::atomic<bool> stop = false;
  Worker worker([&] { stop = true; });
  bool ended = false;  // not atomic: that the job is over must order this
  testing::Notification started;
  {
    Context context;
    Task<absl::Status> task = worker.Run([&] {
      started.Notify();
      while (!stop) std::this_thread::yield();
      ended = true;
      return absl::OkStatus();
    });
    task.StartIn(context);
    ASSERT_EQ(context.Resume(), Progress::kWait);
    started.Wait();
  }
  EXPECT_TRUE(ended);
  EXPECT_OK(RunTask(worker.Run([] { return absl::OkStatus(); })));
}

TEST(Worker, GivingUpAtOnceIsSafeWhetherOrNotTheJobHasBegun) {
  std::atomic<bool> stop = false;
  Worker worker([&] { stop = true; });
  for (int i = 0; i < 500; ++i) {
    stop = false;
    int borrowed = 0;
    Context context;
    Task<absl::Status> task = worker.Run([&] {
      while (!stop) ++borrowed;
      return absl::OkStatus();
    });
    task.StartIn(context);
    ASSERT_EQ(context.Resume(), Progress::kWait);
  }
  EXPECT_OK(RunTask(worker.Run([] { return absl::OkStatus(); })));
}

TEST(Worker, AfterTheDeadlineItIsTheJobsEndThatCounts) {
  for (bool succeeds : {true, false}) {
    std::atomic<bool> stop = false;
    Worker worker([&] { stop = true; });
    Context context;
    context.deadline = absl::Now() + absl::Milliseconds(10);
    Task<absl::Status> task = worker.Run([&]() -> absl::Status {
      while (!stop) std::this_thread::yield();
      if (succeeds) return absl::OkStatus();
      return MakeError(ErrorClass::kCancelled, "interrupted");
    });
    task.StartIn(context);
    while (context.Resume() != Progress::kDone) absl::SleepFor(absl::Milliseconds(1));
    const absl::Status status = task.Take();
    if (succeeds) {
      EXPECT_OK(status);
    } else {
      EXPECT_ERROR(ErrorClass::kTimeout, status);
    }
  }
}

}  // namespace
}  // namespace ferro::runtime
