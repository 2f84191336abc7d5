#include "plimsoll/probes/eval/suite.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "base/yaml.h"
#include "net/headers.h"
#include "net/url.h"
#include "plimsoll/probes/eval/suite_fields.h"

namespace plimsoll::probes::eval {
namespace {

using base::yaml::Node;

constexpr long long largest_top_k = 1'000;
constexpr long long most_connections = 64;

Call post(std::string path, const base::Json& body) {
  return {"POST", std::move(path), BodyTemplate::of(body)};
}

class SuiteReader {
 public:
  explicit SuiteReader(const std::filesystem::path& file) : folder_(file.parent_path()) {
    suite_.name = file.stem().string();
  }

  base::Result<Suite> read(const Node& root) {
    BASE_TRY(read_map(root, "a suite", readers()));
    BASE_TRY(find_files(root));
    if (has_api_) {
      suite_.api = mem0_api(!suite_.tenant_field.empty());
    } else if (search_ == nullptr || add_ == nullptr) {
      return base::fail_at(root.place, "without `api: mem0` a suite needs `add:` and `search:`");
    }
    BASE_TRY(read_calls());
    return check_measures();
  }

 private:
  FieldReaders readers() {
    return {{"name", text_into(suite_.name)},
            {"set", path_into(folder_, set_)},
            {"corpus", path_into(folder_, suite_.files.corpus)},
            {"queries", path_into(folder_, suite_.files.queries)},
            {"qrels", path_into(folder_, suite_.files.qrels)},
            {"judged_not_relevant", path_into(folder_, suite_.files.judged_not_relevant)},
            {"api", [this](const Node& node) { return read_api(node); }},
            {"tenant_field", text_into(suite_.tenant_field)},
            {"user_field", text_into(suite_.user_field)},
            {"groups", [this](const Node& node) { return read_groups(node); }},
            {"top_k", [this](const Node& node) { return read_top_k(node); }},
            {"measures", [this](const Node& node) { return read_measures(node); }},
            {"unjudged_queries", [this](const Node& node) { return read_unjudged(node); }},
            {"connections", [this](const Node& node) { return read_connections(node); }},
            {"timeout", duration_into(suite_.timeout)},
            {"settle", duration_into(suite_.settle)},
            {"url", [this](const Node& node) { return read_url(node); }},
            {"headers", [this](const Node& node) { return keep(node, headers_); }},
            {"add", [this](const Node& node) { return keep(node, add_); }},
            {"search", [this](const Node& node) { return keep(node, search_); }},
            {"count", [this](const Node& node) { return keep(node, count_); }}};
  }

  // Calls are read last: they replace what the preset says, wherever `api` stands.
  static base::Status keep(const Node& node, const Node*& target) {
    target = &node;
    return {};
  }

  base::Status read_api(const Node& node) {
    BASE_ASSIGN(const std::string name, one_of(node, {"mem0", "none"}));
    has_api_ = name == "mem0";
    return {};
  }

  base::Status read_groups(const Node& node) {
    BASE_ASSIGN(suite_.group_field, text_of(node));
    if (is_label(suite_.group_field)) return {};
    return base::fail_at(node.place, "expected a metadata field of letters a-z, digits and _, found " +
                                         base::yaml::describe(node));
  }

  base::Status read_top_k(const Node& node) {
    BASE_ASSIGN(const long long top_k, integer_of(node, 1, largest_top_k));
    suite_.top_k = static_cast<std::size_t>(top_k);
    return {};
  }

  base::Status read_connections(const Node& node) {
    BASE_ASSIGN(const long long connections, integer_of(node, 1, most_connections));
    suite_.connections = static_cast<int>(connections);
    return {};
  }

  base::Status read_unjudged(const Node& node) {
    BASE_ASSIGN(const std::string word, one_of(node, {"unanswerable", "skip"}));
    suite_.skip_unjudged = word == "skip";
    return {};
  }

  base::Status read_url(const Node& node) {
    BASE_ASSIGN(suite_.url, text_of(node));
    const auto url = net::parse_url(suite_.url);
    return url ? base::Status{} : base::fail_at(node.place, url.error().message, url.error().hint);
  }

  base::Status read_measures(const Node& node) {
    if (!node.is_sequence() || node.items.empty())
      return wrong(node, "a list of measures, as in [mrr, hit_at_5]");
    suite_.measures.clear();
    measures_ = &node;
    for (const Node& item : node.items) {
      BASE_ASSIGN(const Measure measure, read_measure(item));
      if (std::ranges::find(suite_.measures, measure) != suite_.measures.end()) {
        return base::fail_at(item.place, to_string(measure) + " stands there twice");
      }
      suite_.measures.push_back(measure);
    }
    return {};
  }

  static base::Result<Measure> read_measure(const Node& node) {
    BASE_ASSIGN(const std::string name, text_of(node));
    if (const auto measure = parse_measure(name)) return *measure;
    std::vector<std::string> known;
    for (const Measure& measure : all_measures()) known.push_back(to_string(measure));
    const auto near = base::nearest(name, known);
    return base::fail_at(
        node.place, "unknown measure \"" + base::printable(name) + "\"",
        near ? "did you mean " + *near + "?"
             : "mrr, map, precision_at_K, recall_at_K, hit_at_K, ndcg_at_K with K of 1, 3, 5, "
               "10, 20, 50 or 100");
  }

  base::Status find_files(const Node& root) {
    SetFiles& files = suite_.files;
    const bool any = !files.corpus.empty() || !files.queries.empty() || !files.qrels.empty();
    if (!set_.empty() && any) {
      return base::fail_at(root.find("set")->place,
                           "`set` names the folder: leave corpus, queries and qrels out");
    }
    if (!set_.empty()) {
      auto found = find_set(set_);
      if (!found) return base::fail_at(root.find("set")->place, found.error().message, found.error().hint);
      const std::filesystem::path others = files.judged_not_relevant;
      files = *std::move(found);
      if (!others.empty()) files.judged_not_relevant = others;
      return {};
    }
    if (!files.corpus.empty() && !files.queries.empty() && !files.qrels.empty()) return {};
    return base::fail_at(root.place,
                         "a suite needs `set: FOLDER`, or all of `corpus:`, `queries:` and `qrels:`");
  }

  base::Status read_calls() {
    Api& api = suite_.api;
    if (headers_ != nullptr) BASE_TRY(read_headers(*headers_));
    if (add_ != nullptr) {
      api.add = Call{};
      BASE_TRY(read_map(*add_, "a call", call_readers(api.add)));
      BASE_TRY(check_call(*add_, api.add));
    }
    if (search_ != nullptr) BASE_TRY(read_search(*search_));
    if (count_ != nullptr) BASE_TRY(read_count(*count_));
    return {};
  }

  base::Status read_headers(const Node& node) {
    if (!node.is_map()) return wrong(node, "a map of headers");
    for (const base::yaml::Entry& entry : node.entries) {
      if (!net::is_header_name(entry.key)) {
        return base::fail_at(entry.key_place, "\"" + base::printable(entry.key) + "\" is no header's name");
      }
      BASE_ASSIGN(suite_.api.headers[entry.key], template_of(entry.value));
    }
    return {};
  }

  base::Status read_search(const Node& node) {
    Api& api = suite_.api;
    api.search = Call{};
    api.score.clear();
    FieldReaders readers = call_readers(api.search);
    readers.push_back({"results", pointer_into(api.results)});
    readers.push_back({"id", pointer_into(api.document_id)});
    readers.push_back({"score", pointer_into(api.score)});
    BASE_TRY(read_map(node, "a search", readers));
    if (api.document_id.empty()) {
      return base::fail_at(node.place,
                           "search needs `id:`, where a result holds the document's id, like /id");
    }
    return check_call(node, api.search);
  }

  base::Status read_count(const Node& node) {
    Api& api = suite_.api;
    api.count.reset();
    api.count_of_set.reset();
    if (node.is_scalar() && node.text == "none") return {};
    Call call;
    FieldReaders readers = call_readers(call);
    readers.push_back({"value", pointer_into(api.count_value)});
    BASE_TRY(read_map(node, "a count", readers));
    BASE_TRY(check_call(node, call));
    api.count = call;
    return {};
  }

  static base::Status check_call(const Node& node, const Call& call) {
    if (call.path.starts_with('/')) return {};
    return base::fail_at(node.place, "a call needs `path:`, which begins with /");
  }

  base::Result<Suite> check_measures() {
    for (const Measure& measure : suite_.measures) {
      if (measure.k <= suite_.top_k) continue;
      std::string message = fmt::format("{} looks at {} results, but top_k asks for {}", to_string(measure),
                                        measure.k, suite_.top_k);
      if (measures_ != nullptr) return base::fail_at(measures_->place, std::move(message), "raise top_k");
      std::erase(suite_.measures, measure);
      return check_measures();
    }
    return std::move(suite_);
  }

  std::filesystem::path folder_;
  std::filesystem::path set_;
  Suite suite_;
  bool has_api_ = true;
  const Node* headers_ = nullptr;
  const Node* add_ = nullptr;
  const Node* search_ = nullptr;
  const Node* count_ = nullptr;
  const Node* measures_ = nullptr;
};

template <class Items>
bool all_have(const Items& items, std::string_view field) {
  return std::ranges::all_of(
      items, [&](const auto& item) { return metadata_field(item.metadata, field).has_value(); });
}

}  // namespace

Api mem0_api(bool by_tenant) {
  using base::Json;
  Api api;
  if (by_tenant) api.headers["Authorization"] = "Token {tenant}";
  const Json everyone = {{"user_id", "*"}};
  const Json of_set = {{"AND", Json::array({everyone, Json{{"metadata", {{"set", "{set}"}}}}})}};
  api.add = post("/v3/memories/add/",
                 {{"messages", Json::array({Json{{"role", "user"}, {"content", "{content}"}}})},
                  {"user_id", "{user}"},
                  {"infer", false},
                  {"metadata", {{"doc", "{id}"}, {"set", "{set}"}}}});
  api.search = post("/v3/memories/search/",
                    {{"query", "{text}"}, {"filters", everyone}, {"top_k", "{top_k}"}, {"threshold", 0}});
  api.results = "/results";
  api.document_id = "/metadata/doc";
  api.score = "/score";
  api.count = post("/v3/memories/?page=1&page_size=1", {{"filters", everyone}});
  api.count_of_set = post("/v3/memories/?page=1&page_size=1", {{"filters", of_set}});
  api.count_value = "/count";
  return api;
}

base::Result<Suite> parse_suite(std::string_view text, const std::filesystem::path& file) {
  BASE_ASSIGN(const Node root, base::yaml::parse(text, file.string()));
  return SuiteReader(file).read(root);
}

base::Result<Suite> read_suite(const std::filesystem::path& file) {
  BASE_ASSIGN(const std::string text, base::read_file(file));
  return parse_suite(text, file);
}

Suite suite_of(const std::filesystem::path& folder, const SetFiles& files, const JudgedSet& set) {
  Suite suite;
  const std::filesystem::path name = folder.lexically_normal();
  suite.name = (name.has_filename() ? name : name.parent_path()).filename().string();
  if (suite.name.empty() || suite.name == ".") suite.name = "golden";
  suite.files = files;
  if (all_have(set.documents, "tenant") && all_have(set.queries, "tenant")) suite.tenant_field = "tenant";
  if (all_have(set.documents, "user_id")) suite.user_field = "user_id";
  suite.group_field = "difficulty";
  suite.api = mem0_api(!suite.tenant_field.empty());
  return suite;
}

}  // namespace plimsoll::probes::eval
