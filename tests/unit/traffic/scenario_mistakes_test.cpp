// Every file under broken/ is a scenario with one mistake; its first line says where it is and what is told.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "plimsoll/traffic/scenario/scenario.h"

namespace plimsoll::traffic {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
  return fs::path(PLIMSOLL_SOURCE_DIR) / "tests/unit/traffic/broken";
}

std::vector<std::string> broken_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

class BrokenScenario : public testing::TestWithParam<std::string> {};

// "# expect: [FILE:]LINE:COLUMN words of the message"
TEST_P(BrokenScenario, TellsItsPlace) {
  const fs::path file = folder() / (GetParam() + ".yaml");
  const std::string first = base::split(*base::read_file(file), '\n').front();
  constexpr std::string_view mark = "# expect: ";
  ASSERT_TRUE(first.starts_with(mark));
  const std::string expected = first.substr(mark.size());
  const std::size_t blank = expected.find(' ');
  const auto scenario = read_scenario_file(file);
  ASSERT_FALSE(scenario);
  ASSERT_TRUE(scenario.error().place);
  EXPECT_EQ(scenario.error().code, base::ErrorCode::invalid_argument);
  EXPECT_THAT(scenario.error().message, testing::HasSubstr(expected.substr(blank + 1)));
  EXPECT_THAT(base::to_string(*scenario.error().place), testing::EndsWith(expected.substr(0, blank)));
}

INSTANTIATE_TEST_SUITE_P(Files, BrokenScenario, testing::ValuesIn(broken_files()),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace plimsoll::traffic
