#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/memory_api/api/openapi.h"
#include "apps/memory_api/api/routes.h"
#include "base/json.h"
#include "net/url.h"

namespace memory_api::api {
namespace {

using ::testing::ElementsAre;

Match match(std::string_view method, std::string_view target) {
  return match_route(method, net::parse_request_target(target)->segments);
}

TEST(Routes, MatchWithAndWithoutTheLastSlash) {
  for (const char* target : {"/v1/ping/", "/v1/ping", "/health", "/health/"}) {
    EXPECT_TRUE(match("GET", target).route) << target;
  }
  for (const char* target : {"/", "/v1", "/v1/ping//", "//v1/ping", "/v1/ping/x/", "/V1/ping/", "*"}) {
    EXPECT_TRUE(match("GET", target).allow.empty()) << target;
  }
}

TEST(Routes, HandOverDecodedArguments) {
  const Match found = match("DELETE", "/v2/entities/user/a%2Fb/");
  ASSERT_TRUE(found.route);
  EXPECT_THAT(found.arguments, ElementsAre("user", "a/b"));
  EXPECT_FALSE(match("GET", "/v1/memories//history/").route);
}

TEST(Routes, TellAWrongMethodFromAWrongPath) {
  const Match found = match("PATCH", "/v1/memories/x/");
  EXPECT_FALSE(found.route);
  EXPECT_EQ(found.allow, "GET, HEAD, PUT, DELETE");
  EXPECT_EQ(match("HEAD", "/v1/ping/").route, match("GET", "/v1/ping/").route);
}

// Every {"$ref": "#/components/kind/name"} in the document.
void collect_references(const base::Json& json, std::set<std::string>& found) {
  if (json.is_object() && json.contains("$ref")) found.insert(json["$ref"].get<std::string>());
  if (json.is_structured()) {
    for (const base::Json& child : json) collect_references(child, found);
  }
}

TEST(OpenApi, RefersOnlyToWhatItHolds) {
  const base::Json document = base::Json::parse(openapi_text());
  std::set<std::string> references;
  collect_references(document, references);
  EXPECT_GT(references.size(), 20u);
  for (const std::string& reference : references) {
    EXPECT_TRUE(document.contains(base::Json::json_pointer(reference.substr(1)))) << reference;
  }
}

TEST(Routes, ThatAreSpeltOutAreNoArguments) {
  EXPECT_EQ(match("GET", "/v1/memories/search/").allow, "POST");
  EXPECT_TRUE(match("POST", "/v1/memories/search/").route);
}

TEST(Routes, NameWhatIsOnlyManagedJustWhereThereIsNothingElse) {
  EXPECT_EQ(match("PUT", "/api/v1/orgs/organizations/o/projects/p/").allow, "GET, HEAD, PATCH");
  EXPECT_TRUE(match("DELETE", "/api/v1/orgs/organizations/o/projects/p/").route);
  EXPECT_EQ(match("PATCH", "/v2/profiles/settings/").allow, "GET, HEAD, POST");
}

TEST(OpenApi, SaysOfEveryCallWithAKeyThatTheStorageMayBeGoneOrLate) {
  const base::Json document = base::Json::parse(openapi_text());
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      if (operation.at("security").empty()) continue;
      for (const char* status : {"503", "504"}) {
        EXPECT_TRUE(operation.at("responses").contains(status)) << method << ' ' << path << ' ' << status;
      }
    }
  }
}

TEST(OpenApi, NamesEveryRouteButTheManagedOnes) {
  const base::Json document = base::Json::parse(openapi_text());
  std::size_t operations = 0;
  for (const base::Json& path : document["paths"]) operations += path.size();
  const auto documented =
      std::ranges::count_if(routes(), [](const Route& route) { return !route.summary.empty(); });
  EXPECT_EQ(operations, static_cast<std::size_t>(documented));
}

}  // namespace
}  // namespace memory_api::api
