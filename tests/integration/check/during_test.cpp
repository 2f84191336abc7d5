// `during:` joins two probes: each of these waits until it has seen the other at work.
#include <gtest/gtest.h>

#include "project.h"

namespace plimsoll::testing {
namespace {

// Says that it is there, waits for the other one, and measures 1.
std::string meeting(const std::string& mine, const std::string& other, const std::string& last_words) {
  return R"(touch )" + mine + R"(
for i in $(seq 200); do [ -e )" +
         other + R"( ] && break; sleep 0.05; done
[ -e )" + other +
         R"( ] || { echo "nobody came" >&2; exit 1; }
{ echo '{"declare":{"id":0,"name":"met.)" +
         mine + R"(","unit":"count","better":"higher"}}'
echo '{"observe":{"series":0,"at":1700000000,"for":1,"scalar":1}}'
)" + last_words +
         R"(; } >&3
)";
}

constexpr const char* done = R"(echo '{"done":{}}')";

std::string plan(const std::string& during) {
  return "probes:\n  exec:\n    - {name: one, run: sh one.sh}\n    - {name: two, run: sh two.sh" + during +
         "}\nrules:\n  - met.one >= 1\n  - met.two >= 1\n";
}

TEST(During, BothRunSideBySideAndBothAreJudged) {
  Project project(plan(", during: one"));
  project.write("one.sh", meeting("one", "two", done));
  project.write("two.sh", meeting("two", "one", done));
  const Outcome check = project.run({"check", "--json"});
  EXPECT_EQ(check.exit.code, 0) << check.output << check.error;
  const base::Json document = check.json();
  ASSERT_EQ(document.at("probes").size(), 2u);
  for (const base::Json& probe : document.at("probes")) EXPECT_EQ(probe.at("status"), "complete") << probe;
}

TEST(During, OneThatCrashesLeavesTheOtherOneItsResult) {
  Project project(plan(", during: one"));
  project.write("one.sh", meeting("one", "two", done));
  project.write("two.sh", meeting("two", "one", "exit 7"));
  const Outcome check = project.run({"check", "--json"});
  EXPECT_EQ(check.exit.code, 3) << check.output << check.error;
  const base::Json probes = check.json().at("probes");
  EXPECT_EQ(probes.at(0).at("status"), "complete");
  EXPECT_EQ(probes.at(1).at("status"), "failed");
  EXPECT_NE(probes.at(1).at("error").get<std::string>().find("status 7"), std::string::npos) << probes;
}

}  // namespace
}  // namespace plimsoll::testing
