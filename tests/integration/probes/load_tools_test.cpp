// Load tests of other tools as probes: k6, Locust, vegeta, oha, autocannon and hey, each where it is on PATH,
// put on the real memory_api. The plans are those of docs/load_tools.md, which a user copies.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/integration/check/project.h"

namespace plimsoll::testing {
namespace {

using ::testing::HasSubstr;

constexpr auto documentation = PLIMSOLL_SOURCE_DIR "/docs/load_tools.md";

bool is_there(const std::string& tool) {
  const auto exit = base::run_process({.arguments = {"sh", "-c", "command -v " + tool}}, 10s);
  return exit && exit->ok();
}

// The text of the block that follows `heading` and begins with its `number`-th line of four blanks.
std::string indented_block(const std::string& text, std::size_t from) {
  std::string block;
  bool inside = false;
  for (std::size_t at = from; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("    ")) {
      inside = true;
      block += line.substr(4) + "\n";
    } else if (inside && line.empty()) {
      block += "\n";
    } else if (inside) {
      break;
    }
  }
  return block;
}

// What docs/load_tools.md says of a tool: its plan's entry, and the files beside it, each introduced by
// `NAME`:.
struct Documented {
  std::string text;

  explicit Documented(const std::string& tool) {
    const std::string all = Project::must(base::read_file(documentation));
    const std::size_t begin = all.find("\n## " + tool + "\n");
    if (begin == std::string::npos) throw std::runtime_error("docs/load_tools.md has no chapter " + tool);
    text = all.substr(begin, all.find("\n## ", begin + 1) - begin);
  }

  std::string file(const std::string& name) const {
    const std::size_t at = text.find("\n`" + name + "`");
    if (at == std::string::npos) throw std::runtime_error("no " + name);
    return indented_block(text, text.find('\n', at + 1));
  }
};

std::string service() {
  return "service:\n  start: " + program("memory_api") +
         " --port {port} --data {workdir} --open-keys\n  ready: /ready\n";
}

struct ToolCase {
  const char* tool;
  std::vector<std::string> files;  // besides the plan
  const char* series;              // that its rule judges
  bool omits_waiting;
};

void PrintTo(const ToolCase& tool, std::ostream* out) {
  *out << tool.tool;
}

class LoadTool : public ::testing::TestWithParam<ToolCase> {};

TEST_P(LoadTool, IsAProbeLikeAnyOther) {
  const ToolCase& tool = GetParam();
  if (!is_there(tool.tool)) GTEST_SKIP() << "there is no " << tool.tool << " on PATH";
  const Documented documented(tool.tool);
  Project project("project: tools\n" + service() + documented.file("plimsoll.yaml"));
  for (const std::string& name : tool.files) project.write(name, documented.file(name));
  const Outcome check = project.run({"check", "--json"}, 120s);
  const base::Json document = check.json();
  ASSERT_TRUE(document.is_object()) << check.error;
  EXPECT_EQ(document["probes"][0]["status"], "complete") << check.output << check.error;
  EXPECT_EQ(check.exit.code, 0) << check.output << check.error;
  bool judged = false;
  for (const base::Json& judgement : document["judgements"]) {
    EXPECT_EQ(judgement["status"], "pass") << judgement.dump();
    judged = judged || judgement["series"].get<std::string>().starts_with(tool.series);
  }
  EXPECT_TRUE(judged) << check.output;
  EXPECT_EQ(check.output.find("latency-omits-waiting") != std::string::npos, tool.omits_waiting)
      << check.output;
}

INSTANTIATE_TEST_SUITE_P(Documented, LoadTool,
                         ::testing::Values(ToolCase{"k6", {"script.js"}, "load.latency_p95", true},
                                           ToolCase{"locust", {"users.py"}, "load.latency_p95", true},
                                           ToolCase{"vegeta", {"attack.sh"}, "load.latency", false},
                                           ToolCase{"oha", {}, "load.latency_p95", true},
                                           ToolCase{"autocannon", {}, "load.latency", true},
                                           ToolCase{"hey", {}, "load.latency", false}),
                         [](const auto& tool) { return std::string(tool.param.tool); });

// The service is there for a program that only knows PLIMSOLL_SERVICE_URL, and one that fails spoils its own
// rules alone.
TEST(LoadTools, AProbeThatFailsLeavesTheOthersAlone) {
  Project project("project: tools\n" + service() + R"(probes:
  exec:
    - {name: good, run: sh good.sh, format: {csv: {name: load.latency, value: t, unit: s}}}
    - {name: bad, run: "false", format: vegeta}
rules:
  - load.latency{source=good} p95 < 10s
)");
  project.write("good.sh",
                "test -n \"$PLIMSOLL_SERVICE_URL\" || exit 1\nprintf 't\\n'\n"
                "for i in 1 2 3 4 5 6 7 8 9 10; do printf '0.00%d\\n' $i; done\n"
                "yes 0.005 | head -n 200\n");
  const Outcome check = project.run({"check", "--json"});
  const base::Json document = check.json();
  ASSERT_EQ(document["judgements"].size(), 1U) << check.output << check.error;
  EXPECT_EQ(document["judgements"][0]["status"], "pass") << document["judgements"][0].dump();
  EXPECT_EQ(document["probes"][1]["status"], "failed");
}

}  // namespace
}  // namespace plimsoll::testing
