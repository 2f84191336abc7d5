// An address that is wrong is refused without a word of the password in it, and without asking a network.
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/memory_api/storage/postgres_connection.h"

namespace memory_api::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

base::Error refusal(const std::string& url) {
  const auto connection = PgConnection::connect(url, std::chrono::seconds(1));
  return connection ? base::Error{base::ErrorCode::internal, "it connected"} : connection.error();
}

struct Wrong {
  const char* url;
  std::array<const char*, 2> pieces;
};

class PostgresAddressTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(PostgresAddressTest, IsRefusedWithoutAPieceOfThePassword) {
  const base::Error error = refusal(GetParam().url);
  EXPECT_EQ(error.code, base::ErrorCode::invalid_argument);
  EXPECT_THAT(error.hint, HasSubstr("percent-encode"));
  for (const char* piece : GetParam().pieces) EXPECT_THAT(base::to_string(error), Not(HasSubstr(piece)));
}

INSTANTIATE_TEST_SUITE_P(Wrong, PostgresAddressTest,
                         ::testing::Values(Wrong{"postgresql://bob:s3cr%et@h/x", {"s3cr", "%et"}},
                                           Wrong{"postgresql://bob:S3cret@[::1:5432/x", {"S3cret", "::1"}},
                                           Wrong{"postgresql://bob:p1/w0rd@h:5432/x", {"p1", "w0rd"}},
                                           Wrong{"postgresql://bob:pa55@w0rd@127.0.0.1:1/x",
                                                 {"pa55", "w0rd"}},
                                           Wrong{"postgresql://bob:s3@cr/3t@h/x", {"s3", "3t"}},
                                           Wrong{"postgresql://bob:s3@cr?host=w0rd@h/x", {"s3", "w0rd"}},
                                           Wrong{"postgresql://h/x?password=s3cret%zz", {"s3cret", "%zz"}}));

}  // namespace
}  // namespace memory_api::storage
