#include "telemetry/log.h"

#include <array>
#include <cerrno>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"

namespace telemetry {
namespace {

constexpr std::array<std::string_view, 6> level_names = {"trace", "debug", "info", "warn", "error", "fatal"};

std::size_t utf8_length(std::string_view text, std::size_t at) {
  for (std::size_t length = 1; length <= 4 && at + length <= text.size(); ++length) {
    if (base::is_valid_utf8(text.substr(at, length))) return length;
  }
  return 0;
}

// Control characters and U+2028/9 are escaped, so that a line of the log is a line everywhere.
void append_string(std::string& line, std::string_view text) {
  line += '"';
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      const std::size_t length = utf8_length(text, i);
      line += length > 0 ? text.substr(i, length) : std::string_view("\xEF\xBF\xBD");
      i += std::max<std::size_t>(length, 1);
      continue;
    }
    if (c == '"' || c == '\\') line += '\\';
    if (byte < 0x20 || byte == 0x7f) {
      fmt::format_to(std::back_inserter(line), "\\u{:04x}", byte);
    } else {
      line += c;
    }
    ++i;
  }
  line += '"';
}

struct AppendValue {
  std::string& line;
  void operator()(std::string_view text) const { append_string(line, text); }
  void operator()(std::int64_t number) const { fmt::format_to(std::back_inserter(line), "{}", number); }
  void operator()(double number) const { line += base::shortest_double(number); }
  void operator()(bool value) const { line += value ? "true" : "false"; }
};

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return;  // nobody reads the log any more; there is nobody to tell
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

class Log::Writer {
 public:
  Writer(const LogOptions& options, const base::Clock& clock)
      : descriptor_(options.descriptor),
        limit_(options.queue_bytes),
        clock_(clock),
        thread_([this] { run(); }) {}

  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void push(std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (queue_.size() + line.size() + 1 > limit_) {
      ++dropped_;
      return;
    }
    const bool was_empty = queue_.empty();
    queue_.append(line) += '\n';
    if (was_empty) wake_.notify_all();
  }

  void flush() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return queue_.empty() && !writing_; });
  }

  std::uint64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      std::string batch = std::exchange(queue_, {});
      const std::uint64_t lost = dropped_ - std::exchange(told_, dropped_);
      writing_ = true;
      lock.unlock();
      if (lost > 0)
        batch +=
            log_line(clock_.utc(), Level::warn, "log lines dropped", start_trace(), {{"count", lost}}) + "\n";
      write_all(descriptor_, batch);
      lock.lock();
      writing_ = false;
      if (queue_.empty()) idle_.notify_all();
    }
  }

  const int descriptor_;
  const std::size_t limit_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::string queue_;
  std::uint64_t dropped_ = 0;
  std::uint64_t told_ = 0;
  bool writing_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

std::string_view to_string(Level level) {
  return level_names.at(static_cast<std::size_t>(level));
}

std::optional<Level> parse_level(std::string_view text) {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (level_names.at(i) == text) return static_cast<Level>(i);
  }
  return std::nullopt;
}

Log::Log(LogOptions options, const base::Clock& clock)
    : level_(options.level), clock_(clock), writer_(std::make_unique<Writer>(options, clock)) {}

Log::~Log() = default;

void Log::write(Level level, std::string_view message, Fields fields) {
  write(level, message, own_trace_, fields);
}

void Log::write(Level level, std::string_view message, const TraceContext& trace, Fields fields) {
  if (is_on(level)) writer_->push(log_line(clock_.utc(), level, message, trace, fields));
}

void Log::flush() {
  writer_->flush();
}
std::uint64_t Log::dropped() const {
  return writer_->dropped();
}

std::string log_line(base::UtcTime time, Level level, std::string_view message, const TraceContext& trace,
                     Fields fields) {
  std::string line =
      fmt::format(R"({{"ts":"{}","level":"{}","msg":)", base::to_rfc3339(time, 6), to_string(level));
  append_string(line, message);
  line += fmt::format(R"(,"trace_id":"{}","span_id":"{}")", trace.trace_id(), trace.span_id());
  for (const Field& field : fields) {
    line += ',';
    append_string(line, field.key);
    line += ':';
    std::visit(AppendValue{line}, field.value);
  }
  return line += '}';
}

}  // namespace telemetry
