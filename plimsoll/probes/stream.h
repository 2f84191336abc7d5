// The probe protocol: one JSON object a line, at most 1 MiB each, on descriptor 3 of the probe.
//   {"declare":{"id":0,"name":…,"labels":{…},"unit":…,"better":…}}   ids count up from 0
//   {"observe":{"series":0,"at":…,"for":…,…}}                        model::to_json(Observation)
//   {"finding":{…}}  {"log":"text"}  {"fact":{"name":…,"value":…}}
//   {"done":{}} or {"done":{"reason":"saturated","detail":…}}        last line; without it the probe crashed
// docs/probes.md is the same for people who write probes of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/probes/probe.h"

namespace plimsoll::probes {

// Writes the protocol to a descriptor, buffered; flush() or the destructor sends the rest. Observations are
// validated.
class StreamRecorder final : public Recorder {
 public:
  explicit StreamRecorder(int fd);
  ~StreamRecorder() override;
  base::Result<model::SeriesHandle> declare(const model::Series& series) override;
  base::Status observe(const model::Observation& observation) override;
  base::Status finding(const model::Finding& finding) override;
  base::Status log(std::string_view line) override;
  base::Status fact(std::string_view name, std::string_view value) override;
  base::Status done(const Done& done);
  base::Status flush();

 private:
  base::Status write_line(std::string line);

  int fd_;
  std::string buffer_;
  std::vector<model::Series> declared_;
};

// Where a reader hands what it read; same meaning as Recorder, in the stream's own handles.
struct StreamEvents {
  std::function<base::Status(model::SeriesHandle id, const model::Series&)> declare;
  std::function<base::Status(model::Observation&&)> observe;
  std::function<base::Status(model::Finding&&)> finding;
  std::function<void(std::string_view)> log;
  std::function<void(std::string_view name, std::string_view value)> fact;
};

// Limits of one probe's stream; past them it is refused as too_large.
struct StreamLimits {
  std::size_t line_bytes = 1u << 20;
  std::uint64_t total_bytes = 4ull << 30;
  std::uint64_t findings = 100'000;
  std::size_t series = 1'000;
};

// Feeds on bytes as they arrive. The first error ends the stream: garbage, an undeclared series, a series
// declared anew with another unit, lines after done, a limit. Never trusts the other side.
class StreamReader {
 public:
  StreamReader(StreamEvents events, StreamLimits limits = {});
  base::Status feed(std::string_view bytes);
  base::Result<Done> finish();  // at end of file: the done line, or corrupt ("ended without done")

 private:
  base::Status read_line(std::string_view line);
  base::Status read_declare(const nlohmann::json& json);
  base::Status read_observe(const nlohmann::json& json);

  StreamEvents events_;
  StreamLimits limits_;
  std::string partial_;
  std::vector<model::Series> declared_;
  std::optional<Done> done_;
  std::uint64_t bytes_ = 0, lines_ = 0, findings_ = 0;
};

}  // namespace plimsoll::probes
