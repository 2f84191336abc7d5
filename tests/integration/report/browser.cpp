#include "browser.h"

#include <cstdlib>

#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"

namespace plimsoll::report::testing {
namespace {

constexpr std::uint64_t kMostBytes = 256u << 20;

std::vector<std::string> console_lines(const std::string& log) {
  std::vector<std::string> lines;
  for (const std::string& line : base::split(log, '\n')) {
    if (line.contains(":CONSOLE")) lines.push_back(line);
  }
  return lines;
}

// Chromium's net log: requests of the browser itself (its clock, its updates) have no origin as their
// initiator.
base::Result<std::vector<std::string>> requests_of_page(const std::filesystem::path& net_log) {
  BASE_ASSIGN(const std::string text, base::read_file(net_log, kMostBytes));
  BASE_ASSIGN(const base::Json json,
              base::parse_json(text, "net log", {.bytes = kMostBytes, .allow_duplicate_keys = true}));
  std::vector<std::string> addresses;
  for (const base::Json& event : json.at("events")) {
    const base::Json* parameters = base::find(event, "params");
    if (parameters == nullptr || !parameters->contains("url") || !parameters->contains("initiator")) continue;
    if (parameters->at("initiator") != "not an origin") addresses.push_back(parameters->at("url"));
  }
  return addresses;
}

std::vector<std::string> command(const std::string& browser, const std::filesystem::path& folder, int width,
                                 int height) {
  return {browser,
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--disable-extensions",
          "--hide-scrollbars",
          "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
          "--user-data-dir=" + (folder / "profile").string(),
          "--window-size=" + std::to_string(width) + "," + std::to_string(height),
          "--enable-logging=stderr",
          "--log-net-log=" + (folder / "net.json").string(),
          "--dump-dom",
          "file://" + (folder / "report.html").string()};
}

}  // namespace

std::optional<std::string> find_browser() {
  const char* path = std::getenv("PATH");
  for (const std::string& folder : base::split(path == nullptr ? "" : path, ':')) {
    const std::string program = folder + "/chromium";
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return std::nullopt;
}

base::Result<Visit> visit(const std::string& html, int width, int height) {
  BASE_ASSIGN(const auto folder, base::TemporaryFolder::create("report"));
  BASE_TRY(base::system_files().write_atomically(folder.path() / "report.html", html));
  Visit visit;
  std::string log;
  base::ProcessOptions options{.arguments = command(*find_browser(), folder.path(), width, height)};
  options.on_output = [&visit](std::string_view bytes) { visit.dom += bytes; };
  options.on_error = [&log](std::string_view bytes) { log += bytes; };
  BASE_ASSIGN(const base::Exit exit, base::run_process(std::move(options), std::chrono::seconds(120)));
  if (!exit.ok()) return base::fail(base::ErrorCode::unavailable, "chromium " + exit.describe());
  visit.console = console_lines(log);
  BASE_ASSIGN(visit.requests, requests_of_page(folder.path() / "net.json"));
  return visit;
}

}  // namespace plimsoll::report::testing
