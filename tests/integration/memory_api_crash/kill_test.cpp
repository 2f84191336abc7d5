// The real service, killed with SIGKILL at seeded moments while several clients write to it over HTTP; over
// PostgreSQL that server, too.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/random.h"
#include "net/http_client.h"
#include "tests/integration/memory_api_crash/ledger.h"
#include "tests/support/postgres_server.h"
#include "tests/support/waiting.h"

namespace memory_api::crash {
namespace {

using namespace std::chrono_literals;
using base::Json;
using ::testing::IsEmpty;

constexpr int writers = 4;

class RunningService {
 public:
  explicit RunningService(const std::filesystem::path& data, const std::vector<std::string>& more) {
    base::ProcessOptions options;
    options.arguments = {
        std::string(PLIMSOLL_BIN_DIR) + "/memory_api", "--port", "0", "--data", data.string(), "--open-keys"};
    options.arguments.insert(options.arguments.end(), more.begin(), more.end());
    options.on_output = [this](std::string_view bytes) { output_ += bytes; };
    options.on_error = [](std::string_view) {};
    process_ = base::system_processes().start(std::move(options)).value();
    for (int i = 0; i < 2'000 && !output_.contains('\n'); ++i) {
      if (const auto exit = process_->wait_for(10ms))
        throw std::runtime_error(exit->describe() + exit->error_tail);
    }
    url_ =
        net::parse_url(output_.substr(output_.find("http://"), output_.find('\n') - output_.find("http://")))
            .value();
  }

  net::Url url() const { return url_; }

  void run_for(std::chrono::nanoseconds time) { process_->wait_for(time); }
  template <class Condition>
  void run_until(const Condition& condition) {
    testing_support::eventually([&] {
      process_->wait_for(1ms);
      return condition();
    });
  }
  void kill() {
    process_->signal_group(SIGKILL);
    process_->wait_for(20s);
  }
  void stop() { process_->stop(20s); }

 private:
  std::string output_;
  std::unique_ptr<base::Process> process_;
  net::Url url_;
};

class Client {
 public:
  explicit Client(const net::Url& url)
      : client_(url, {.timeout = 20s,
                      .headers = {{"Authorization", "Token key"}, {"Content-Type", "application/json"}}}) {}

  std::optional<std::string> add(const std::string& text) {
    const Json body = {
        {"messages", {{{"role", "user"}, {"content", text}}}}, {"user_id", "ann"}, {"infer", false}};
    const auto answer = send("POST", "/v3/memories/add/", body);
    if (!answer) return std::nullopt;
    return answer->at("results").at(0).at("id").get<std::string>();
  }
  bool update(const std::string& id, const std::string& text) {
    return send("PUT", "/v1/memories/" + id + "/", {{"text", text}}).has_value();
  }
  bool remove(const std::string& id) {
    return send("DELETE", "/v1/memories/" + id + "/", nullptr).has_value();
  }

  // As Ledger::Read. What is neither an answer nor a 404 is a failed test.
  std::optional<std::string> get(const std::string& id) {
    const auto response = client_.get("/v1/memories/" + id + "/");
    if (!response || (!response->ok() && response->status != 404)) {
      ADD_FAILURE() << "cannot read " << id << ": "
                    << (response ? response->body : base::to_string(response.error()));
      return std::nullopt;
    }
    if (response->status == 404) return std::nullopt;
    return Json::parse(response->body).at("memory").get<std::string>();
  }

 private:
  // Nothing where it was not acknowledged.
  std::optional<Json> send(std::string method, std::string target, const Json& body) {
    net::ClientRequest request{.method = std::move(method), .target = std::move(target)};
    if (!body.is_null()) request.body = body.dump();
    const auto response = client_.send(request);
    if (!response || !response->ok()) return std::nullopt;
    return Json::parse(response->body, nullptr, false);
  }

  net::HttpClient client_;
};

class Campaign {
 public:
  explicit Campaign(std::vector<std::string> arguments = {}, test_support::PostgresServer* server = nullptr)
      : arguments_(std::move(arguments)), server_(server) {}

  std::vector<std::string> round(std::uint64_t seed) {
    base::Random random(seed);
    RunningService service(folder_.path(), arguments_);
    Client reader(service.url());
    auto violations = ledger_.settle([&](const std::string& id) { return reader.get(id); });
    std::atomic<bool> is_over = false;
    std::vector<std::jthread> threads;
    for (int i = 0; i < writers; ++i) {
      threads.emplace_back([&, own = random.split()]() mutable { write(service.url(), own, is_over); });
    }
    // Among writes, however slow the machine is; then anywhere in one.
    const std::size_t enough = ledger_.acknowledged() + random.below(30);
    service.run_until([&] { return ledger_.acknowledged() >= enough; });
    service.run_for(std::chrono::microseconds(random.below(30'000)));
    if (server_ != nullptr && random.below(2) == 0) {
      server_->kill();
    } else {
      service.kill();
    }
    is_over = true;
    threads.clear();
    if (server_ != nullptr) server_->start();
    return violations;
  }

  // What the last round left.
  std::vector<std::string> look() {
    RunningService service(folder_.path(), arguments_);
    Client reader(service.url());
    auto violations = ledger_.settle([&](const std::string& id) { return reader.get(id); });
    service.stop();
    return violations;
  }

  std::size_t acknowledged() const { return ledger_.acknowledged(); }

 private:
  void write(const net::Url& url, base::Random& random, const std::atomic<bool>& is_over) {
    Client client(url);
    while (!is_over) {
      const std::string text = "text n" + std::to_string(++texts_) + std::string(random.below(500), 'x');
      const std::uint64_t choice = random.below(10);
      const auto id = choice < 6 ? std::nullopt : ledger_.take();
      if (!id) {
        if (const auto added = client.add(text)) ledger_.added(*added, text);
      } else if (choice < 8) {
        ledger_.updating(*id, text);
        if (client.update(*id, text)) ledger_.updated(*id);
      } else {
        ledger_.removing(*id);
        if (client.remove(*id)) ledger_.removed(*id);
      }
    }
  }

  std::vector<std::string> arguments_;
  test_support::PostgresServer* server_;
  base::TemporaryFolder folder_ = base::TemporaryFolder::create("memory_api_kill").value();
  Ledger ledger_;
  std::atomic<std::uint64_t> texts_ = 0;
};

// A store of its own for each hundred rounds: reading all of it after every kill would else take most of a
// long campaign.
template <class MakeCampaign>
std::size_t expect_nothing_lost(int rounds, const MakeCampaign& make) {
  constexpr int rounds_of_a_store = 100;
  std::size_t acknowledged = 0;
  for (int first = 1; first <= rounds && !testing::Test::HasFailure(); first += rounds_of_a_store) {
    const std::unique_ptr<Campaign> campaign = make();
    const int end = std::min(first + rounds_of_a_store, rounds + 1);
    for (int seed = first; seed < end && !testing::Test::HasFailure(); ++seed) {
      EXPECT_THAT(campaign->round(static_cast<std::uint64_t>(seed)), IsEmpty()) << "before seed " << seed;
    }
    EXPECT_THAT(campaign->look(), IsEmpty());
    acknowledged += campaign->acknowledged();
  }
  fmt::print("{} kills, {} acknowledged writes\n", rounds, acknowledged);
  return acknowledged;
}

TEST(Kill, LosesNothingAcknowledged) {
  EXPECT_GT(expect_nothing_lost(crash_rounds(20), [] { return std::make_unique<Campaign>(); }), 100u)
      << "the campaign hardly wrote anything";
}

TEST(KillOverPostgresql, LosesNothingAcknowledged) {
  if (const auto missing = test_support::PostgresServer::missing(); !missing.empty()) GTEST_SKIP() << missing;
  test_support::PostgresServer server;
  const auto make = [&] {
    return std::make_unique<Campaign>(std::vector<std::string>{"--storage", server.create_database()},
                                      &server);
  };
  EXPECT_GT(expect_nothing_lost(crash_rounds(6), make), 20u) << "the campaign hardly wrote anything";
}

}  // namespace
}  // namespace memory_api::crash
