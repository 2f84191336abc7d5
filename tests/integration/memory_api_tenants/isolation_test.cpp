// Fifty tenants at random, each also guessing at what belongs to the others: nothing foreign ever shows, and
// nothing of one's own is changed by anybody else. PLIMSOLL_ISOLATION_OPERATIONS sets how many operations
// (default 4,000; 1,000,000 takes about half an hour), PLIMSOLL_ISOLATION_SEED which.
#include <map>
#include <thread>

#include <gmock/gmock.h>

#include "base/random.h"
#include "net/url.h"
#include "tests/integration/memory_api/service_fixture.h"
#include "tests/support/postgres_server.h"

namespace memory_api::testing {
namespace {

constexpr int tenants = 50;
constexpr int clients = 8;  // threads; a tenant belongs to one of them
constexpr std::size_t most_memories = 60;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given ? std::strtoull(given, nullptr, 10) : otherwise;
}

// What everybody has heard of: ids of memories and events, exports and names, whoever they belong to.
class Rumours {
 public:
  void add(std::string id) {
    const std::lock_guard lock(mutex_);
    if (ids_.size() < 20'000) return ids_.push_back(std::move(id));
    ids_[next_++ % ids_.size()] = std::move(id);
  }
  std::string pick(base::Random& random) {
    const std::lock_guard lock(mutex_);
    return ids_.empty() ? "00000000-0000-4000-8000-000000000000" : ids_[random.below(ids_.size())];
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> ids_;
  std::size_t next_ = 0;
};

// One tenant: what it has, as it knows itself, and what it does.
class Tenant {
 public:
  Tenant(const RunningService& service, int number, std::uint64_t seed)
      : caller_(service, fmt::format("tenant-key-{}", number)),
        mark_(fmt::format("owner{}x", number)),
        random_(seed) {}

  void step(Rumours& rumours) {
    switch (random_.below(12)) {
      case 0:
      case 1:
      case 2:
        return add(rumours);
      case 3:
        return update_own();
      case 4:
        return remove_own();
      case 5:
        return look(
            caller_.call("POST", "/v3/memories/search/",
                         {{"query", "common secret words"}, {"filters", anyone()}, {"threshold", 0}}));
      case 6:
        return look(caller_.call("POST", "/v3/memories/", {{"filters", anyone()}}));
      case 7:
        return read_by_ways();
      case 8:
        return remove_user();
      default:
        return guess(rumours.pick(random_));
    }
  }

  // All that it wrote and did not delete is there, word for word, and nothing else.
  void settle() {
    const Answer listed = caller_.call("POST", "/v3/memories/?page_size=200", {{"filters", anyone()}});
    look(listed);
    ASSERT_EQ(listed.json.value("count", std::size_t{0}), memories_.size()) << mark_;
    for (const Json& memory : listed.json.at("results")) {
      const auto own = memories_.find(memory.at("id").get<std::string>());
      ASSERT_NE(own, memories_.end()) << mark_ << " never had " << memory.dump();
      EXPECT_EQ(memory.at("memory"), own->second.text);
    }
  }

  std::uint64_t foreign() const { return foreign_; }

 private:
  struct Own {
    std::string text;
    std::string user;
  };

  static Json anyone() { return {{"user_id", "*"}}; }
  std::string user() { return fmt::format("shared user {}", random_.below(5)); }
  std::string text() { return fmt::format("common secret words of {} {}", mark_, random_.below(1'000)); }

  // Every text carries its owner's mark.
  void look(const Answer& answer) {
    ASSERT_GT(answer.status, 0) << answer.text;
    ASSERT_LT(answer.status, 500) << answer.text;
    std::string_view rest = answer.text;
    for (std::size_t at = rest.find("owner"); at != std::string_view::npos; at = rest.find("owner")) {
      const std::size_t end = rest.find('x', at);
      const bool is_mark =
          end != std::string_view::npos && end > at + 5 && end < at + 9 &&
          rest.substr(at + 5, end - at - 5).find_first_not_of("0123456789") == std::string_view::npos;
      if (is_mark && rest.substr(at, end - at + 1) != mark_) ++foreign_;
      rest.remove_prefix(at + 5);
    }
  }

  void add(Rumours& rumours) {
    if (memories_.size() >= most_memories) return remove_own();
    const std::string of = user();
    const std::string words = text();
    const Answer added = caller_.add(of, words);
    look(added);
    ASSERT_EQ(added.status, 200) << added.text;
    const auto id = added.json.at("results").at(0).at("id").get<std::string>();
    memories_[id] = {words, of};
    rumours.add(id);
    rumours.add(added.json.at("event_id").get<std::string>());
  }

  std::map<std::string, Own>::iterator any_own() {
    return std::next(memories_.begin(), static_cast<std::ptrdiff_t>(random_.below(memories_.size())));
  }

  void update_own() {
    if (memories_.empty()) return;
    const auto own = any_own();
    own->second.text = text();
    const Answer updated =
        random_.below(2) == 0
            ? caller_.call("PUT", "/v1/memories/" + own->first + "/", {{"text", own->second.text}})
            : caller_.call("PUT", "/v1/batch/",
                           {{"memories", {{{"memory_id", own->first}, {"text", own->second.text}}}}});
    look(updated);
    EXPECT_EQ(updated.status, 200) << updated.text;
  }

  void remove_own() {
    if (memories_.empty()) return;
    const auto own = any_own();
    const Answer removed =
        random_.below(2) == 0
            ? caller_.call("DELETE", "/v1/memories/" + own->first + "/")
            : caller_.call("DELETE", "/v1/batch/", {{"memories", {{{"memory_id", own->first}}}}});
    look(removed);
    EXPECT_EQ(removed.status, 200) << removed.text;
    memories_.erase(own);
  }

  // Deletes by a name that every tenant uses.
  void remove_user() {
    const std::string of = user();
    const std::string name = net::percent_encode(of);
    const Answer removed = random_.below(2) == 0 ? caller_.call("DELETE", "/v2/entities/user/" + name + "/")
                                                 : caller_.call("DELETE", "/v1/memories/?user_id=" + name);
    look(removed);
    EXPECT_EQ(removed.status, 200) << removed.text;
    std::erase_if(memories_, [&](const auto& entry) { return entry.second.user == of; });
  }

  void read_by_ways() {
    look(caller_.call("GET", "/v1/entities/"));
    look(caller_.call("POST", "/v1/summary/", Json::object()));
    look(caller_.call("POST", "/v1/exports/", {{"schema", "{}"}, {"filters", anyone()}}));
    look(caller_.call("POST", "/v1/exports/get/", {{"filters", anyone()}}));
    look(caller_.call("POST", "/search", {{"query", "common"}, {"user_id", user()}, {"threshold", 0}}));
    look(caller_.call("GET", "/memories?user_id=" + net::percent_encode(user())));
  }

  // By an id that somebody has, often somebody else. What is not one's own is not there.
  void guess(const std::string& id) {
    const bool own = memories_.contains(id);
    const auto expect_gone = [&](const Answer& answer) {
      look(answer);
      EXPECT_EQ(answer.status, own ? 200 : 404) << answer.text;
    };
    switch (random_.below(7)) {
      case 0:
        return expect_gone(caller_.call("GET", "/v1/memories/" + id + "/"));
      case 1:
        return look(caller_.call("GET", "/v1/memories/" + id + "/history/"));
      case 2:
        return look(caller_.call("GET", "/v1/event/" + id + "/"));
      case 3:
        return look(caller_.call("POST", "/v1/exports/get/", {{"memory_export_id", id}}));
      case 4:
        return expect_gone(
            caller_.call("POST", "/v1/feedback/", {{"memory_id", id}, {"feedback", "POSITIVE"}}));
      case 5:
        return look(caller_.call("POST", "/v3/memories/",
                                 {{"filters", {{"AND", {anyone(), {{"memory_ids", {{"in", {id}}}}}}}}}}));
      default:
        if (own) return;
        expect_gone(caller_.call("PUT", "/v1/memories/" + id + "/", {{"text", "taken by " + mark_}}));
        expect_gone(caller_.call("DELETE", "/v1/memories/" + id + "/"));
        expect_gone(caller_.call("DELETE", "/v1/batch/", {{"memories", {{{"memory_id", id}}}}}));
    }
  }

  Caller caller_;
  std::string mark_;
  base::Random random_;
  std::map<std::string, Own> memories_;
  std::uint64_t foreign_ = 0;
};

void expect_nothing_foreign(std::vector<std::string> arguments, std::uint64_t operations) {
  const std::uint64_t seed = setting("PLIMSOLL_ISOLATION_SEED", 1);
  const auto folder = base::TemporaryFolder::create("memory_api_tenants").value();
  arguments.insert(arguments.begin(), "--open-keys");
  RunningService service(folder.path(), std::move(arguments));
  ASSERT_GT(service.port(), 0) << service.log();
  std::vector<std::unique_ptr<Tenant>> all;
  for (int i = 0; i < tenants; ++i) {
    all.push_back(std::make_unique<Tenant>(service, i, seed * 1'000 + static_cast<std::uint64_t>(i)));
  }
  Rumours rumours;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      base::Random random(seed * 77 + static_cast<std::uint64_t>(client));
      std::vector<Tenant*> mine;
      for (int i = client; i < tenants; i += clients) mine.push_back(all[static_cast<std::size_t>(i)].get());
      for (std::uint64_t i = 0; i < operations / clients && !::testing::Test::HasFailure(); ++i) {
        mine[random.below(mine.size())]->step(rumours);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t foreign = 0;
  for (const auto& tenant : all) {
    tenant->settle();
    foreign += tenant->foreign();
  }
  EXPECT_EQ(foreign, 0u);
  fmt::print("{} operations of {} tenants, seed {}: {} foreign items seen\n", operations, tenants, seed,
             foreign);
}

TEST(Tenants, SeeNothingForeignWhateverTheyGuess) {
  expect_nothing_foreign({}, setting("PLIMSOLL_ISOLATION_OPERATIONS", 4'000));
}

TEST(Tenants, SeeNothingForeignInPostgresqlEither) {
  if (const auto missing = test_support::PostgresServer::missing(); !missing.empty()) GTEST_SKIP() << missing;
  expect_nothing_foreign({"--storage", test_support::shared_postgres().create_database()},
                         setting("PLIMSOLL_ISOLATION_OPERATIONS", 2'000));
}

}  // namespace
}  // namespace memory_api::testing
