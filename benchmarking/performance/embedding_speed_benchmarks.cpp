// Speed of the embeddings: CPU time per text of 32 at a time and of one at a time (with P50, P95 and P99), of
// tokenizing, of loading.
// What it must reach: no more CPU per text than OpenVINO f32 and onnxruntime on the same core
// (benchmarking/peers/embed_vs_openvino_onnxruntime.sh prints all three).
// Texts: PLIMSOLL_TEXTS, JSON lines with "text"; else the golden set's memories. Model: ./dev setup fetches
// it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "embedding/model.h"
#include "timed_loop.h"

namespace {

using benchmarking::time_each;

constexpr std::size_t kBatch = 32;

std::filesystem::path model_folder() {
  return embedding::model_folder_of(std::filesystem::read_symlink("/proc/self/exe"));
}

const embedding::Model* model() {
  static const auto loaded = embedding::Model::load(model_folder());
  return loaded ? &*loaded : nullptr;
}

std::vector<std::string> read_texts() {
  const char* named = std::getenv("PLIMSOLL_TEXTS");
  const auto content = base::read_file(named != nullptr ? named : "tests/ml_quality/golden/corpus.jsonl");
  if (!content) throw std::runtime_error(base::to_string(content.error()));
  std::vector<std::string> texts;
  for (const std::string& line : base::split(base::trim(*content), '\n')) {
    texts.push_back(base::get_string(base::parse_json(line, "texts").value(), "text").value());
  }
  return texts;
}

const std::vector<std::string_view>& texts() {
  static const std::vector<std::string> owned = read_texts();
  static const std::vector<std::string_view> views(owned.begin(), owned.end());
  return views;
}

// One iteration is one text, so that times are per text.
void embed_some(benchmark::State& state, std::size_t batch) {
  if (model() == nullptr) return state.SkipWithError("no model: ./dev setup fetches it");
  const std::span<const std::string_view> all = texts();
  std::size_t next = 0;
  const auto count = static_cast<benchmark::IterationCount>(batch);
  while (state.KeepRunningBatch(count)) {
    if (next + batch > all.size()) next = 0;
    auto vectors = model()->embed(all.subspan(next, batch));
    if (!vectors) return state.SkipWithError(vectors.error().message.c_str());
    benchmark::DoNotOptimize(vectors->data());
    next += batch;
  }
  state.SetLabel(std::string(model()->instruction_set()));
}

void embed_alone(benchmark::State& state) {
  if (model() == nullptr) return state.SkipWithError("no model: ./dev setup fetches it");
  std::size_t next = 0;
  time_each(state,
            [&] { benchmark::DoNotOptimize(model()->embed(texts()[next++ % texts().size()]).value()); });
  state.SetLabel(std::string(model()->instruction_set()));
}
BENCHMARK(embed_alone);

void embed_batches(benchmark::State& state) {
  embed_some(state, kBatch);
}
BENCHMARK(embed_batches);

void tokenize(benchmark::State& state) {
  if (model() == nullptr) return state.SkipWithError("no model: ./dev setup fetches it");
  std::size_t next = 0;
  time_each(state, [&] { benchmark::DoNotOptimize(model()->tokens(texts()[next++ % texts().size()])); });
}
BENCHMARK(tokenize);

void load_model(benchmark::State& state) {
  for (auto _ : state) {
    const auto loaded = embedding::Model::load(model_folder());
    if (!loaded) return state.SkipWithError(loaded.error().message.c_str());
  }
}
BENCHMARK(load_model)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
