#include "plimsoll/plan/detect/openapi.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/json_reference.h"
#include "base/text.h"
#include "base/yaml.h"
#include "plimsoll/plan/check_url.h"
#include "plimsoll/plan/detect/repository.h"

namespace plimsoll::plan::detect {
namespace {

namespace fs = std::filesystem;
using base::Json;
using base::member;
using base::text_member;

constexpr std::size_t most_paths = 5;
constexpr std::string_view usual_server = "http://127.0.0.1:8080";

bool is_description(std::string_view name) {
  const auto lower = base::to_lower_ascii(name);
  const bool known = lower.starts_with("openapi") || lower.starts_with("swagger");
  return known && (lower.ends_with(".yaml") || lower.ends_with(".yml") || lower.ends_with(".json"));
}

Json read_document(const fs::path& file) {
  const auto text = text_of(file);
  if (file.extension() == ".json") return base::parse_json(text, file.string()).value_or(Json());
  const auto node = base::yaml::parse(text, file.string());
  return node ? base::to_json(*node) : Json();
}

bool needs_parameter(const Json& document, const Json& holder) {
  const Json& parameters = member(holder, "parameters");
  if (!parameters.is_array()) return false;
  return std::ranges::any_of(parameters, [&](const Json& parameter) {
    const Json& whole = base::resolve_reference(document, parameter);
    return !whole.is_object() || member(whole, "required") == Json(true);
  });
}

// An operation's own `security` wins over the document's; [] and [{}] ask for nothing.
bool needs_credentials(const Json& document, const Json& operation) {
  const Json& own = member(operation, "security");
  const Json& security = own.is_null() ? member(document, "security") : own;
  if (!security.is_array() || security.empty()) return false;
  return std::ranges::none_of(security,
                              [](const Json& choice) { return choice.is_object() && choice.empty(); });
}

bool is_plain_path(const std::string& path) {
  return path.starts_with('/') && std::ranges::all_of(path, [](char c) {
           return c > ' ' && c < 0x7f && c != '{' && c != '}' && c != '$' && c != '?' && c != '#' &&
                  c != '"' && c != '\\';
         });
}

struct GetPath {
  std::string path;
  bool credentials = false;
};

std::vector<GetPath> get_paths(const Json& document) {
  std::vector<GetPath> result;
  const Json& paths = member(document, "paths");
  if (!paths.is_object()) return result;
  for (const auto& [path, item] : paths.items()) {
    const Json& get = member(item, "get");
    if (!get.is_object() || !is_plain_path(path) || member(get, "deprecated") == Json(true)) continue;
    if (needs_parameter(document, item) || needs_parameter(document, get)) continue;
    result.push_back({path, needs_credentials(document, get)});
  }
  std::ranges::sort(result, {}, [](const GetPath& path) { return std::pair(path.credentials, path.path); });
  const bool open = !result.empty() && !result.front().credentials;
  if (open) std::erase_if(result, &GetPath::credentials);
  if (result.size() > most_paths) result.resize(most_paths);
  return result;
}

bool is_loopback(std::string_view url) {
  for (const auto* host : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    const std::string_view rest = url.substr(std::min(url.size(), std::string_view(host).size()));
    if (url.starts_with(host) && (rest.empty() || rest.front() == ':' || rest.front() == '/')) return true;
  }
  return false;
}

struct Server {
  std::string origin = std::string(usual_server);  // scheme and authority
  std::string prefix;  // path before those of the document, without a slash at its end
};

std::string without_last_slash(std::string path) {
  if (path.ends_with('/')) path.pop_back();
  return path;
}

// `servers` of OpenAPI 3, `basePath` of Swagger 2. Nobody else's machine is put under load.
Server server_of(const Json& document) {
  Server server;
  const Json& servers = member(document, "servers");
  auto url = servers.is_array() && !servers.empty() ? text_member(servers[0], "url")
                                                    : text_member(document, "basePath");
  const auto scheme = url.find("://");
  if (scheme != std::string::npos) {
    const auto path = std::min(url.find('/', scheme + 3), url.size());
    if (is_loopback(url) && check_url(url)) server.origin = url.substr(0, path);
    url = url.substr(path);
  }
  if (url.empty() || is_plain_path(url)) server.prefix = without_last_slash(url);
  return server;
}

std::string ready_path(const std::vector<GetPath>& paths) {
  for (const std::string_view usual : {"/ready", "/readyz", "/health", "/healthz", "/livez", "/status"}) {
    if (std::ranges::find(paths, usual, &GetPath::path) != paths.end()) return std::string(usual);
  }
  return paths.front().path;
}

std::string service_section(const Server& server, const std::vector<GetPath>& paths) {
  std::string text = fmt::format(
      "# Where the service listens while Plimsoll asks. Better: let Plimsoll start it, each time afresh, "
      "with\n"
      "#   start: ./my_service --port {{port}} --data {{workdir}}\n"
      "# in place of url, and write {{port}} into the URLs below.\n"
      "url: {}\nready: {}\n",
      server.origin, as_yaml(server.prefix + ready_path(paths)));
  if (paths.front().credentials) {
    text += "# Its paths ask for credentials:\n# headers: {Authorization: \"Token ${SERVICE_TOKEN}\"}\n";
  }
  return text;
}

// "/v1/items/" is called v1_items.
std::string name_of(const std::string& path) {
  std::string name;
  for (const char c : path) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (letter) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  if (name.ends_with('_')) name.pop_back();
  return name.empty() ? "root" : name;
}

Detected entry_of(const GetPath& path, const std::string& name, const Server& server, const fs::path& file) {
  Detected found;
  found.entry = fmt::format("name: {}\nurl: {}\nrate: 50\nduration: 10s\n", as_yaml(name),
                            as_yaml(server.origin + server.prefix + path.path));
  found.rules = {"load.latency p95 < 500ms", "load.errors < 1%", "load.latency regression warn 10% fail 20%"};
  found.because = fmt::format("{} describes GET {}", file.generic_string(), path.path);
  return found;
}

}  // namespace

std::vector<Detected> openapi(const fs::path& root) {
  for (const auto& file : find_files(root, is_description)) {
    const Json document = read_document(root / file);
    const auto paths = get_paths(document);
    if (paths.empty()) continue;
    const auto server = server_of(document);
    std::vector<Detected> all;
    std::map<std::string, int> names;
    for (const auto& path : paths) {
      auto name = name_of(path.path);
      if (const int times = ++names[name]; times > 1) name += "_" + std::to_string(times);
      all.push_back(entry_of(path, name, server, file));
      all.back().service = service_section(server, paths);
    }
    return all;
  }
  return {};
}

}  // namespace plimsoll::plan::detect
