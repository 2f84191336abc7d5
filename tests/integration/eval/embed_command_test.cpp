// `plimsoll eval embed` as a user calls it.
#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"

namespace plimsoll::cli {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class EvalEmbed : public testing::Test {
 protected:
  base::Exit embed(std::string_view content, std::vector<std::string> options = {}) {
    std::ofstream(file_, std::ios::binary) << content;
    std::vector<std::string> arguments = {std::string(PLIMSOLL_BIN_DIR) + "/plimsoll", "eval", "embed",
                                          file_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return base::run_process({.arguments = std::move(arguments), .tail_bytes = 1 << 20}, 60s).value();
  }

  base::TemporaryFolder folder_ = base::TemporaryFolder::create("eval_embed").value();
  std::string file_ = (folder_.path() / "texts.jsonl").string();
};

TEST_F(EvalEmbed, RefusesEachLineThatIsNoTextWithItsPlace) {
  const std::vector<std::string> broken = {
      R"({"id": 1})",
      R"({"text": "no id"})",
      R"({"id": 1, "text": 7})",
      R"({"id": 1, "text": null})",
      R"({"id": 1, "text": "\ud800"})",
      R"({"id": 1, "text": "\udc00\ud800"})",
      "{\"id\": 1, \"text\": \"\xff\"}",
      "{\"id\": 1, \"text\": \"\xed\xa0\x80\"}",
      R"({"id": 1, "text": "open)",
      R"(["id", "text"])",
      "text",
      "",
  };
  for (const std::string& line : broken) {
    const base::Exit exit =
        embed("{\"id\": 0, \"text\": \"good\"}\n" + line + "\n{\"id\": 2, \"text\": \"good\"}\n");
    EXPECT_EQ(exit.code, 2) << line;
    EXPECT_THAT(exit.error_tail, HasSubstr(file_ + ":2")) << line;
    EXPECT_EQ(exit.output_tail, "") << line;
  }
}

TEST_F(EvalEmbed, AMissingFileOrModelIsTheUsersToMend) {
  EXPECT_EQ(embed("", {"--model", folder_.path().string()}).code, 2);
  std::filesystem::remove(file_);
  const base::Exit exit =
      base::run_process({.arguments = {std::string(PLIMSOLL_BIN_DIR) + "/plimsoll", "eval", "embed", file_}},
                        60s)
          .value();
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.error_tail, HasSubstr(file_));
}

TEST_F(EvalEmbed, PrintsALineForEachTextWithItsIdAsItCame) {
  const std::string content =
      "{\"id\": 7, \"text\": \"a ship\"}\n{\"id\": \"7\", \"text\": \"\"}\r\n{\"text\": \"\\ud83d\\ude00\", "
      "\"id\": null}";
  const base::Exit exit = embed(content, {"--tokens"});
  if (exit.code == 3) GTEST_SKIP() << "the model is not there: ./dev setup fetches it";
  ASSERT_EQ(exit.code, 0) << exit.error_tail;
  const auto lines = base::split(base::trim(exit.output_tail), '\n');
  ASSERT_EQ(lines.size(), 3U);
  const std::vector<base::Json> ids = {7, "7", nullptr};
  const std::vector<base::Json> tokens = {{101, 1037, 2911, 102}, {101, 102}, {101, 100, 102}};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const base::Json line = base::parse_json(lines[i], "output").value();
    EXPECT_EQ(line.at("id"), ids[i]);
    EXPECT_EQ(line.at("tokens"), tokens[i]);
    double square = 0;
    for (const double value : line.at("vector")) square += value * value;
    EXPECT_EQ(line.at("vector").size(), 384U);
    EXPECT_NEAR(std::sqrt(square), 1, 1e-6);
  }
  EXPECT_EQ(base::parse_json(base::split(embed(content).output_tail, '\n')[0], "output")->count("tokens"),
            0U);
}

}  // namespace
}  // namespace plimsoll::cli
