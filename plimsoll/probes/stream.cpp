#include "plimsoll/probes/stream.h"

#include <cerrno>

#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "base/units.h"

namespace plimsoll::probes {
namespace {

constexpr std::size_t flush_bytes = 64 << 10;
constexpr std::size_t log_line_bytes = 4 << 10;

base::Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EINTR) {
      return std::unexpected(base::from_errno("writing the probe stream", errno));
    }
  }
  return {};
}

std::unexpected<base::Error> garbled(const std::string& what) {
  return base::fail(base::ErrorCode::corrupt, "garbled probe stream: " + what);
}

base::Result<Done> read_done(const base::Json& json) {
  Done done;
  if (!json.is_object()) return garbled("\"done\" is not an object");
  if (json.contains("reason")) {
    BASE_ASSIGN(const std::string reason, base::get_string(json, "reason"));
    BASE_ASSIGN(done.reason, model::parse_reason(reason));
  }
  if (json.contains("detail")) {
    BASE_ASSIGN(done.detail, base::get_string(json, "detail"));
  }
  return done;
}

}  // namespace

StreamRecorder::StreamRecorder(int fd) : fd_(fd) {}

StreamRecorder::~StreamRecorder() {
  static_cast<void>(flush());
}

base::Result<model::SeriesHandle> StreamRecorder::declare(const model::Series& series) {
  for (std::size_t i = 0; i < declared_.size(); ++i) {
    if (declared_[i] == series) return static_cast<model::SeriesHandle>(i);
  }
  BASE_TRY(model::validate(series));
  const auto id = static_cast<model::SeriesHandle>(declared_.size());
  declared_.push_back(series);
  base::Json json = model::to_json(series);
  json["id"] = id;
  BASE_TRY(write_line(base::dump(base::Json{{"declare", json}})));
  return id;
}

base::Status StreamRecorder::observe(const model::Observation& observation) {
  BASE_TRY(model::validate(observation));
  return write_line(base::dump(base::Json{{"observe", model::to_json(observation)}}));
}

base::Status StreamRecorder::finding(const model::Finding& finding) {
  return write_line(base::dump(base::Json{{"finding", model::to_json(finding)}}));
}

base::Status StreamRecorder::log(std::string_view line) {
  BASE_TRY(write_line(base::dump(base::Json{{"log", base::truncate_utf8(line, log_line_bytes)}})));
  return flush();
}

base::Status StreamRecorder::fact(std::string_view name, std::string_view value) {
  return write_line(base::dump(base::Json{{"fact", {{"name", name}, {"value", value}}}}));
}

base::Status StreamRecorder::done(const Done& done) {
  base::Json json = base::Json::object();
  if (done.reason != model::Reason::none) json["reason"] = model::to_string(done.reason);
  if (!done.detail.empty()) json["detail"] = done.detail;
  BASE_TRY(write_line(base::dump(base::Json{{"done", json}})));
  return flush();
}

base::Status StreamRecorder::flush() {
  const std::string pending = std::exchange(buffer_, {});
  return write_all(fd_, pending);
}

base::Status StreamRecorder::write_line(std::string line) {
  buffer_ += line;
  buffer_ += '\n';
  return buffer_.size() >= flush_bytes ? flush() : base::Status{};
}

StreamReader::StreamReader(StreamEvents events, StreamLimits limits)
    : events_(std::move(events)), limits_(limits) {}

base::Status StreamReader::feed(std::string_view bytes) {
  bytes_ += bytes.size();
  if (bytes_ > limits_.total_bytes) {
    return base::fail(
        base::ErrorCode::too_large,
        "the probe stream passed " + base::format_bytes(static_cast<double>(limits_.total_bytes)));
  }
  for (std::size_t end; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1)) {
    if (partial_.empty()) {
      BASE_TRY(read_line(bytes.substr(0, end)));
    } else {
      partial_ += bytes.substr(0, end);
      BASE_TRY(read_line(std::exchange(partial_, {})));
    }
  }
  partial_ += bytes;
  if (partial_.size() > limits_.line_bytes) {
    return base::fail(base::ErrorCode::too_large, "a line of the probe stream is longer than 1 MiB");
  }
  return {};
}

base::Result<Done> StreamReader::finish() {
  if (!partial_.empty()) return garbled("it ended inside a line");
  if (!done_) return garbled("it ended without `done` on descriptor 3");
  return *done_;
}

base::Status StreamReader::read_line(std::string_view line) {
  ++lines_;
  if (line.size() > limits_.line_bytes) {
    return base::fail(base::ErrorCode::too_large, "a line of the probe stream is longer than 1 MiB");
  }
  if (done_) return garbled("a line after `done`");
  auto parsed = base::parse_json(line, "probe stream line " + std::to_string(lines_));
  if (!parsed) return garbled(base::to_string(parsed.error()));
  if (!parsed->is_object() || parsed->size() != 1) return garbled("a line is not an object with one key");
  const std::string& kind = parsed->begin().key();
  const base::Json& body = parsed->begin().value();
  if (kind == "declare") return read_declare(body);
  if (kind == "observe") return read_observe(body);
  if (kind == "finding") {
    if (++findings_ > limits_.findings) {
      return base::fail(base::ErrorCode::too_large, "the probe reported more than 100,000 findings");
    }
    BASE_ASSIGN(model::Finding finding, model::finding_from_json(body));
    return events_.finding(std::move(finding));
  }
  if (kind == "log") {
    if (!body.is_string()) return garbled("\"log\" is not a text");
    events_.log(base::truncate_utf8(body.get_ref<const std::string&>(), log_line_bytes));
    return {};
  }
  if (kind == "fact") {
    BASE_ASSIGN(const std::string name, base::get_string(body, "name"));
    BASE_ASSIGN(const std::string value, base::get_string(body, "value"));
    events_.fact(base::truncate_utf8(name, 200), base::truncate_utf8(value, 200));
    return {};
  }
  if (kind == "done") {
    BASE_ASSIGN(done_, read_done(body));
    return {};
  }
  return garbled("unknown line kind \"" + base::printable(base::truncate_utf8(kind, 40)) + "\"");
}

base::Status StreamReader::read_declare(const base::Json& json) {
  BASE_ASSIGN(const long long id, base::get_integer(json, "id"));
  BASE_ASSIGN(model::Series series, model::series_from_json(json));
  BASE_TRY(model::validate(series));
  if (id != static_cast<long long>(declared_.size())) {
    return garbled("series id " + std::to_string(id) + " declared where " + std::to_string(declared_.size()) +
                   " was expected");
  }
  if (declared_.size() >= limits_.series) {
    return base::fail(
        base::ErrorCode::too_large,
        "the probe declared more than " + std::to_string(limits_.series) + " series: cardinality is a bug");
  }
  for (const model::Series& earlier : declared_) {
    if (earlier.id == series.id) return garbled("series " + to_string(series.id) + " declared twice");
  }
  declared_.push_back(series);
  return events_.declare(static_cast<model::SeriesHandle>(id), series);
}

base::Status StreamReader::read_observe(const base::Json& json) {
  BASE_ASSIGN(model::Observation observation, model::observation_from_json(json));
  BASE_TRY(model::validate(observation));
  if (observation.series >= declared_.size()) {
    return garbled("an observation of series " + std::to_string(observation.series) +
                   ", which was not declared");
  }
  return events_.observe(std::move(observation));
}

}  // namespace plimsoll::probes
