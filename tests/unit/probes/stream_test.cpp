#include "plimsoll/probes/stream.h"

#include <array>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include "base/file.h"

namespace plimsoll::probes {
namespace {

// Collects what a reader hands on.
struct Collected {
  std::vector<model::Series> series;
  std::vector<model::Observation> observations;
  std::vector<model::Finding> findings;
  std::vector<std::string> logs;

  StreamEvents events() {
    return {.declare =
                [this](model::SeriesHandle, const model::Series& s) {
                  series.push_back(s);
                  return base::Status{};
                },
            .observe =
                [this](model::Observation&& o) {
                  observations.push_back(std::move(o));
                  return base::Status{};
                },
            .finding =
                [this](model::Finding&& f) {
                  findings.push_back(std::move(f));
                  return base::Status{};
                },
            .log = [this](std::string_view line) { logs.emplace_back(line); },
            .fact = [](std::string_view, std::string_view) {}};
  }
};

const std::string kDeclare =
    R"({"declare":{"id":0,"name":"load.latency","labels":{},"unit":"seconds","better":"lower"}})"
    "\n";
const std::string kObserve = R"({"observe":{"series":0,"at":1,"for":1,"scalar":0.5}})"
                             "\n";
const std::string kDone = "{\"done\":{}}\n";

base::Result<Done> read(const std::string& text, Collected& collected, StreamLimits limits = {}) {
  StreamReader reader(collected.events(), limits);
  if (base::Status status = reader.feed(text); !status) return std::unexpected(status.error());
  return reader.finish();
}

std::string error_of(const std::string& text) {
  Collected collected;
  const auto done = read(text, collected);
  return done ? "" : done.error().message;
}

TEST(ProbeStream, WhatIsWrittenIsRead) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const base::FileDescriptor in(pipe[0]);
  base::FileDescriptor out(pipe[1]);
  {
    StreamRecorder recorder(out.get());
    const model::Series series{{"eval.mrr", {{"suite", "golden"}}}, "ratio", model::Better::higher};
    const auto handle = recorder.declare(series);
    ASSERT_TRUE(handle);
    EXPECT_EQ(recorder.declare(series).value(), handle);
    ASSERT_TRUE(recorder.observe({.series = *handle, .subject = "q-1", .value = 0.5}));
    ASSERT_TRUE(recorder.log("half way"));
    ASSERT_TRUE(recorder.done({.reason = model::Reason::saturated, .detail = "too fast"}));
  }
  out.reset();
  std::string text(64 << 10, '\0');
  text.resize(static_cast<std::size_t>(::read(in.get(), text.data(), text.size())));
  Collected collected;
  const auto done = read(text, collected);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->reason, model::Reason::saturated);
  ASSERT_EQ(collected.series.size(), 1u);
  ASSERT_EQ(collected.observations.size(), 1u);
  EXPECT_EQ(collected.observations[0].subject, "q-1");
  EXPECT_EQ(collected.logs, std::vector<std::string>{"half way"});
}

TEST(ProbeTask, ReadsBackWhatRulesAskFor) {
  Task task{.kind = "load", .name = "mix"};
  task.edges = {{"load.*", 0.2}};
  task.named_series = {"load.first_byte", "load.latency"};
  const auto read_back = task_from_json(to_json(task));
  ASSERT_TRUE(read_back) << to_string(read_back.error());
  EXPECT_EQ(read_back->named_series, task.named_series);
  ASSERT_EQ(read_back->edges.size(), 1U);
  EXPECT_EQ(read_back->edges[0].bound, 0.2);
}

RC_GTEST_PROP(ProbeStream, HowTheBytesArriveDoesNotMatter, ()) {
  const std::string text = kDeclare + kObserve + kObserve + kDone;
  Collected collected;
  StreamReader reader(collected.events());
  for (std::size_t at = 0; at < text.size();) {
    const auto n = *rc::gen::inRange<std::size_t>(1, 60);
    RC_ASSERT(reader.feed(std::string_view(text).substr(at, n)).has_value());
    at += n;
  }
  RC_ASSERT(reader.finish().has_value());
  RC_ASSERT(collected.observations.size() == 2u);
}

TEST(ProbeStream, EndingWithoutDoneIsACrash) {
  EXPECT_NE(error_of(kDeclare + kObserve).find("without `done`"), std::string::npos);
  EXPECT_NE(error_of(kDeclare + "{\"obs").find("inside a line"), std::string::npos);
  EXPECT_NE(error_of("").find("without `done`"), std::string::npos);
}

TEST(ProbeStream, GarbageAndLiesAreRefused) {
  EXPECT_NE(error_of("hello\n"), "");
  EXPECT_NE(error_of("[1,2]\n"), "");
  EXPECT_NE(error_of("{\"unknown\":1}\n"), "");
  EXPECT_NE(error_of(kObserve + kDone).find("not declared"), std::string::npos);
  EXPECT_NE(error_of(kDeclare + kDeclare).find("expected"), std::string::npos);
  EXPECT_NE(error_of(kDone + kObserve).find("after `done`"), std::string::npos);
  EXPECT_NE(error_of(kDeclare + R"({"observe":{"series":0,"at":1,"for":1,"k":5,"n":2}})" + "\n"), "");
  EXPECT_NE(error_of(R"({"declare":{"id":0,"name":"Bad Name","labels":{},"unit":"s","better":"lower"}})"
                     "\n"),
            "");
}

TEST(ProbeStream, LimitsHold) {
  Collected collected;
  EXPECT_FALSE(read(std::string(2u << 20, 'x'), collected));
  StreamLimits few;
  few.series = 0;
  EXPECT_FALSE(read(kDeclare, collected, few));
  StreamLimits short_stream;
  short_stream.total_bytes = 10;
  EXPECT_FALSE(read(kDeclare, collected, short_stream));
}

}  // namespace
}  // namespace plimsoll::probes
