#include "plimsoll/probes/eval/evaluation.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/process.h"
#include "base/text.h"

namespace plimsoll::probes::eval {
namespace {

constexpr auto between_counts = std::chrono::milliseconds(100);
constexpr auto between_lines = std::chrono::seconds(5);
constexpr int most_lost_in_a_row = 10;  // then the service is taken for gone
constexpr std::size_t longest_failure = 300;

double seconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(base::system_clock().steady() - then).count();
}

std::unexpected<base::Error> interrupted() {
  return base::fail(base::ErrorCode::cancelled, "the evaluation was ended before it was done");
}

// Does item after item on several threads, each with a connection of its own. The first error ends all.
class Crew {
 public:
  using Work = std::function<base::Status(EvaluatedService&, std::size_t item)>;

  Crew(const Suite& suite, const Target& target, const Progress& progress)
      : suite_(suite), target_(target), progress_(progress) {}

  base::Status run(std::size_t items, std::string_view doing, const Work& work) {
    items_ = items;
    doing_ = doing;
    next_line_ = base::system_clock().steady() + between_lines;
    const std::size_t wanted = std::min(items, static_cast<std::size_t>(suite_.connections));
    std::vector<std::thread> threads;
    threads.reserve(wanted);
    for (std::size_t i = 0; i < wanted; ++i) threads.emplace_back([&] { work_along(work); });
    for (std::thread& thread : threads) thread.join();
    return status_;
  }

 private:
  void work_along(const Work& work) {
    EvaluatedService service(suite_, target_.url, target_.headers);
    while (!stop_) {
      const std::size_t item = next_++;
      if (item >= items_) return;
      const base::Status status = base::interrupts::raised() != 0 ? interrupted() : work(service, item);
      account(status);
    }
  }

  void account(const base::Status& status) {
    const std::scoped_lock lock(mutex_);
    ++done_;
    if (!status && status_) status_ = status;
    if (status_ && base::system_clock().steady() >= next_line_) {
      next_line_ += between_lines;
      if (!progress_(fmt::format("{} {} of {}", doing_, done_, items_))) status_ = interrupted();
    }
    if (!status_) stop_ = true;
  }

  const Suite& suite_;
  const Target& target_;
  const Progress& progress_;
  std::size_t items_ = 0;
  std::string_view doing_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::size_t done_ = 0;
  base::Status status_;
  std::chrono::steady_clock::time_point next_line_;
};

// The documents of each tenant; one tenant without a name where the suite names no field.
using Tenants = std::map<std::string, std::set<std::string_view>>;

class Evaluator {
 public:
  Evaluator(const Suite& suite, const JudgedSet& set, const Target& target, const Progress& progress)
      : suite_(suite), set_(set), target_(target), progress_(progress), digest_(digest_of(set)) {}

  base::Result<Evaluation> run() {
    BASE_TRY(sort_by_tenant());
    BASE_TRY(load());
    BASE_TRY(ask_all());
    return std::move(result_);
  }

 private:
  base::Result<std::string> tenant_of(const std::string& metadata, std::string_view what,
                                      const std::string& id) const {
    if (suite_.tenant_field.empty()) return std::string();
    if (auto tenant = metadata_field(metadata, suite_.tenant_field)) return *std::move(tenant);
    return base::fail(base::ErrorCode::invalid_argument,
                      fmt::format("{} {} has no metadata field \"{}\", which names its tenant", what,
                                  base::printable(id), suite_.tenant_field));
  }

  base::Status sort_by_tenant() {
    for (const Document& document : set_.documents) {
      BASE_ASSIGN(const std::string tenant, tenant_of(document.metadata, "document", document.id));
      tenants_[tenant].insert(document.id);
    }
    for (const Query& query : set_.queries) {
      BASE_ASSIGN(const std::string tenant, tenant_of(query.metadata, "query", query.id));
      if (tenants_.contains(tenant)) continue;
      return base::fail(base::ErrorCode::invalid_argument,
                        fmt::format("query {} belongs to the tenant \"{}\", who has no document",
                                    base::printable(query.id), base::printable(tenant)));
    }
    return {};
  }

  base::Status load() {
    BASE_ASSIGN(result_.was_loaded, is_loaded());
    if (!result_.was_loaded) {
      if (!progress_(fmt::format("adding {} documents", set_.documents.size()))) return interrupted();
      Crew crew(suite_, target_, progress_);
      BASE_TRY(crew.run(set_.documents.size(), "documents added:",
                        [this](EvaluatedService& service, std::size_t item) { return add(service, item); }));
    }
    return verify();
  }

  base::Status add(EvaluatedService& service, std::size_t item) const {
    const Document& document = set_.documents[item];
    const base::Status added = service.add(holes_of(document, suite_, digest_));
    if (added) return {};
    return std::unexpected(
        base::with_context(added.error(), "adding document " + base::printable(document.id)));
  }

  base::Result<std::uint64_t> count(const std::string& tenant, const Call& call) const {
    EvaluatedService service(suite_, target_.url, target_.headers);
    auto counted = service.count(call, holes_of_tenant(tenant, digest_));
    if (!counted) return std::unexpected(base::with_context(counted.error(), "counting the documents"));
    return counted;
  }

  // Whether all of the set is there and nothing else; an error where it is neither that nor empty.
  base::Result<bool> is_loaded() const {
    if (!suite_.api.count) return false;
    std::size_t full = 0;
    for (const auto& [tenant, documents] : tenants_) {
      BASE_ASSIGN(const std::uint64_t held, count(tenant, *suite_.api.count));
      if (held == 0) continue;
      const Call& exact = suite_.api.count_of_set ? *suite_.api.count_of_set : *suite_.api.count;
      BASE_ASSIGN(const std::uint64_t ours, suite_.api.count_of_set ? count(tenant, exact) : 0);
      if (ours != held || ours != documents.size()) return not_empty(tenant, held, ours);
      ++full;
    }
    if (full > 0 && full < tenants_.size()) {
      return base::fail(base::ErrorCode::conflict, "some tenants hold the set already and others nothing",
                        "start the service on an empty store");
    }
    return full > 0;
  }

  std::unexpected<base::Error> not_empty(const std::string& tenant, std::uint64_t held,
                                         std::uint64_t ours) const {
    const std::string who = tenant.empty() ? "the service" : "the tenant " + base::printable(tenant);
    return base::fail(
        base::ErrorCode::conflict,
        fmt::format("{} holds {} documents already, {} of them of this set: what they would do to "
                    "the ranking is unknown",
                    who, held, ours),
        "give the probe a service of its own with `state: fresh`, or use another key");
  }

  // A service may take its time between accepting a document and finding it.
  base::Status verify() {
    if (!suite_.api.count) return {};
    const auto deadline = base::system_clock().steady() + suite_.settle;
    for (const auto& [tenant, documents] : tenants_) {
      for (;;) {
        BASE_ASSIGN(const std::uint64_t held, count(tenant, *suite_.api.count));
        if (held == documents.size()) break;
        if (base::interrupts::raised() != 0) return interrupted();
        if (held > documents.size() || base::system_clock().steady() >= deadline) {
          return not_all_there(tenant, documents.size(), held);
        }
        std::this_thread::sleep_for(between_counts);
      }
      result_.verified += documents.size();
    }
    return {};
  }

  static std::unexpected<base::Error> not_all_there(const std::string& tenant, std::size_t added,
                                                    std::uint64_t held) {
    return base::fail(base::ErrorCode::conflict,
                      fmt::format("{} documents were added{}, and the service counts {}", added,
                                  tenant.empty() ? "" : " for " + base::printable(tenant), held));
  }

  base::Status ask_all() {
    for (const Query& query : set_.queries) {
      if (suite_.skip_unjudged && query.judged.empty()) continue;
      result_.asked.push_back({.query = &query});
    }
    if (!progress_(fmt::format("asking {} queries", result_.asked.size()))) return interrupted();
    result_.began_at = base::to_unix_seconds(base::system_clock().utc());
    began_ = base::system_clock().steady();
    Crew crew(suite_, target_, progress_);
    BASE_TRY(crew.run(result_.asked.size(), "queries asked:",
                      [this](EvaluatedService& service, std::size_t item) { return ask(service, item); }));
    result_.duration_seconds = seconds_since(began_);
    if (result_.asked.empty() || !std::ranges::all_of(result_.asked, &Asked::failed)) return {};
    return base::fail(base::ErrorCode::unavailable, "every query failed: " + result_.asked.front().failure);
  }

  base::Status ask(EvaluatedService& service, std::size_t item) {
    Asked& asked = result_.asked[item];
    asked.sent_at = seconds_since(began_);
    auto found = service.search(holes_of(*asked.query, suite_, digest_));
    if (!found) {
      asked.seconds = seconds_since(began_) - asked.sent_at;
      asked.failure = base::truncate_utf8(base::printable(found.error().message), longest_failure);
      return note_loss(found.error());
    }
    lost_in_a_row_ = 0;
    asked.seconds = found->seconds;
    asked.hits = std::move(found->hits);
    asked.leaks = count_leaks(asked);
    return {};
  }

  base::Status note_loss(const base::Error& error) {
    if (error.code == base::ErrorCode::corrupt) {
      lost_in_a_row_ = 0;
      return {};
    }
    if (++lost_in_a_row_ < most_lost_in_a_row) return {};
    return base::fail(base::ErrorCode::unavailable,
                      fmt::format("the service stopped answering; {} queries in a row failed, the last: {}",
                                  most_lost_in_a_row, base::printable(error.message)));
  }

  std::size_t count_leaks(const Asked& asked) const {
    const std::string tenant = metadata_field(asked.query->metadata, suite_.tenant_field).value_or("");
    const auto& own = tenants_.at(suite_.tenant_field.empty() ? "" : tenant);
    return static_cast<std::size_t>(
        std::ranges::count_if(asked.hits, [&](const Hit& hit) { return !own.contains(hit.document); }));
  }

  const Suite& suite_;
  const JudgedSet& set_;
  const Target& target_;
  const Progress& progress_;
  std::string digest_;
  Tenants tenants_;
  Evaluation result_;
  std::chrono::steady_clock::time_point began_;
  std::atomic<int> lost_in_a_row_ = 0;
};

}  // namespace

std::string digest_of(const JudgedSet& set) {
  std::string all;
  for (const Document& document : set.documents) {
    for (const std::string* part : {&document.id, &document.title, &document.text, &document.metadata}) {
      all += base::hex64(base::xxh3_64(*part));
    }
  }
  return base::hex64(base::xxh3_64(all));
}

base::Result<Evaluation> evaluate(const Suite& suite, const JudgedSet& set, const Target& target,
                                  const Progress& progress) {
  return Evaluator(suite, set, target, progress).run();
}

}  // namespace plimsoll::probes::eval
