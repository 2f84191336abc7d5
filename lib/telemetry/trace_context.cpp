#include "telemetry/trace_context.h"

#include "base/hash.h"
#include "base/random.h"

namespace telemetry {
namespace {

constexpr std::size_t length_of_version_00 = 55;

std::uint64_t random_id() {
  thread_local base::Random random(base::entropy_seed());
  std::uint64_t id = random();
  while (id == 0) id = random();
  return id;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<std::uint64_t> parse_hex(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    const int digit = hex_value(c);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(digit);
  }
  return value;
}

}  // namespace

std::string TraceContext::trace_id() const {
  return base::hex64(trace_high) + base::hex64(trace_low);
}
std::string TraceContext::span_id() const {
  return base::hex64(span);
}

TraceContext start_trace(bool sampled) {
  return {random_id(), random_id(), random_id(), sampled};
}

TraceContext start_span(const TraceContext& parent) {
  TraceContext child = parent;
  child.span = random_id();
  return child;
}

std::optional<TraceContext> parse_traceparent(std::string_view text) {
  if (text.size() < length_of_version_00) return std::nullopt;
  const auto version = parse_hex(text.substr(0, 2));
  const auto trace_high = parse_hex(text.substr(3, 16));
  const auto trace_low = parse_hex(text.substr(19, 16));
  const auto span = parse_hex(text.substr(36, 16));
  const auto flags = parse_hex(text.substr(53, 2));
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  if (!version || !trace_high || !trace_low || !span || !flags || *version == 0xff) return std::nullopt;
  const bool longer = text.size() > length_of_version_00;
  if (longer && (*version == 0 || text[length_of_version_00] != '-')) return std::nullopt;
  const TraceContext context{*trace_high, *trace_low, *span, (*flags & 1) != 0};
  if (!context.valid()) return std::nullopt;
  return context;
}

std::string to_traceparent(const TraceContext& context) {
  return "00-" + context.trace_id() + "-" + context.span_id() + (context.sampled ? "-01" : "-00");
}

}  // namespace telemetry
