// What a request costs the load engine besides the kernel: its due time, its bytes, its answer, its
// accounting.
#include <string>

#include <benchmark/benchmark.h>

#include "plimsoll/traffic/engine/response_parser.h"
#include "plimsoll/traffic/engine/tally.h"
#include "plimsoll/traffic/request/request_template.h"
#include "plimsoll/traffic/schedule.h"

namespace {

using namespace plimsoll::traffic;
using namespace std::chrono_literals;

const std::string json_answer =
    "HTTP/1.1 200 OK\r\nServer: memory_api\r\nDate: Mon, 23 Nov 2026 15:00:00 GMT\r\nContent-Type: "
    "application/json\r\n"
    "Content-Length: 512\r\nConnection: keep-alive\r\nX-Request-Id: "
    "0123456789abcdef0123456789abcdef\r\n\r\n" +
    std::string(512, 'x');

void response_parser(benchmark::State& state) {
  ResponseParser parser;
  for (auto _ : state) {
    parser.start(false);
    benchmark::DoNotOptimize(parser.feed(json_answer));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json_answer.size()));
}
BENCHMARK(response_parser);

void response_parser_chunked(benchmark::State& state) {
  const std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\n" +
                             std::string(256, 'x') + "\r\n0\r\n\r\n";
  ResponseParser parser;
  for (auto _ : state) {
    parser.start(false);
    benchmark::DoNotOptimize(parser.feed(answer));
  }
}
BENCHMARK(response_parser_chunked);

void due_time(benchmark::State& state) {
  const Stage stage{std::chrono::hours(100), 100'000};
  Schedule schedule(100'000, std::span(&stage, 1), state.range(0) == 0 ? Arrival::constant : Arrival::poisson,
                    1);
  for (auto _ : state) benchmark::DoNotOptimize(schedule.next());
}
BENCHMARK(due_time)->ArgName("poisson")->Arg(0)->Arg(1);

void render_generated_request(benchmark::State& state) {
  RequestParts parts;
  parts.method = "POST";
  parts.authority = "127.0.0.1:8080";
  parts.target.append("/v3/memories/search/");
  constexpr std::string_view body =
      R"json({"query":"$(pick tea coffee)","filters":{"user_id":"load-user-$(random_int 1 50)"}})json";
  parts.body = *TextTemplate::parse(body, Escape::json, {}, {});
  const RequestTemplate request(parts);
  Generator generator{base::Random(1)};
  RenderBuffer buffer;
  for (auto _ : state) benchmark::DoNotOptimize(request.render(generator, buffer));
}
BENCHMARK(render_generated_request);

void account_for_an_answer(benchmark::State& state) {
  const double edge = 0.2;
  RouteTally tally(std::span(&edge, 1), {});
  base::Nanoseconds now{};
  for (auto _ : state) {
    now += 10us;
    tally.record({0, now, now + 1us, now + 1ms, 200, std::nullopt});
  }
  benchmark::DoNotOptimize(tally);
}
BENCHMARK(account_for_an_answer);

}  // namespace

BENCHMARK_MAIN();
