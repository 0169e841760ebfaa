// Jobs apart: results, jobs whose operation has left, deadlines, blocking operations; and names of hosts.
#include "engine/runtime/apart.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "absl/time/clock.h"
#include "engine/base/error.h"
#include "engine/runtime/resolve.h"
#include "tests/support/notification.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace ferro::runtime {
namespace {

using testing::RunTask;

TEST(RunApart, RunsTheJobOnAnotherThreadAndGivesItsResult) {
  std::thread::id ran;
  EXPECT_ERROR(ErrorClass::kLock, RunTask(RunApart(
                                      [&] {
                                        ran = std::this_thread::get_id();
                                        return MakeError(ErrorClass::kLock, "busy");
                                      },
                                      absl::InfiniteFuture())));
  EXPECT_NE(ran, std::this_thread::get_id());
}

TEST(RunApart, RunsItOnTheCallersThreadWhenThatMayBlock) {
  Context context;
  context.blocking = true;
  std::thread::id ran;
  Task<absl::Status> task = RunApart(
      [&] {
        ran = std::this_thread::get_id();
        return absl::OkStatus();
      },
      absl::InfiniteFuture());
  task.StartIn(context);
  ASSERT_EQ(context.Resume(), Progress::kDone);
  EXPECT_EQ(ran, std::this_thread::get_id());
}

// What a job owns, to see when it is freed.
struct Owned {
  explicit Owned(testing::Notification& gone) : freed(gone) {}
  ~Owned() { freed.Notify(); }
  testing::Notification& freed;
  testing::Notification started, go_on;
};

TEST(RunApart, AnOperationThatLeavesDoesNotWait) {
  testing::Notification freed;
  auto owned = std::make_shared<Owned>(freed);
  Owned* const inside = owned.get();
  {
    Context context;
    Task<absl::Status> task = RunApart(
        [owned = std::move(owned)] {
          owned->started.Notify();
          owned->go_on.Wait();
          return absl::OkStatus();
        },
        absl::InfiniteFuture());
    task.StartIn(context);
    ASSERT_EQ(context.Resume(), Progress::kWait);
    inside->started.Wait();
  }
  EXPECT_FALSE(freed.HasBeenNotified());
  inside->go_on.Notify();
  EXPECT_TRUE(freed.WaitFor(std::chrono::seconds(10)));
}

TEST(RunApart, AfterTheDeadlineTheJobGoesOnAlone) {
  testing::Notification freed;
  auto owned = std::make_shared<Owned>(freed);
  Owned* const inside = owned.get();
  EXPECT_ERROR(ErrorClass::kTimeout, RunTask(RunApart(
                                         [owned = std::move(owned)] {
                                           owned->go_on.Wait();
                                           return absl::OkStatus();
                                         },
                                         absl::Now() + absl::Milliseconds(20))));
  inside->go_on.Notify();
  EXPECT_TRUE(freed.WaitFor(std::chrono::seconds(10)));
}

TEST(Resolve, KnowsAddressesFromNames) {
  EXPECT_TRUE(IsAddress("127.0.0.1"));
  EXPECT_TRUE(IsAddress("::1"));
  EXPECT_FALSE(IsAddress("localhost"));
  EXPECT_FALSE(IsAddress(""));
  EXPECT_FALSE(IsAddress("127.0.0.1.example"));
}

TEST(Resolve, FindsTheLocalHostOnce) {
  const auto found = RunTask(Resolve("localhost", absl::Now() + absl::Seconds(10)));
  ASSERT_OK(found);
  ASSERT_FALSE(found->empty());
  for (const std::string& address : *found) {
    EXPECT_TRUE(address == "127.0.0.1" || address == "::1") << address;
    EXPECT_EQ(std::count(found->begin(), found->end(), address), 1);
  }
}

TEST(Resolve, ANameThatNobodyKnowsIsAFailedConnection) {
  // RFC 6761: names under "invalid" never exist.
  const auto found = RunTask(Resolve("no-such-host.invalid", absl::Now() + absl::Seconds(20)));
  EXPECT_ERROR(ErrorClass::kConnection, found);
}

}  // namespace
}  // namespace ferro::runtime
