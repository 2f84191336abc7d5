// An OpenAI-compatible embeddings endpoint that answers at once: unit vectors that depend on nothing but the
// text, so that a comparison of memory services measures them and not a model. Prints "listening on
// http://127.0.0.1:PORT".
//   fake_embedder [DIMENSIONS]
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/hash.h"
#include "base/json.h"
#include "base/random.h"
#include "net/http_server.h"

namespace {

base::Json unit_vector(const std::string& text, int dimensions) {
  base::Random random(base::xxh3_64(text));
  std::vector<double> numbers(static_cast<std::size_t>(dimensions));
  double squares = 0;
  for (double& number : numbers) {
    number = random.normal();
    squares += number * number;
  }
  for (double& number : numbers) number /= std::sqrt(squares);
  return numbers;
}

net::Response embeddings(const std::string& body, int dimensions) {
  const auto request = base::parse_json(body, "request");
  if (!request || !request->contains("input")) return {.status = 400, .body = "{\"error\":\"no input\"}"};
  base::Json input = request->at("input");
  if (input.is_string()) input = base::Json::array({input});
  base::Json data = base::Json::array();
  for (std::size_t i = 0; i < input.size(); ++i) {
    data.push_back({{"object", "embedding"},
                    {"index", i},
                    {"embedding", unit_vector(input[i].get<std::string>(), dimensions)}});
  }
  const base::Json answer = {{"object", "list"},
                             {"model", request->value("model", "fake")},
                             {"data", std::move(data)},
                             {"usage", {{"prompt_tokens", 0}, {"total_tokens", 0}}}};
  return {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = answer.dump()};
}

}  // namespace

int main(int argc, char** argv) {
  const int dimensions = argc > 1 ? std::atoi(argv[1]) : 384;
  const auto server = net::HttpServer::start({}, [=](net::Request request, net::Responder respond) {
    respond(embeddings(request.body, dimensions));
  });
  if (!server) {
    std::fprintf(stderr, "%s\n", base::to_string(server.error()).c_str());
    return 3;
  }
  std::printf("listening on http://127.0.0.1:%d\n", (*server)->port());
  std::fflush(stdout);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
