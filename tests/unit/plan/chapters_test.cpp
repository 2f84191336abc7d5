// docs/rules.md and docs/plimsoll_yaml.md say what the reader does: their examples read, and no key is
// missing.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "plimsoll/plan/plan_fields.h"
#include "plimsoll/plan/rule_text.h"
#include "test_kinds.h"

namespace plimsoll::plan {
namespace {

std::string chapter(const std::string& name) {
  const auto text = base::read_file(std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "docs" / name);
  EXPECT_TRUE(text.has_value()) << name;
  return text.value_or("");
}

// The indented lines behind a line of text.
std::string example_behind(const std::string& text, std::string_view line) {
  std::string example;
  const auto lines = base::split(text.substr(text.find(line) + line.size()), '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (!lines[i].empty() && !lines[i].starts_with("    ")) break;
    example += lines[i].empty() ? "\n" : lines[i].substr(4) + "\n";
  }
  return example;
}

TEST(Chapters, TheWholePlanReads) {
  auto folder = base::TemporaryFolder::create("chapter").value();
  auto& files = base::system_files();
  for (const std::string name : {"scripts/load_testing/basic_api_load.yaml", "quality/retrieval.yaml"}) {
    ASSERT_TRUE(files.create_folders((folder.path() / name).parent_path()).has_value());
    ASSERT_TRUE(files.write_atomically(folder.path() / name, "name: x\n").has_value());
  }
  ASSERT_TRUE(files.write_atomically(folder.path() / "quality/plimsoll.yaml", "rules: []\n").has_value());
  const auto text = example_behind(chapter("plimsoll_yaml.md"), "A whole plan:\n");
  const auto plan = read_plan_text(text, folder.path() / "plimsoll.yaml", test_kinds(), test_options());
  ASSERT_TRUE(plan.has_value()) << base::to_string(plan.error());
  EXPECT_EQ(plan->probes.size(), 4u);
  EXPECT_EQ(plan->rules.size(), 4u);
}

TEST(Chapters, EveryRuleOfTheTableReads) {
  int rules = 0;
  for (const auto& line : base::split(chapter("rules.md"), '\n')) {
    if (line.starts_with("## Grammar")) break;
    if (!line.starts_with("| `")) continue;
    const auto cell = base::replace_all(line.substr(2, line.find(" |", 2) - 2), "\\|", "|");
    for (const auto& part : base::split(cell, '`')) {
      if (base::trim(part).empty() || part == ", ") continue;
      EXPECT_TRUE(parse_rule(part).has_value()) << part;
      ++rules;
    }
  }
  EXPECT_GE(rules, 16);
}

TEST(Chapters, EveryKeyIsDescribed) {
  const auto text = chapter("plimsoll_yaml.md");
  for (const auto fields : {top_fields(), service_fields(), base_fields(), profile_fields(),
                            common_probe_fields(), included_fields()}) {
    for (const auto& field : fields)
      EXPECT_NE(text.find("`" + field.key + "`"), std::string::npos) << field.key;
  }
  for (const auto& field : rule_fields()) {
    EXPECT_NE(chapter("rules.md").find(field.key + ":"), std::string::npos) << field.key;
  }
}

}  // namespace
}  // namespace plimsoll::plan
