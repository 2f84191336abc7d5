#include "include_rules.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace tidy {
namespace {

using Names = std::set<std::string, std::less<>>;

// The rooms of plimsoll/ and which other rooms of plimsoll/ each may include; lib/ is open to all of them.
const std::map<std::string, Names, std::less<>>& allowed_rooms() {
  static const Names ground = {"model", "stats"};
  static const Names all_but_the_top = {"model",  "stats",   "plan",   "evidence", "formats", "judges",
                                        "report", "traffic", "probes", "release",  "pipeline"};
  static const Names all = [] {
    Names names = all_but_the_top;
    names.insert({"cli", "web"});
    return names;
  }();
  static const std::map<std::string, Names, std::less<>> allowed = {
      {"model", {}},
      {"stats", {}},
      {"plan", ground},
      {"evidence", ground},
      {"formats", ground},
      {"judges", ground},
      {"report", ground},
      {"traffic", ground},
      {"probes", {"plan", "formats", "traffic", "stats", "model"}},
      {"release", {"evidence", "judges", "traffic", "model", "stats"}},
      {"pipeline", all_but_the_top},
      {"cli", all},
      {"web", all},
  };
  return allowed;
}

// The rooms of lib/ and which other rooms of lib/ each may include.
const std::map<std::string, Names, std::less<>>& allowed_foundations() {
  static const std::map<std::string, Names, std::less<>> allowed = {
      {"base", {}}, {"net", {"base"}}, {"telemetry", {"base"}}, {"embedding", {"base"}}};
  return allowed;
}

// Where a file stands: lib / base, plimsoll / probes / load, apps / memory_api / storage.
struct Where {
  std::string top;
  std::string room;
  std::string kind;  // the folder within the room; empty directly in it
};

Where where_is(std::string_view path) {
  Where where;
  for (std::string* part : {&where.top, &where.room, &where.kind}) {
    const std::size_t end = path.find('/');
    if (end == std::string_view::npos) return where;
    *part = path.substr(0, end);
    path.remove_prefix(end + 1);
  }
  return where;
}

// The project file that an include means, as a path from the root; nothing where it is a library's. Whether
// it exists does not matter here: a line is crossed by what is written.
std::optional<std::string> project_path(const SourceFile& file, const std::string& included) {
  for (const auto* top : {"lib/", "plimsoll/", "apps/"}) {
    if (included.starts_with(top)) return included;
  }
  for (const auto& [room, allowed] : allowed_foundations()) {
    if (included.starts_with(room + "/")) return "lib/" + included;
  }
  const auto beside = std::filesystem::path(file.path).parent_path() / included;
  const bool climbs = included.starts_with(".");
  if (!climbs && included.contains('/')) return std::nullopt;
  return beside.lexically_normal().generic_string();
}

std::string refusal(const std::string& who, const std::string& whom) {
  return who + " may not include " + whom;
}

std::optional<std::string> crossing_in_lib(const Where& from, const Where& to) {
  if (to.top != "lib") return refusal("lib/", to.top + "/");
  const auto row = allowed_foundations().find(from.room);
  if (row == allowed_foundations().end()) return "lib/" + from.room + " is no room of the design";
  if (to.room == from.room || row->second.contains(to.room)) return std::nullopt;
  return refusal("lib/" + from.room, "lib/" + to.room);
}

// A probe knows the room's own headers and itself; only the catalogue knows the kinds.
std::optional<std::string> crossing_in_probes(const SourceFile& file, const Where& from, const Where& to) {
  const bool catalogue = file.path == "plimsoll/probes/catalogue.cpp";
  if (to.kind.empty() || to.kind == from.kind || catalogue) return std::nullopt;
  return refusal(from.kind.empty() ? "probes/ itself" : "probes/" + from.kind, "probes/" + to.kind);
}

std::optional<std::string> crossing_in_plimsoll(const SourceFile& file, const Where& from, const Where& to) {
  if (to.top == "lib") return std::nullopt;
  if (to.top != "plimsoll") return refusal("plimsoll/", to.top + "/");
  const auto row = allowed_rooms().find(from.room);
  if (row == allowed_rooms().end()) return "plimsoll/" + from.room + " is no room of the design";
  if (from.room == to.room) return from.room == "probes" ? crossing_in_probes(file, from, to) : std::nullopt;
  if (row->second.contains(to.room)) return std::nullopt;
  return refusal("plimsoll/" + from.room, "plimsoll/" + to.room);
}

std::optional<std::string> crossing_in_apps(const Where& from, const Where& to) {
  const bool home = to.top == "lib" || (to.top == "apps" && to.room == from.room);
  return home ? std::nullopt : std::optional(refusal("apps/" + from.room, to.top + "/" + to.room));
}

std::optional<std::string> crossing(const SourceFile& file, const std::string& target) {
  const Where from = where_is(file.path), to = where_is(target);
  if (from.top == "lib") return crossing_in_lib(from, to);
  if (from.top == "plimsoll") return crossing_in_plimsoll(file, from, to);
  if (from.top == "apps") return crossing_in_apps(from, to);
  return std::nullopt;
}

bool is_heavy(std::string_view included) {
  if (included == "nlohmann/json_fwd.hpp") return false;
  for (const auto* heavy : {"boost/asio", "boost/beast", "nlohmann/", "yaml-cpp/", "sqlite3.h", "CLI/"}) {
    if (included.starts_with(heavy)) return true;
  }
  return false;
}

bool is_impure(std::string_view included) {
  static const Names impure = {
      "fstream", "iostream", "filesystem",  "cstdio",         "stdio.h",           "random",
      "thread",  "ctime",    "base/file.h", "base/process.h", "net/http_client.h", "unistd.h"};
  return impure.contains(included);
}

// Depth first; a file that is met again while it is still open closes a circle.
class CycleSearch {
 public:
  explicit CycleSearch(const std::vector<SourceFile>& files) {
    for (const auto& file : files) files_[file.path] = &file;
  }

  std::vector<Violation> run() {
    for (const auto& [path, file] : files_) visit(*file);
    return std::move(found_);
  }

 private:
  void visit(const SourceFile& file) {
    if (!seen_.insert(file.path).second) return;
    open_.push_back(file.path);
    for (const auto& include : file.includes) follow(file, include);
    open_.pop_back();
  }

  void follow(const SourceFile& file, const Include& include) {
    const auto target = project_path(file, include.path);
    const auto known = target ? files_.find(*target) : files_.end();
    if (known == files_.end()) return;
    const auto start = std::ranges::find(open_, *target);
    if (start == open_.end()) return visit(*known->second);
    std::string circle;
    for (auto path = start; path != open_.end(); ++path) circle += *path + " -> ";
    found_.push_back({file.path, include.line, "a circle of includes: " + circle + *target});
  }

  std::map<std::string, const SourceFile*, std::less<>> files_;
  std::set<std::string> seen_;
  std::vector<std::string> open_;
  std::vector<Violation> found_;
};

}  // namespace

std::vector<Violation> crossed_rooms(const std::vector<SourceFile>& files) {
  std::vector<Violation> found;
  for (const auto& file : files) {
    for (const auto& include : file.includes) {
      const auto target = project_path(file, include.path);
      if (!target) continue;
      if (auto message = crossing(file, *target)) {
        found.push_back({file.path, include.line, *message + " (" + include.path + ")"});
      }
    }
  }
  return found;
}

std::vector<Violation> heavy_headers(const std::vector<SourceFile>& files) {
  std::vector<Violation> found;
  for (const auto& file : files) {
    if (!file.is_header() || file.is_in("lib")) continue;
    for (const auto& include : file.includes) {
      if (is_heavy(include.path)) {
        found.push_back(
            {file.path, include.line, "a heavy header belongs in a .cpp file (" + include.path + ")"});
      }
    }
  }
  return found;
}

std::vector<Violation> impure_rooms(const std::vector<SourceFile>& files) {
  std::vector<Violation> found;
  for (const auto& file : files) {
    if (!file.is_in("plimsoll/judges") && !file.is_in("plimsoll/stats")) continue;
    for (const auto& include : file.includes) {
      if (is_impure(include.path)) {
        found.push_back({file.path, include.line, "judges and statistics are pure (" + include.path + ")"});
      }
    }
  }
  return found;
}

std::vector<Violation> include_cycles(const std::vector<SourceFile>& files) {
  return CycleSearch(files).run();
}

}  // namespace tidy
