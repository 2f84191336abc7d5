#include "plimsoll/plan/detect/benchmarks.h"

#include "plimsoll/plan/detect/google_benchmark.h"
#include "plimsoll/plan/detect/pytest_benchmark.h"
#include "plimsoll/plan/detect/pytest_suite.h"

namespace plimsoll::plan::detect {

std::vector<Detected> benchmarks(const std::filesystem::path& root) {
  std::vector<Detected> all;
  for (auto* look : {pytest_benchmark, pytest_suite, google_benchmark}) {
    for (auto& found : look(root)) all.push_back(std::move(found));
  }
  return all;
}

}  // namespace plimsoll::plan::detect
