#include "plimsoll/plan/detect/benchmarks.h"

#include "plimsoll/plan/detect/google_benchmark.h"
#include "plimsoll/plan/detect/pytest_benchmark.h"
#include "plimsoll/plan/detect/pytest_suite.h"

namespace plimsoll::plan::detect {

std::vector<Detected> benchmarks(const std::filesystem::path& root) {
  auto all = pytest_benchmark(root);
  if (all.empty()) all = pytest_suite(root);
  for (auto& each : google_benchmark(root)) all.push_back(std::move(each));
  return all;
}

}  // namespace plimsoll::plan::detect
