// A small document service on loopback whose searches answer as a test says, and a suite that speaks to it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/file.h"
#include "base/json.h"
#include "net/http_server.h"
#include "plimsoll/probes/eval/eval_probe.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes::eval {

// PUT /docs/ID {"text"}, GET /find?q=TEXT, GET /count; the header X-Tenant names the store.
class ScriptedService {
 public:
  using Search = std::function<net::Response(const std::string& tenant, const std::string& query)>;
  using Refuse = std::function<bool(const net::Request&, int number)>;  // true: 500 in place of an answer

  explicit ScriptedService(Search search) : search_(std::move(search)) {
    auto started = net::HttpServer::start(
        {}, [this](net::Request request, const net::Responder& respond) { respond(answer(request)); });
    server_ = std::move(started).value();
  }

  void refuse(Refuse refuse) { refuse_ = std::move(refuse); }
  void hold(const std::string& tenant, const std::string& id) { stores_[tenant].insert(id); }
  std::size_t held(const std::string& tenant) { return stores_[tenant].size(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  // [{"id": "d1", "score": 0.9}, …], scores falling.
  static net::Response found(const std::vector<std::string>& ids) {
    base::Json results = base::Json::array();
    for (const std::string& id : ids) {
      results.push_back({{"id", id}, {"score", 1.0 / static_cast<double>(results.size() + 1)}});
    }
    return {200, {}, base::dump(results)};
  }

 private:
  net::Response answer(const net::Request& request) {
    const std::scoped_lock lock(mutex_);
    if (refuse_ && refuse_(request, requests_++)) return {500, {}, "out of order"};
    const std::string* tenant = net::find_header(request.headers, "X-Tenant");
    std::set<std::string>& store = stores_[tenant == nullptr ? "" : *tenant];
    const std::vector<std::string>& path = request.parsed.segments;
    if (path[0] == "docs") store.insert(path.at(1));
    if (path[0] == "find")
      return search_(tenant == nullptr ? "" : *tenant, request.parsed.query.at(0).second);
    return {200, {}, base::dump(base::Json{{"n", store.size()}})};
  }

  Search search_;
  Refuse refuse_;
  std::mutex mutex_;
  int requests_ = 0;
  std::map<std::string, std::set<std::string>> stores_;
  std::unique_ptr<net::HttpServer> server_;
};

inline constexpr const char* scripted_suite = R"(set: .
api: none
tenant_field: tenant
groups: difficulty
measures: [mrr, hit_at_1]
headers: {X-Tenant: "{tenant}"}
add: {method: PUT, path: "/docs/{id}", body: {text: "{text}"}}
search: {method: GET, path: "/find?q={text}", results: /, id: /id, score: /score}
count: {method: GET, path: /count, value: /n}
settle: 200ms
)";

// A folder with a suite and its set: documents a1, a2 of tenant a and b1 of tenant b; the queries are called
// as their text: "one" and "two" of a, "three" of b, and "none" of a, which nothing answers.
class ScriptedSet {
 public:
  explicit ScriptedSet(const std::string& suite = scripted_suite) {
    write("suite.yaml", suite);
    write("corpus.jsonl", R"({"_id": "a1", "text": "first", "metadata": {"tenant": "a"}}
{"_id": "a2", "text": "second", "metadata": {"tenant": "a"}}
{"_id": "b1", "text": "third", "metadata": {"tenant": "b"}})");
    write("queries.jsonl", R"({"_id": "one", "text": "one", "metadata": {"tenant": "a", "difficulty": "easy"}}
{"_id": "two", "text": "two", "metadata": {"tenant": "a", "difficulty": "hard"}}
{"_id": "three", "text": "three", "metadata": {"tenant": "b", "difficulty": "hard"}}
{"_id": "none", "text": "none", "metadata": {"tenant": "a", "difficulty": "unanswerable"}})");
    write("qrels.tsv", "query-id\tcorpus-id\tscore\none\ta1\t1\ntwo\ta2\t1\nthree\tb1\t1\n");
  }

  void write(const std::string& name, const std::string& content) const {
    if (!base::system_files().write_atomically(folder_->path() / name, content)) std::abort();
  }

  std::filesystem::path suite() const { return folder_->path() / "suite.yaml"; }

  Task task(const std::string& url) const {
    Task task;
    task.kind = "eval";
    task.name = "scripted";
    task.config_json = R"({"suite": "suite.yaml"})";
    task.root = folder_->path();
    task.service_url = url;
    return task;
  }

 private:
  base::Result<base::TemporaryFolder> folder_ = base::TemporaryFolder::create("eval-scripted");
};

}  // namespace plimsoll::probes::eval
