// A real memory_api in a folder of its own, filled with memories, for benchmarks from outside. What goes
// wrong ends the program with status 3: a benchmark of a broken service says nothing.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/random.h"
#include "net/http_client.h"

namespace benchmarking {

[[noreturn]] inline void give_up(const base::Error& error) {
  fmt::print(stderr, "{}\n", base::to_string(error));
  std::exit(3);
}

template <class T>
T value_of(base::Result<T> result) {
  if (!result) give_up(result.error());
  return *std::move(result);
}

class RunningService {
 public:
  RunningService() : folder_(value_of(base::TemporaryFolder::create("benchmark"))) {
    base::ProcessOptions options;
    options.arguments = {beside_this_program("memory_api").string(),
                         "--port",
                         "0",
                         "--open-keys",
                         "--embedder",
                         "none",
                         "--data",
                         folder_.path().string()};
    options.on_output = [this](std::string_view bytes) { output_ += bytes; };
    process_ = value_of(base::system_processes().start(std::move(options)));
    while (output_.find('\n') == std::string::npos) {
      if (const auto exit = process_->wait_for(std::chrono::milliseconds(5)))
        give_up({.code = base::ErrorCode::unavailable, .message = "memory_api " + exit->describe()});
    }
    const auto port = std::stoi(output_.substr(output_.rfind(':') + 1));
    client_.emplace(net::Url{"http", "127.0.0.1", port, "/", ""},
                    net::ClientOptions{.headers = {{"Authorization", "Token benchmark"}}});
  }

  // Some words; as in language, few are common and most are rare.
  std::string text(int words) {
    std::string result;
    for (int i = 0; i < words; ++i) {
      const double u = random_.uniform();
      result += fmt::format("word{} ", static_cast<int>(u * u * vocabulary));
    }
    return result;
  }

  // Adds memories of `user`, `count` of them in one request.
  void fill(const std::string& user, int count) {
    base::Json messages = base::Json::array();
    for (int i = 0; i < count; ++i) messages.push_back({{"role", "user"}, {"content", text(12)}});
    const auto answer =
        post("/v3/memories/add/", {{"messages", messages}, {"user_id", user}, {"infer", false}});
    for (const base::Json& result : base::Json::parse(answer.body).at("results"))
      ids_.push_back(result.at("id").get<std::string>());
  }

  net::ClientResponse get(const std::string& target) { return checked(client_->get(target)); }
  net::ClientResponse post(const std::string& target, const base::Json& body) {
    return checked(client_->post(target, body.dump()));
  }
  net::ClientResponse search(const std::string& user) {
    return post("/v3/memories/search/", {{"query", text(3)}, {"filters", {{"user_id", user}}}});
  }

  base::Random& random() { return random_; }
  const std::string& any_id() { return ids_[random_.below(ids_.size())]; }
  base::ProcessUsage usage() const { return value_of(base::process_usage(process_->pid())); }

 private:
  static constexpr int vocabulary = 2000;

  static std::filesystem::path beside_this_program(std::string_view name) {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
  }

  static net::ClientResponse checked(base::Result<net::ClientResponse> response) {
    net::ClientResponse answer = value_of(std::move(response));
    if (!answer.ok()) give_up({.code = base::ErrorCode::corrupt, .message = answer.body});
    return answer;
  }

  base::TemporaryFolder folder_;
  std::string output_;
  std::unique_ptr<base::Process> process_;
  std::optional<net::HttpClient> client_;
  base::Random random_{42};
  std::vector<std::string> ids_;
};

}  // namespace benchmarking
