// The fixture of the tests against a PostgreSQL server, whose URL is in FERRO_TEST_POSTGRESQL.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dialects/postgresql/driver.h"
#include "tests/support/server.h"

namespace ferro::postgresql {

using testing::Answer;
using testing::Stepper;
using testing::Within;

class ServerTest : public ::testing::Test, protected testing::OnServer {
 protected:
  ServerTest() : OnServer(MakeDriver()) {}
  using OnServer::Run;  // ::testing::Test has another
  void SetUp() override { Open("FERRO_TEST_POSTGRESQL"); }
};

}  // namespace ferro::postgresql
