// The fixture of the tests against real servers. Each test runs twice, once for the server named by
// FERRO_TEST_MARIADB and once for FERRO_TEST_MYSQL.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dialects/mysql/driver.h"
#include "tests/support/server.h"

namespace ferro::mysql {

using testing::Answer;
using testing::Stepper;
using testing::Within;

class ServerTest : public ::testing::TestWithParam<const char*>, protected testing::OnServer {
 protected:
  ServerTest() : OnServer(MakeDriver()) {}
  using OnServer::Run;  // ::testing::Test has another
  void SetUp() override {
    Open(GetParam());
    if (connection_ == nullptr) return;
    EXPECT_EQ(connection_->version().product, on_mariadb() ? Product::kMariadb : Product::kMysql);
  }

  bool on_mariadb() const { return GetParam() == std::string("FERRO_TEST_MARIADB"); }

  // A statement that must fail and leave the connection usable.
  absl::Status Fails(absl::string_view sql, const std::vector<Value>& values = {},
                     const std::vector<Type>& wanted = {}) {
    const Answer answer = Run(sql, values, 0, wanted);
    EXPECT_FALSE(answer.status.ok()) << sql;
    EXPECT_TRUE(connection_->healthy()) << sql << ": " << answer.status;
    EXPECT_EQ(Integer("SELECT 41 + 1"), 42) << "after " << sql;
    return answer.status;
  }

  std::string Text(absl::string_view sql) {
    const Answer answer = Run(sql);
    SCOPED_TRACE(std::string(sql));
    EXPECT_OK(answer.status);
    return answer.rows.empty() ? "" : std::string(answer.cell().view());
  }

  // A table that is there for this test only; `columns` in parentheses.
  void MakeTable(absl::string_view columns, absl::string_view name = "t") {
    Script(absl::StrCat("DROP TABLE IF EXISTS ", name));
    Script(absl::StrCat("CREATE TABLE ", name, " (", columns,
                        ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"));
  }
};

}  // namespace ferro::mysql

#define FERRO_ON_BOTH_SERVERS(suite)                                               \
  INSTANTIATE_TEST_SUITE_P(                                                        \
      Servers, suite, ::testing::Values("FERRO_TEST_MARIADB", "FERRO_TEST_MYSQL"), \
      [](const auto& server) { return std::string(server.param).substr(11); })
