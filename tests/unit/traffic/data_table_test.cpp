#include "plimsoll/traffic/request/data_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace plimsoll::traffic {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(CsvTable, ReadsQuotesLinesAndCommas) {
  const auto table =
      parse_csv_table("\xEF\xBB\xBFname,note\r\nann,\"a, \"\"b\"\"\nc\"\r\n\r\nbob,\r\n", "u.csv");
  ASSERT_TRUE(table) << base::to_string(table.error());
  EXPECT_THAT(table->columns, ElementsAre("name", "note"));
  EXPECT_THAT(table->cells, ElementsAre("ann", "a, \"b\"\nc", "bob", ""));
  EXPECT_EQ(table->rows(), 2);
  EXPECT_EQ(table->cell(1, 0), "bob");
  EXPECT_EQ(table->column("note"), 1);
  EXPECT_FALSE(table->column("age"));
}

struct Mistake {
  const char* text;
  int line, column;
  const char* message;
};

TEST(CsvTable, TellsMistakesWithTheirPlace) {
  for (const Mistake& mistake : {Mistake{"", 1, 1, "names the columns"},
                                 {"a,a\n1,2\n", 1, 1, "two columns"},
                                 {"a,\n1,2\n", 1, 1, "no name"},
                                 {"a,b\n", 2, 1, "no row"},
                                 {"a,b\n1,2\n3\n", 3, 1, "expected 2 cells, found 1"},
                                 {"a,b\n1,\"2\n", 2, 3, "not closed"},
                                 {"a,b\n1,\"2\"3\n", 2, 6, "behind a closing quote"},
                                 {"a\n\xff\n", 1, 1, "UTF-8"}}) {
    const auto table = parse_csv_table(mistake.text, "u.csv");
    ASSERT_FALSE(table) << mistake.text;
    EXPECT_THAT(table.error().message, HasSubstr(mistake.message));
    EXPECT_EQ(table.error().place, (base::Place{"u.csv", mistake.line, mistake.column})) << mistake.text;
  }
}

TEST(JsonLinesTable, KeepsTextsAndOtherValues) {
  const auto table = parse_json_lines_table(
      "{\"id\": 7, \"name\": \"ann\", \"tags\": [1]}\n\n"
      "{\"name\": \"bob\", \"id\": null, \"tags\": {}, \"more\": 1}\n",
      "u.jsonl");
  ASSERT_TRUE(table) << base::to_string(table.error());
  EXPECT_THAT(table->columns, ElementsAre("id", "name", "tags"));
  EXPECT_THAT(table->cells, ElementsAre("7", "ann", "[1]", "", "bob", "{}"));
}

TEST(JsonLinesTable, TellsMistakesWithTheirLine) {
  for (const Mistake& mistake : {Mistake{"[1]\n", 1, 1, "JSON object"},
                                 {"{\"a\":1}\n{\"a\":\n", 2, 1, "JSON object"},
                                 {"{\"a\":1}\n{\"b\":1}\n", 2, 1, "\"a\" of the first line is missing"},
                                 {"\n\n", 3, 1, "no row"}}) {
    const auto table = parse_json_lines_table(mistake.text, "u.jsonl");
    ASSERT_FALSE(table) << mistake.text;
    EXPECT_THAT(table.error().message, HasSubstr(mistake.message));
    EXPECT_EQ(table.error().place, (base::Place{"u.jsonl", mistake.line, mistake.column})) << mistake.text;
  }
}

std::string quoted(const std::string& cell) {
  return "\"" + base::replace_all(cell, "\"", "\"\"") + "\"";
}

RC_GTEST_PROP(CsvTable, WhatIsQuotedComesBack, ()) {
  const auto cell = rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', ' '));
  const auto rows = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::pair<std::string, std::string>>>(rc::gen::pair(cell, cell)));
  std::string text = "a,b\n";
  std::vector<std::string> cells;
  for (const auto& [first, second] : rows) {
    text += quoted(first) + "," + quoted(second) + "\n";
    cells.insert(cells.end(), {first, second});
  }
  const auto table = parse_csv_table(text, "p.csv");
  RC_ASSERT(table.has_value());
  RC_ASSERT(table->cells == cells);
}

}  // namespace
}  // namespace plimsoll::traffic
