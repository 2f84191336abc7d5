// Where a request stands in a distributed trace: W3C Trace Context, https://www.w3.org/TR/trace-context/
// (version 00).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telemetry {

// Identifiers of zero are "none". Plain values.
struct TraceContext {
  std::uint64_t trace_high = 0;
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;
  bool sampled = false;

  bool operator==(const TraceContext&) const = default;

  bool valid() const { return (trace_high | trace_low) != 0 && span != 0; }
  std::string trace_id() const;  // 32 lower-case hexadecimal digits
  std::string span_id() const;   // 16
};

// A new trace with a first span, or a new span of the same trace. Random identifiers, never zero.
// Thread-safe.
TraceContext start_trace(bool sampled = false);
TraceContext start_span(const TraceContext& parent);

// The value of a `traceparent` header. Nothing where it must be ignored: wrong lengths, upper-case digits,
// version ff, all-zero identifiers, more fields than version 00 has. A later version is read by its first
// four fields.
std::optional<TraceContext> parse_traceparent(std::string_view text);

// "00-<trace>-<span>-01"
std::string to_traceparent(const TraceContext& context);

}  // namespace telemetry
