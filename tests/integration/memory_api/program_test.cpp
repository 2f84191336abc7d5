// The program as an operator meets it: keys, start, stop, restart, faults.
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/integration/memory_api/service_fixture.h"
#include "tests/support/raw_socket.h"

namespace memory_api::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using testing_support::RawSocket;

class Program : public ::testing::Test {
 protected:
  base::TemporaryFolder folder_ = base::TemporaryFolder::create("memory_api_program").value();
  std::filesystem::path data() const { return folder_.path() / "data"; }
};

TEST_F(Program, SaysOneLineAndLogsJson) {
  RunningService service(data());
  ASSERT_GT(service.port(), 0);
  Caller(service, "k").add("ann", "x");
  const base::Exit exit = service.terminate();
  EXPECT_EQ(exit.describe(), base::Exit{.code = 0}.describe());
  EXPECT_THAT(service.output(), MatchesRegex("listening on http://127\\.0\\.0\\.1:[0-9]+\n"));
  std::istringstream lines(service.log());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const Json json = Json::parse(line);
    EXPECT_EQ(json.at("trace_id").get<std::string>().size(), 32u);
    EXPECT_EQ(json.at("span_id").get<std::string>().size(), 16u);
    EXPECT_TRUE(json.contains("ts") && json.contains("level") && json.contains("msg"));
  }
  EXPECT_GE(count, 2);
}

TEST_F(Program, WritesTheFirstKeyToItsFile) {
  const auto key_file = folder_.path() / "key";
  RunningService service(data(), {"--key-file", key_file.string()});
  struct stat info{};
  ASSERT_EQ(::stat(key_file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const std::string key = base::read_file(key_file).value();
  EXPECT_EQ(Caller(service, key).call("GET", "/v1/ping/").status, 200);
  EXPECT_THAT(service.log(), Not(HasSubstr(key)));
}

TEST_F(Program, AddsKeysBesideTheRunningService) {
  RunningService service(data(), {});
  const base::Exit added = run({"keys", "add", "--data", data().string()});
  ASSERT_EQ(added.code, 0) << added.error_tail;
  std::string key = added.output_tail;
  key.pop_back();
  EXPECT_EQ(Caller(service, key).call("GET", "/v1/ping/").status, 200);
}

TEST_F(Program, TakesOnlyWellFormedKnownKeys) {
  RunningService service(data(), {"--key-file", (folder_.path() / "key").string()});
  net::HttpClient client(service.url());
  const std::string key = base::read_file(folder_.path() / "key").value();
  const auto status = [&client](const net::Headers& headers) {
    const auto response = client.send({.target = "/v1/ping/", .headers = headers});
    return response ? response->status : 0;
  };
  EXPECT_EQ(status({{"Authorization", "Token " + key}}), 200);
  EXPECT_EQ(status({{"Authorization", "token " + key}}), 200);
  EXPECT_EQ(status({}), 401);
  for (const std::string& value :
       {std::string(""), std::string("Token"), std::string("Token "), "Bearer " + key, key, "Token  " + key,
        "Token " + key + " x", std::string("Token unknown"), "Token " + std::string(257, 'k'),
        std::string("Token k\xc3\xa4")}) {
    EXPECT_EQ(status({{"Authorization", value}}), 401) << value;
  }
  EXPECT_EQ(status({{"Authorization", "Token " + key}, {"Authorization", "Token " + key}}), 401);
}

TEST_F(Program, KeepsItsDataOverARestart) {
  std::string id;
  {
    RunningService service(data());
    id = Caller(service, "k").add_one("ann", "stays here");
    EXPECT_EQ(service.terminate().code, 0);
  }
  RunningService service(data());
  EXPECT_EQ(Caller(service, "k").call("GET", "/v1/memories/" + id + "/").json.at("memory"), "stays here");
  EXPECT_EQ(Caller(service, "k").search("ann", "stays").json.at("results").size(), 1u);
}

TEST_F(Program, KeepsWhatItAcknowledgedWhenItIsKilled) {
  std::vector<std::string> ids;
  {
    RunningService service(data());
    Caller caller(service, "k");
    for (int i = 0; i < 20; ++i) ids.push_back(caller.add_one("ann", fmt::format("note {}", i)));
    service.signal(SIGKILL);
    EXPECT_EQ(service.wait().signal, SIGKILL);
  }
  RunningService service(data());
  Caller caller(service, "k");
  for (const std::string& id : ids) EXPECT_EQ(caller.call("GET", "/v1/memories/" + id + "/").status, 200);
}

TEST_F(Program, StopsInOrderUnderLoad) {
  RunningService service(data());
  std::atomic<bool> stop = false;
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::async(std::launch::async, [&service, &stop, i] {
      Caller caller(service, "k");
      int acknowledged = 0;
      while (!stop && caller.add("ann", fmt::format("client {} note", i)).status == 200) ++acknowledged;
      return acknowledged;
    }));
  }
  Caller watcher(service, "k");
  while (watcher.count("ann") < 20) std::this_thread::yield();
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(service.terminate().code, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 6s);
  stop = true;
  std::size_t acknowledged = 0;
  for (auto& client : clients) acknowledged += static_cast<std::size_t>(client.get());
  RunningService again(data());
  EXPECT_GE(Caller(again, "k").count("ann"), acknowledged);
}

TEST_F(Program, StopsWithOpenConnections) {
  RunningService service(data());
  RawSocket idle(service.port());
  RawSocket half(service.port());
  half.send("POST /v3/memories/add/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(service.terminate().code, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 6s);
}

TEST_F(Program, RefusesWrongUsage) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--nonsense"},
                                                    {"--port", "65536"},
                                                    {"--port", "x"},
                                                    {"--storage", "cloud"},
                                                    {"--fault", "fun"},
                                                    {"--open-keys", "--key-file", "k"},
                                                    {"keys"},
                                                    {"keys", "remove"}}) {
    const base::Exit exit = run(arguments);
    EXPECT_EQ(exit.code, 2) << arguments.front();
    EXPECT_FALSE(exit.error_tail.empty());
  }
  EXPECT_EQ(run({"--help"}).code, 0);
}

TEST_F(Program, NamesTheFileOfAStorageThatItCannotUse) {
  const auto file = folder_.path() / "file";
  ASSERT_TRUE(base::system_files().write_atomically(file, "x"));
  const base::Exit in_the_way = run({"--port", "0", "--open-keys", "--data", file.string()});
  EXPECT_EQ(in_the_way.code, 3);
  EXPECT_THAT(in_the_way.error_tail, HasSubstr(file.string()));
  RunningService first(data());
  const base::Exit second = run({"--port", "0", "--open-keys", "--data", data().string()});
  EXPECT_EQ(second.code, 3);
  EXPECT_THAT(second.error_tail, HasSubstr(data().string()));
}

TEST_F(Program, SaysThatItsPortIsTaken) {
  RunningService first(data());
  const base::Exit second = run(
      {"--port", std::to_string(first.port()), "--open-keys", "--data", (folder_.path() / "other").string()});
  EXPECT_EQ(second.code, 3);
  EXPECT_THAT(second.error_tail, HasSubstr(std::to_string(first.port())));
}

// --- Planted faults

TEST_F(Program, PlantsErrors) {
  RunningService service(data(), {"--open-keys", "--fault", "errors"});
  Caller caller(service, "k");
  int failed = 0;
  for (int i = 0; i < 330; ++i) failed += caller.call("GET", "/v1/ping/").status == 500 ? 1 : 0;
  EXPECT_EQ(failed, 10);
  EXPECT_EQ(caller.call("GET", "/ready").status, 200);
}

TEST_F(Program, PlantsSlowness) {
  RunningService service(data(), {"--open-keys", "--fault", "slow"});
  Caller caller(service, "k");
  int slow = 0;
  for (int i = 0; i < 6; ++i) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(caller.search("ann", "x").status, 200);
    slow += std::chrono::steady_clock::now() - before >= 250ms ? 1 : 0;
  }
  EXPECT_GE(slow, 2);
  EXPECT_EQ(service.terminate().code, 0);
}

TEST_F(Program, PlantsAWrongRanking) {
  const auto first_of = [this](const std::vector<std::string>& arguments) {
    RunningService service(data(), arguments);
    Caller caller(service, "k");
    if (caller.count("ann") == 0) {
      for (const char* text :
           {"deploy key", "deploy key of the cluster", "deploy something else entirely today"}) {
        caller.add("ann", text);
      }
    }
    return caller.search("ann", "deploy key").json.at("results");
  };
  const Json right = first_of({"--open-keys"});
  const Json wrong = first_of({"--open-keys", "--fault", "ranking"});
  ASSERT_EQ(right.size(), 3u);
  ASSERT_EQ(wrong.size(), 2u);
  EXPECT_EQ(wrong[0], right[2]);
  EXPECT_EQ(wrong[1], right[1]);
}

TEST_F(Program, PlantsACrash) {
  RunningService service(data(), {"--open-keys", "--fault", "crash"});
  Caller caller(service, "k");
  int answered = 0;
  while (answered < 1000 && caller.call("GET", "/v1/ping/").status == 200) ++answered;
  EXPECT_EQ(answered, 299);
  EXPECT_EQ(service.wait().signal, SIGSEGV);
}

}  // namespace
}  // namespace memory_api::testing
