// Every form of a database URL, its options, and what is refused. Whatever is wrong with a URL, its
// password is in no message and no hint. Which schemes have a dialect is not decided here.
#include "engine/db/url.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace ferro::db {
namespace {

std::string DatabaseOf(absl::string_view text) {
  const absl::StatusOr<Url> url = ParseUrl(text);
  return url.ok() ? url->database : absl::StrCat("error: ", url.status().message());
}

TEST(Url, HasEveryPartOfAServersAddress) {
  ASSERT_OK_AND_ASSIGN(const Url url, ParseUrl("postgresql://ann:secret@db.example:6432/shop"));
  EXPECT_EQ(url.scheme, "postgresql");
  EXPECT_EQ(url.user, "ann");
  EXPECT_EQ(url.password, "secret");
  EXPECT_EQ(url.host, "db.example");
  EXPECT_EQ(url.port, 6432);
  EXPECT_EQ(url.database, "shop");
}

TEST(Url, LeavesOutWhatIsNotSaid) {
  ASSERT_OK_AND_ASSIGN(const Url url, ParseUrl("mysql://"));
  EXPECT_EQ(url.scheme, "mysql");
  EXPECT_EQ(url.user, "");
  EXPECT_EQ(url.password, "");
  EXPECT_EQ(url.host, "");
  EXPECT_EQ(url.port, 0);
  EXPECT_EQ(url.database, "");
}

TEST(Url, TakesAUserWithoutAPassword) {
  ASSERT_OK_AND_ASSIGN(const Url url, ParseUrl("mariadb://ann@host/shop"));
  EXPECT_EQ(url.user, "ann");
  EXPECT_EQ(url.password, "");
  EXPECT_EQ(url.host, "host");
  EXPECT_EQ(url.port, 0);
}

TEST(Url, TakesAHostWithAnEmptyPortAndNoDatabase) {
  ASSERT_OK_AND_ASSIGN(const Url url, ParseUrl("mysql://host:"));
  EXPECT_EQ(url.host, "host");
  EXPECT_EQ(url.port, 0);
  EXPECT_EQ(url.database, "");
}

TEST(Url, SplitsThePasswordAtTheFirstColonAndTheHostAtTheLastAt) {
  ASSERT_OK_AND_ASSIGN(const Url url, ParseUrl("mysql://ann:a:b@c@host/shop"));
  EXPECT_EQ(url.user, "ann");
  EXPECT_EQ(url.password, "a:b@c");
  EXPECT_EQ(url.host, "host");
}

TEST(Url, UnescapesUserPasswordHostAndDatabase) {
  ASSERT_OK_AND_ASSIGN(const Url url,
                       ParseUrl("postgresql://a%40b:p%2Fw%3f%25@%2Fvar%2frun/d%20b%C3%A9"));
  EXPECT_EQ(url.user, "a@b");
  EXPECT_EQ(url.password, "p/w?%");
  EXPECT_EQ(url.host, "/var/run");
  EXPECT_EQ(url.database, "d b\xC3\xA9");
}

TEST(Url, TakesIpv6InBrackets) {
  ASSERT_OK_AND_ASSIGN(const Url with, ParseUrl("postgresql://ann@[::1]:6432/shop"));
  EXPECT_EQ(with.host, "::1");
  EXPECT_EQ(with.port, 6432);
  ASSERT_OK_AND_ASSIGN(const Url without, ParseUrl("postgresql://[fe80::2]/shop"));
  EXPECT_EQ(without.host, "fe80::2");
  EXPECT_EQ(without.port, 0);
}

TEST(Url, TakesASchemeInCapitals) {
  ASSERT_OK_AND_ASSIGN(const Url url, ParseUrl("PostgreSQL://host/Shop"));
  EXPECT_EQ(url.scheme, "postgresql");
  EXPECT_EQ(url.database, "Shop");
}

TEST(Url, HasEveryFormOfASqliteFile) {
  EXPECT_EQ(DatabaseOf("sqlite:file.db"), "file.db");
  EXPECT_EQ(DatabaseOf("sqlite:some/file.db"), "some/file.db");
  EXPECT_EQ(DatabaseOf("sqlite:///file.db"), "file.db");
  EXPECT_EQ(DatabaseOf("sqlite:////srv/file.db"), "/srv/file.db");
  EXPECT_EQ(DatabaseOf("sqlite:/srv/file.db"), "/srv/file.db");
  EXPECT_EQ(DatabaseOf("sqlite::memory:"), ":memory:");
  EXPECT_EQ(DatabaseOf("sqlite:///:memory:"), ":memory:");
  EXPECT_EQ(DatabaseOf("sqlite://"), "");
  EXPECT_EQ(DatabaseOf("sqlite:a%3Fb.db?pool_size=2"), "a?b.db");
}

TEST(Url, HasDefaultsForOptions) {
  ASSERT_OK_AND_ASSIGN(const Url url, ParseUrl("sqlite::memory:"));
  EXPECT_EQ(url.connect_timeout, absl::Seconds(10));
  EXPECT_EQ(url.pool_timeout, absl::Seconds(30));
  EXPECT_EQ(url.busy_timeout, absl::Seconds(5));
  EXPECT_EQ(url.pool_size, 10);
  EXPECT_EQ(url.statement_cache, 256);
  EXPECT_EQ(url.journal_mode, "");
  EXPECT_EQ(url.synchronous, "");
  EXPECT_EQ(url.application_name, "");
  EXPECT_EQ(url.tls, "prefer");
  EXPECT_EQ(url.tls_ca, "");
}

TEST(Url, ReadsEveryOption) {
  ASSERT_OK_AND_ASSIGN(
      const Url url,
      ParseUrl("sqlite:file.db?connect_timeout=1.5&pool_timeout=0&busy_timeout=2&pool_size=3"
               "&statement_cache=0&journal_mode=wal&synchronous=normal&application_name=a%26b"
               "&tls=verify-full&tls_ca=%2Fetc%2Fca.pem"));
  EXPECT_EQ(url.database, "file.db");
  EXPECT_EQ(url.connect_timeout, absl::Milliseconds(1500));
  EXPECT_EQ(url.pool_timeout, absl::ZeroDuration());
  EXPECT_EQ(url.busy_timeout, absl::Seconds(2));
  EXPECT_EQ(url.pool_size, 3);
  EXPECT_EQ(url.statement_cache, 0);
  EXPECT_EQ(url.journal_mode, "wal");
  EXPECT_EQ(url.synchronous, "normal");
  EXPECT_EQ(url.application_name, "a&b");
  EXPECT_EQ(url.tls, "verify-full");
  EXPECT_EQ(url.tls_ca, "/etc/ca.pem");
}

TEST(Url, TakesTheLastOfAnOptionSaidTwice) {
  ASSERT_OK_AND_ASSIGN(const Url url, ParseUrl("mysql://host/shop?pool_size=2&&pool_size=4&"));
  EXPECT_EQ(url.pool_size, 4);
}

TEST(Url, NamesTheKnownOptionsWhenOneIsUnknown) {
  const absl::Status status = ParseUrl("mysql://host/shop?pool_sise=2").status();
  ASSERT_EQ(ClassOf(status), ErrorClass::kInvalidArgument);
  const std::string hint = DetailOf(status).hint;
  for (const absl::string_view known :
       {"application_name", "busy_timeout", "connect_timeout", "journal_mode", "pool_size",
        "pool_timeout", "statement_cache", "synchronous", "tls", "tls_ca"}) {
    EXPECT_TRUE(absl::StrContains(hint, known)) << known << " in " << hint;
  }
}

TEST(Url, SaysWhatAnOptionMayBe) {
  const absl::Status status = ParseUrl("mysql://host/shop?tls=maybe").status();
  EXPECT_TRUE(absl::StrContains(status.message(), "verify-full")) << status;
  EXPECT_FALSE(absl::StrContains(status.message(), "maybe")) << status;
}

TEST(Url, RefusesWhatIsNoUrl) {
  for (const absl::string_view text : {"",
                                       "shop",
                                       ":memory:",
                                       "file.db",
                                       "post gres://host",
                                       "user@host:5432/shop",
                                       "postgresql:host/shop",
                                       "postgresql:/host/shop",
                                       "mysql://[::1/shop",
                                       "mysql://[::1]x/shop",
                                       "mysql://host:0/shop",
                                       "mysql://host:65536/shop",
                                       "mysql://host:port/shop",
                                       "mysql://host:-1/shop",
                                       "mysql://a%/shop",
                                       "mysql://a%4/shop",
                                       "mysql://a%4g/shop",
                                       "mysql://host/a%zz",
                                       "sqlite:a%00b.db",
                                       "mysql://host/shop?x",
                                       "mysql://host/shop?=1",
                                       "mysql://host/shop?pool_size=0",
                                       "mysql://host/shop?pool_size=",
                                       "mysql://h/?pool_size=1.5",
                                       "mysql://host/shop?pool_size=99999999999",
                                       "mysql://host/shop?statement_cache=-1",
                                       "mysql://host/shop?pool_timeout=-1",
                                       "mysql://host/shop?pool_timeout=soon",
                                       "mysql://host/shop?pool_timeout=nan",
                                       "mysql://host/shop?pool_timeout=inf",
                                       "sqlite:a.db?journal_mode=WAL2",
                                       "sqlite:a.db?synchronous=",
                                       "mysql://h/?tls=%zz"}) {
    const absl::StatusOr<Url> url = ParseUrl(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(ClassOf(url.status()), ErrorClass::kInvalidArgument) << text;
    EXPECT_TRUE(absl::StartsWith(url.status().message(), "bad database URL: ")) << url.status();
    EXPECT_NE(DetailOf(url.status()).hint, "") << text;
  }
}

TEST(Url, NeverShowsThePasswordInAnError) {
  for (const absl::string_view text :
       {"postgresql://ann:hunter2@host:port/shop", "postgresql://ann:hunter2@host:99999/shop",
        "postgresql://ann:hunter2%@host/shop", "postgresql://ann:hunter2%zz@host/shop",
        "postgresql://ann:hunter2%00@host/shop", "postgresql://ann:hunter2@[::1/shop",
        "postgresql://ann:hunter2@[::1]x/shop", "postgresql://ann:hunter2@host/shop?x=hunter2",
        "postgresql://ann:hunter2@host/shop?hunter2", "postgresql://ann:hunter2@host/?tls=hunter2",
        "postgresql://ann:hunter2@host/?pool_size=hunter2", "postgresql:ann:hunter2@host/shop",
        "postgresql://ann:hunter2/x@host/shop", "postgresql://ann:hunter2?x@host/shop",
        "ann:hunter2@host/shop", "hunter2@host:5432/shop"}) {
    const absl::StatusOr<Url> url = ParseUrl(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_FALSE(absl::StrContains(url.status().ToString(), "hunter2")) << url.status();
    EXPECT_FALSE(absl::StrContains(DetailOf(url.status()).hint, "hunter2")) << text;
    EXPECT_FALSE(absl::StrContains(DetailOf(url.status()).detail, "hunter2")) << text;
  }
}

TEST(Url, IsRedactedForMessages) {
  ASSERT_OK_AND_ASSIGN(const Url full, ParseUrl("postgresql://ann:hunter2@host:6432/shop"));
  EXPECT_EQ(full.Redacted(), "postgresql://ann@host:6432/shop");
  ASSERT_OK_AND_ASSIGN(const Url bare, ParseUrl("mysql://:hunter2@host/shop?tls_ca=x"));
  EXPECT_EQ(bare.Redacted(), "mysql://host/shop");
  ASSERT_OK_AND_ASSIGN(const Url file, ParseUrl("sqlite:////srv/file.db"));
  EXPECT_EQ(file.Redacted(), "sqlite:/srv/file.db");
}

}  // namespace
}  // namespace ferro::db
