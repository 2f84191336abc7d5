// Every file of broken/ is a plan with one mistake; its first line says where the mistake stands and some
// words of what must be said of it: `# expect: [FILE:]LINE:COLUMN words`.
#include <algorithm>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "test_kinds.h"

namespace plimsoll::plan {
namespace {

const std::filesystem::path folder = std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "tests/unit/plan/broken";

std::vector<std::string> broken_plans() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

struct Expectation {
  std::string place;
  std::string words;
};

Expectation expectation_of(std::string_view text) {
  constexpr std::string_view head = "# expect: ";
  EXPECT_TRUE(text.starts_with(head));
  const auto line = text.substr(head.size(), text.find('\n') - head.size());
  const auto space = line.find(' ');
  return {std::string(line.substr(0, space)), std::string(line.substr(space + 1))};
}

class BrokenPlan : public testing::TestWithParam<std::string> {};

TEST_P(BrokenPlan, IsRefusedAtItsPlace) {
  const auto file = folder / (GetParam() + ".yaml");
  const auto text = base::read_file(file);
  ASSERT_TRUE(text.has_value());
  const auto expected = expectation_of(*text);
  const auto plan = read_plan(file, test_kinds(), test_options({{"SET", "value"}, {"BRACES", "{nonsense}"}}));
  ASSERT_FALSE(plan.has_value());
  const auto message = base::to_string(plan.error());
  ASSERT_TRUE(plan.error().place.has_value()) << message;
  auto place = *plan.error().place;
  const auto relative = std::filesystem::path(place.file).lexically_relative(folder).string();
  place.file = relative == GetParam() + ".yaml" ? "" : relative;
  const auto found = base::to_string(place);
  EXPECT_EQ(found.starts_with(':') ? found.substr(1) : found, expected.place) << message;
  EXPECT_NE(message.find(expected.words), std::string::npos) << message << "\nexpected: " << expected.words;
  const bool refusal = plan.error().code == base::ErrorCode::invalid_argument ||
                       plan.error().code == base::ErrorCode::too_large;
  EXPECT_TRUE(refusal) << base::to_string(plan.error().code);
}

INSTANTIATE_TEST_SUITE_P(Files, BrokenPlan, testing::ValuesIn(broken_plans()),
                         [](const auto& info) { return info.param; });

TEST(BrokenPlans, AreAtLeastSixty) {
  EXPECT_GE(broken_plans().size(), 60u);
}

}  // namespace
}  // namespace plimsoll::plan
