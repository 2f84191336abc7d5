// A structured log: one JSON object a line, {"ts","level","msg","trace_id","span_id", further fields}.
//
// A line costs its caller the formatting and a push; a thread of the log's own writes. When the reader of the
// log is too slow and the queue is full, lines are dropped, never the caller stopped; the next line that gets
// through tells how many ("log lines dropped"). Secrets and bodies do not belong into fields: nothing here
// masks them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "telemetry/trace_context.h"

namespace telemetry {

enum class Level { trace, debug, info, warn, error, fatal };

std::string_view to_string(Level level);
std::optional<Level> parse_level(std::string_view text);

// One further field. Keys "ts", "level", "msg", "trace_id" and "span_id" are the log's own. A number that is
// not finite becomes null, invalid UTF-8 becomes U+FFFD.
struct Field {
  using Value = std::variant<std::string_view, std::int64_t, double, bool>;

  template <class T>
  Field(std::string_view field_key, const T& field_value) : key(field_key), value(to_value(field_value)) {}

  std::string_view key;
  Value value;

 private:
  template <class T>
  static Value to_value(const T& value) {
    if constexpr (std::is_same_v<T, bool>)
      return value;
    else if constexpr (std::is_integral_v<T>)
      return static_cast<std::int64_t>(value);
    else if constexpr (std::is_floating_point_v<T>)
      return static_cast<double>(value);
    else
      return std::string_view(value);
  }
};

using Fields = std::initializer_list<Field>;

struct LogOptions {
  Level level = Level::info;  // what is below is not even formatted
  int descriptor = 2;         // standard error; stays open, is not closed
  std::size_t queue_bytes = 1u << 20;
};

// Thread-safe.
class Log {
 public:
  explicit Log(LogOptions options = {}, const base::Clock& clock = base::system_clock());
  ~Log();  // writes what is queued, then ends the thread

  bool is_on(Level level) const { return level >= level_; }
  void write(Level level, std::string_view message, Fields fields = {});
  void write(Level level, std::string_view message, const TraceContext& trace, Fields fields = {});

  void info(std::string_view message, Fields fields = {}) { write(Level::info, message, fields); }
  void warn(std::string_view message, Fields fields = {}) { write(Level::warn, message, fields); }
  void error(std::string_view message, Fields fields = {}) { write(Level::error, message, fields); }

  // Waits until everything logged before is written; call it after a fatal line, before the program ends.
  void flush();
  std::uint64_t dropped() const;

 private:
  class Writer;
  Level level_;
  const base::Clock& clock_;
  const TraceContext own_trace_ = start_trace();
  std::unique_ptr<Writer> writer_;
};

// The line that Log writes, without its line feed. Pure.
std::string log_line(base::UtcTime time, Level level, std::string_view message, const TraceContext& trace,
                     Fields fields);

}  // namespace telemetry
