#include "telemetry/trace_context.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace telemetry {
namespace {

constexpr const char* example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, ReadsTheExampleOfTheStandard) {
  const auto context = parse_traceparent(example);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->span_id(), "b7ad6b7169203331");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(to_traceparent(*context), example);
}

TEST(TraceContext, IgnoresWhatIsNotWellFormed) {
  for (const char* text : {"", "00", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                           "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                           "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
                           "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g"}) {
    EXPECT_FALSE(parse_traceparent(text)) << text;
  }
}

TEST(TraceContext, ReadsTheBeginningOfLaterVersions) {
  EXPECT_TRUE(parse_traceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"));
}

TEST(TraceContext, ChildrenStayInTheirTrace) {
  const TraceContext parent = start_trace(true);
  const TraceContext child = start_span(parent);
  EXPECT_TRUE(parent.valid());
  EXPECT_EQ(child.trace_id(), parent.trace_id());
  EXPECT_NE(child.span, parent.span);
  EXPECT_TRUE(child.sampled);
  EXPECT_NE(start_trace().trace_id(), parent.trace_id());
}

RC_GTEST_PROP(TraceContext, PrintsWhatItReads, (bool sampled)) {
  const TraceContext context = start_trace(sampled);
  RC_ASSERT(parse_traceparent(to_traceparent(context)) == context);
}

}  // namespace
}  // namespace telemetry
