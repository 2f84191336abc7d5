// A real memory_api in a folder of its own, and calls to it.
#pragma once

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "net/http_client.h"

namespace memory_api::testing {

using base::Json;
using namespace std::chrono_literals;

inline std::string program() {
  return std::string(PLIMSOLL_BIN_DIR) + "/memory_api";
}

// Runs the program to its end; for what does not serve.
inline base::Exit run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program());
  auto exit = base::run_process({.arguments = std::move(arguments)}, 20s);
  if (!exit) throw std::runtime_error(base::to_string(exit.error()));
  return *exit;
}

struct Answer {
  int status = 0;
  net::Headers headers;
  std::string text;
  Json json;  // null where the body is none

  std::string header(std::string_view name) const {
    const std::string* found = net::find_header(headers, name);
    return found ? *found : "";
  }
};

// A running service. Its outputs are drained whenever the object is asked something about the process.
class RunningService {
 public:
  explicit RunningService(const std::filesystem::path& data,
                          std::vector<std::string> more = {"--open-keys"}) {
    base::ProcessOptions options;
    options.arguments = {program(), "--port", "0", "--data", data.string()};
    options.arguments.insert(options.arguments.end(), more.begin(), more.end());
    options.on_output = [this](std::string_view bytes) { output_ += bytes; };
    options.on_error = [this](std::string_view bytes) { log_ += bytes; };
    auto started = base::system_processes().start(std::move(options));
    if (!started) throw std::runtime_error(base::to_string(started.error()));
    process_ = *std::move(started);
    while (!exit_ && output_.find('\n') == std::string::npos) exit_ = process_->wait_for(10ms);
    const std::size_t colon = output_.rfind(':');
    if (colon != std::string::npos) port_ = std::stoi(output_.substr(colon + 1));
  }

  int port() const { return port_; }
  pid_t pid() const { return process_->pid(); }
  const std::string& output() const { return output_; }
  const std::string& log() const { return log_; }
  net::Url url() const { return {"http", "127.0.0.1", port_, "/", ""}; }

  void signal(int number) { process_->signal_group(number); }

  // Waits until the process ended.
  base::Exit wait() {
    for (int i = 0; i < 2000 && !exit_; ++i) exit_ = process_->wait_for(10ms);
    return exit_.value_or(base::Exit{});
  }

  base::Exit terminate() {
    signal(SIGTERM);
    return wait();
  }

 private:
  std::string output_;
  std::string log_;
  std::unique_ptr<base::Process> process_;
  std::optional<base::Exit> exit_;
  int port_ = 0;
};

// One tenant's calls.
class Caller {
 public:
  Caller(const RunningService& service, std::string key) : client_(service.url()), key_(std::move(key)) {}

  Answer call(std::string_view method, std::string_view target, const Json& body = nullptr) {
    return call_text(method, target, body.is_null() ? "" : body.dump());
  }

  Answer call_text(std::string_view method, std::string_view target, std::string body) {
    net::ClientRequest request{.method = std::string(method), .target = std::string(target)};
    if (!key_.empty()) request.headers.push_back({"Authorization", "Token " + key_});
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    return to_answer(client_.send(request));
  }

  Answer add(std::string_view user, std::string_view text) {
    return call("POST", "/v3/memories/add/",
                {{"messages", {{{"role", "user"}, {"content", text}}}}, {"user_id", user}, {"infer", false}});
  }

  std::string add_one(std::string_view user, std::string_view text) {
    return add(user, text).json.at("results").at(0).at("id").get<std::string>();
  }

  Answer search(std::string_view user, std::string_view query) {
    return call("POST", "/v3/memories/search/",
                {{"query", query}, {"filters", {{"user_id", user}}}, {"threshold", 0}});
  }

  std::size_t count(std::string_view user) {
    const Answer listed = call("POST", "/v3/memories/", {{"filters", {{"user_id", user}}}});
    return listed.json.at("count").get<std::size_t>();
  }

  net::HttpClient& client() { return client_; }

 private:
  static Answer to_answer(base::Result<net::ClientResponse> response) {
    if (!response) return {0, {}, base::to_string(response.error()), nullptr};
    Json json = response->body.empty() ? Json() : Json::parse(response->body, nullptr, false);
    return {response->status, response->headers, response->body, std::move(json)};
  }

  net::HttpClient client_;
  std::string key_;
};

// problem+json with all five members, its status the answer's.
inline ::testing::AssertionResult is_problem(const Answer& answer, int status) {
  const bool whole = answer.json.is_object() && answer.json.value("status", 0) == answer.status &&
                     answer.json.contains("type") && answer.json.contains("title") &&
                     !answer.json.value("detail", "").empty() &&
                     answer.json.value("trace_id", "").size() == 32;
  if (answer.status == status && answer.header("content-type") == "application/problem+json" && whole) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << "expected a problem with status " << status << ", found " << answer.status << " " << answer.text;
}

// One service for all tests of a suite, which use tenants of their own.
class ServiceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new base::TemporaryFolder(base::TemporaryFolder::create("memory_api_test").value());
    service_ = new RunningService(folder_->path());
  }
  static void TearDownTestSuite() {
    delete service_;
    delete folder_;
  }

  void SetUp() override { ASSERT_GT(service_->port(), 0) << service_->log(); }

  // A key that no other test uses.
  Caller caller(std::string_view name = "a") const {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string key = fmt::format("{}/{}/{}", info->test_suite_name(), info->name(), name);
    return {*service_, std::move(key)};
  }

  static inline base::TemporaryFolder* folder_ = nullptr;
  static inline RunningService* service_ = nullptr;
};

}  // namespace memory_api::testing
