// One client on one connection against a real memory_api: what a call costs from end to end. /health is the
// floor that HTTP sets, ping adds the key's check, the others the work. A durable add waits for the disk.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/random.h"
#include "net/http_client.h"

namespace {

using namespace std::chrono_literals;

constexpr int users = 50;
constexpr int memories_each = 40;
constexpr int vocabulary = 2000;

std::filesystem::path beside_this_program(std::string_view name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

[[noreturn]] void give_up(const base::Error& error) {
  fmt::print(stderr, "{}\n", base::to_string(error));
  std::exit(3);
}

template <class T>
T value_of(base::Result<T> result) {
  if (!result) give_up(result.error());
  return *std::move(result);
}

// memory_api in a folder of its own, with 2,000 memories of 50 users.
class Service {
 public:
  Service() : folder_(value_of(base::TemporaryFolder::create("api_latency"))) {
    base::ProcessOptions options;
    options.arguments = {beside_this_program("memory_api").string(),
                         "--port",
                         "0",
                         "--open-keys",
                         "--data",
                         folder_.path().string()};
    options.on_output = [this](std::string_view bytes) { output_ += bytes; };
    process_ = value_of(base::system_processes().start(std::move(options)));
    while (output_.find('\n') == std::string::npos) {
      if (const auto exit = process_->wait_for(5ms)) {
        give_up({.code = base::ErrorCode::unavailable, .message = "memory_api " + exit->describe()});
      }
    }
    const auto port = std::stoi(output_.substr(output_.rfind(':') + 1));
    client_.emplace(net::Url{"http", "127.0.0.1", port, "/", ""},
                    net::ClientOptions{.headers = {{"Authorization", "Token benchmark"}}});
    for (int user = 0; user < users; ++user) fill(user);
  }

  std::string text(int words) {
    std::string result;
    for (int i = 0; i < words; ++i) {
      // Squared: some words are common, most are rare.
      const double u = random_.uniform();
      result += fmt::format("word{} ", static_cast<int>(u * u * vocabulary));
    }
    return result;
  }

  int any_user() { return static_cast<int>(random_.below(users)); }
  const std::string& any_id() { return ids_[random_.below(ids_.size())]; }

  net::ClientResponse get(const std::string& target) { return checked(client_->get(target)); }
  net::ClientResponse post(const std::string& target, const base::Json& body) {
    return checked(client_->post(target, body.dump()));
  }

 private:
  static net::ClientResponse checked(base::Result<net::ClientResponse> response) {
    net::ClientResponse answer = value_of(std::move(response));
    if (!answer.ok()) give_up({.code = base::ErrorCode::corrupt, .message = answer.body});
    return answer;
  }

  void fill(int user) {
    base::Json messages = base::Json::array();
    for (int i = 0; i < memories_each; ++i) messages.push_back({{"role", "user"}, {"content", text(12)}});
    const auto answer =
        post("/v3/memories/add/",
             {{"messages", messages}, {"user_id", fmt::format("user{}", user)}, {"infer", false}});
    for (const base::Json& result : base::Json::parse(answer.body).at("results")) {
      ids_.push_back(result.at("id").get<std::string>());
    }
  }

  base::TemporaryFolder folder_;
  std::string output_;
  std::unique_ptr<base::Process> process_;
  std::optional<net::HttpClient> client_;
  base::Random random_{42};
  std::vector<std::string> ids_;
};

Service& service() {
  static Service instance;
  return instance;
}

void health(benchmark::State& state) {
  Service& api = service();  // started before the clock
  for (auto _ : state) benchmark::DoNotOptimize(api.get("/health"));
}

void ping(benchmark::State& state) {
  Service& api = service();  // started before the clock
  for (auto _ : state) benchmark::DoNotOptimize(api.get("/v1/ping/"));
}

void get_memory(benchmark::State& state) {
  Service& api = service();  // started before the clock
  for (auto _ : state) benchmark::DoNotOptimize(api.get("/v1/memories/" + api.any_id() + "/"));
}

void list_memories(benchmark::State& state) {
  Service& api = service();  // started before the clock
  for (auto _ : state) {
    const std::string target = fmt::format("/v1/memories/?user_id=user{}&page_size=20", api.any_user());
    benchmark::DoNotOptimize(api.get(target));
  }
}

void search_memories(benchmark::State& state) {
  Service& api = service();  // started before the clock
  for (auto _ : state) {
    const base::Json body = {{"query", api.text(3)},
                             {"filters", {{"user_id", fmt::format("user{}", api.any_user())}}}};
    benchmark::DoNotOptimize(api.post("/v3/memories/search/", body));
  }
}

void add_memory(benchmark::State& state) {
  Service& api = service();  // started before the clock
  for (auto _ : state) {
    const base::Json body = {{"messages", {{{"role", "user"}, {"content", api.text(12)}}}},
                             {"user_id", "writer"},
                             {"infer", false}};
    benchmark::DoNotOptimize(api.post("/v3/memories/add/", body));
  }
}

// The service runs in another process, so its time is only in the wall clock.
BENCHMARK(health)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(ping)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(get_memory)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(list_memories)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(search_memories)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(add_memory)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
