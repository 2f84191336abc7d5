// `plimsoll eval run` and `plimsoll eval golden` as a user calls them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "scripted_service.h"

namespace plimsoll::probes::eval {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

base::Exit eval_command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {std::string(PLIMSOLL_BIN_DIR) + "/plimsoll", "eval"});
  return base::run_process({.arguments = std::move(arguments)}, 60s).value();
}

net::Response always_first(const std::string& tenant, const std::string&) {
  return ScriptedService::found({tenant + "1"});
}

TEST(EvalCommand, PrintsOneDocument) {
  const ScriptedSet set;
  const ScriptedService service(always_first);
  const base::Exit exit = eval_command({"run", set.suite().string(), "--url", service.url(), "--json"});
  EXPECT_EQ(exit.code, 0) << exit.error_tail;
  const auto json = base::parse_json(exit.output_tail, "output");
  ASSERT_TRUE(json) << exit.output_tail;
  EXPECT_EQ(json->at("plimsoll"), "eval.run");
  EXPECT_EQ(json->at("version"), 1);
  EXPECT_EQ(json->at("status"), "pass");
  EXPECT_EQ(json->at("queries").at("answerable"), 3);
  const base::Json& mrr = json->at("measures").at("all").at("mrr");
  EXPECT_EQ(mrr.at("n"), 3);
  EXPECT_NEAR(mrr.at("mean").get<double>(), 2.0 / 3, 1e-12);
  EXPECT_LT(mrr.at("interval").at(0).get<double>(), 2.0 / 3);
  EXPECT_EQ(json->at("leaks"), 0);
}

TEST(EvalCommand, KeepsTheRunInAStore) {
  const ScriptedSet set;
  const ScriptedService service(always_first);
  const auto folder = base::TemporaryFolder::create("eval-store").value();
  const std::string store = (folder.path() / "evidence.db").string();
  const base::Exit exit =
      eval_command({"run", set.suite().string(), "--url", service.url(), "--store", store, "--quiet"});
  ASSERT_EQ(exit.code, 0) << exit.error_tail;
  const std::string dump = (folder.path() / "all.jsonl").string();
  const auto exported = base::run_process(
      {.arguments = {PLIMSOLL_BIN_DIR "/plimsoll", "store", "export", dump, "--store", store}}, 60s);
  ASSERT_TRUE(exported && exported->ok()) << exported->error_tail;
  const auto text = base::read_file(dump);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("eval.mrr"));
  EXPECT_THAT(*text, HasSubstr("was run alone"));
}

TEST(EvalCommand, PrintsATableForPeople) {
  const ScriptedSet set;
  const ScriptedService service(always_first);
  const base::Exit exit = eval_command({"run", set.suite().string(), "--url", service.url()});
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.output_tail, HasSubstr("mrr"));
  EXPECT_THAT(exit.output_tail,
              HasSubstr("3 documents, 4 questions: 3 answerable, 1 unanswerable, 0 failed"));
}

TEST(EvalCommand, IsInconclusiveWhereQueriesFailed) {
  const ScriptedSet set;
  const ScriptedService service([](const std::string& tenant, const std::string& query) {
    return query == "two" ? net::Response{400, {}, "no"} : always_first(tenant, query);
  });
  const base::Exit exit = eval_command({"run", set.suite().string(), "--url", service.url(), "--json"});
  EXPECT_EQ(exit.code, 3);
  EXPECT_THAT(exit.output_tail, HasSubstr("\"status\": \"inconclusive\""));
}

TEST(EvalCommand, TellsWrongUsageFromWhatCouldNotBeMeasured) {
  const ScriptedSet set;
  const std::string nobody = "http://127.0.0.1:" + std::to_string(*base::free_port());
  EXPECT_EQ(eval_command({"run", "nowhere.yaml", "--url", nobody}).code, 2);
  EXPECT_EQ(eval_command({"golden", "nowhere", "--url", nobody}).code, 2);
  EXPECT_EQ(eval_command({"run", set.suite().string()}).code, 2);
  EXPECT_EQ(eval_command({"run", set.suite().string(), "--url", "ftp://x"}).code, 2);
  EXPECT_EQ(eval_command({"run", set.suite().string(), "--url", nobody, "-H", "no header"}).code, 2);
  EXPECT_EQ(eval_command({"run", set.suite().string(), "--url", nobody}).code, 3);
  set.write("queries.jsonl", "{");
  const base::Exit broken = eval_command({"run", set.suite().string(), "--url", nobody});
  EXPECT_EQ(broken.code, 2);
  EXPECT_THAT(broken.error_tail, HasSubstr("queries.jsonl:1: expected one JSON object"));
}

}  // namespace
}  // namespace plimsoll::probes::eval
