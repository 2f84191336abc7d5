#include "telemetry/log.h"

#include <limits>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace telemetry {
namespace {

const base::UtcTime some_time = base::from_unix_seconds(1763909555);

TEST(LogLine, IsOneJsonObject) {
  const TraceContext trace{1, 2, 3, false};
  const std::string line = log_line(some_time, Level::warn, "slow", trace,
                                    {{"route", "/x"}, {"count", 3}, {"share", 0.5}, {"ok", true}});
  EXPECT_EQ(line, R"({"ts":"2025-11-23T14:52:35.000000Z","level":"warn","msg":"slow",)"
                  R"("trace_id":"00000000000000010000000000000002","span_id":"0000000000000003",)"
                  R"("route":"/x","count":3,"share":0.5,"ok":true})");
}

TEST(LogLine, WritesNumbersThatDoNotExistAsNull) {
  const std::string line =
      log_line(some_time, Level::info, "", {}, {{"x", std::numeric_limits<double>::infinity()}});
  EXPECT_THAT(line, testing::HasSubstr("\"x\":null"));
}

RC_GTEST_PROP(LogLine, SurvivesAnyText, (const std::string& message)) {
  const std::string line = log_line(some_time, Level::info, message, {}, {{"again", message}});
  RC_ASSERT(line.find('\n') == std::string::npos);
  const auto json = base::Json::parse(line);
  if (base::is_valid_utf8(message)) RC_ASSERT(json["msg"].get<std::string>() == message);
  RC_ASSERT(json["again"] == json["msg"]);
}

TEST(Level, HasNamesBothWays) {
  EXPECT_EQ(to_string(Level::fatal), "fatal");
  EXPECT_EQ(parse_level("debug"), Level::debug);
  EXPECT_FALSE(parse_level("loud"));
}

// A pipe whose ends the tests hold.
struct Pipe {
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) == 0) {
      reader.reset(ends[0]);
      writer.reset(ends[1]);
    }
  }
  std::string read_to_end() {
    writer.reset();
    std::string text;
    char buffer[4096];
    ssize_t count = 0;
    while ((count = ::read(reader.get(), buffer, sizeof buffer)) > 0)
      text.append(buffer, static_cast<std::size_t>(count));
    return text;
  }
  base::FileDescriptor reader;
  base::FileDescriptor writer;
};

TEST(Log, WritesWholeLinesFromManyThreads) {
  Pipe pipe;
  std::string text;
  std::thread reader;
  {
    Log log({.level = Level::info, .descriptor = pipe.writer.get()});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&log] {
        for (int n = 0; n < 50; ++n) log.info("line", {{"n", n}});
      });
    }
    for (std::thread& thread : threads) thread.join();
    log.write(Level::debug, "not this one");
    log.flush();
  }
  const auto lines = base::split(base::trim(pipe.read_to_end()), '\n');
  EXPECT_EQ(lines.size(), 200u);
  const auto own_trace = base::Json::parse(lines.front())["trace_id"];
  EXPECT_NE(own_trace, std::string(32, '0'));
  for (const std::string& line : lines) {
    EXPECT_EQ(base::Json::parse(line)["msg"], "line");
    EXPECT_EQ(base::Json::parse(line)["trace_id"], own_trace);
  }
}

TEST(Log, DropsLinesRatherThanStopTheirCaller) {
  Pipe pipe;
  std::string text;
  std::thread reader;
  {
    Log log({.level = Level::info, .descriptor = pipe.writer.get(), .queue_bytes = 4096});
    const std::string long_text(1000, 'x');
    for (int i = 0; i < 1000; ++i) log.info(long_text);  // nobody reads: the pipe holds 64 KiB
    EXPECT_GT(log.dropped(), 100u);
    reader = std::thread([&] {
      char buffer[4096];
      ssize_t count = 0;
      while ((count = ::read(pipe.reader.get(), buffer, sizeof buffer)) > 0) {
        text.append(buffer, static_cast<std::size_t>(count));
      }
    });
    log.flush();
    log.info("after");
  }
  pipe.writer.reset();
  reader.join();
  EXPECT_THAT(text, testing::HasSubstr("log lines dropped"));
  EXPECT_THAT(text, testing::HasSubstr("\"after\""));
}

}  // namespace
}  // namespace telemetry
