// An incremental HTTP/1.1 response parser (RFC 9112) for one connection: bytes in, the end of the message
// out. It keeps what a load generator needs (status, framing, keep-alive) and drops the rest; a body is
// counted, and stored only where a capture asks for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "plimsoll/traffic/engine/event_scanner.h"
#include "plimsoll/traffic/request/response_capture.h"

namespace plimsoll::traffic {

// What a server may send before it is refused; a body may have any length.
struct ParserLimits {
  std::size_t header_bytes = 64u << 10;  // status line and header fields together, also trailers
  std::size_t chunk_line_bytes = 4u << 10;
  int interim_responses = 64;  // 1xx before the real one
};

// Not thread-safe. After `complete` or `failed`, call start() before feeding on.
class ResponseParser {
 public:
  enum class Progress { more, complete, failed };
  struct Fed {
    Progress progress;
    std::size_t consumed;  // bytes after these belong to no response that was asked for
  };

  explicit ResponseParser(const ParserLimits& limits = {}) : limits_(limits) {}

  // Before each response; a response to HEAD has no body whatever its header says. `capture` is cleared and
  // then filled as bytes come; it must live until the response is complete or has failed.
  void start(bool head_request, ResponseCapture* capture = nullptr);

  // Takes bytes as they arrive, in pieces of any size; the outcome does not depend on where they are cut.
  // Allocates only for a line that is cut between two pieces.
  Fed feed(std::string_view bytes);

  // The peer closed: complete where the body ends with the connection, failed elsewhere.
  Progress close();

  int status() const { return status_; }           // 0 until the status line was read
  bool keep_alive() const { return keep_alive_; }  // of a complete response: the connection may be used again
  bool untouched() const { return !begun_; }       // nothing of the response came yet
  std::uint64_t body_bytes() const { return body_bytes_; }

  // What has ended of a streamed body until now: events of a text/event-stream, chunks of any other that is
  // chunked; 0 elsewhere.
  std::uint64_t events() const { return events_; }
  bool is_event_stream() const { return event_stream_; }
  std::string_view problem() const { return problem_; }  // of a failed one, a phrase

 private:
  enum class State {
    status_line,
    header_line,
    sized_body,
    body_until_close,
    chunk_size,
    chunk_data,
    chunk_end,
    trailer_line,
    complete,
    failed
  };

  bool reads_line() const;
  bool feed_line(std::string_view& rest);
  void feed_body(std::string_view& rest);
  void take_body(std::string_view bytes);
  void take_line(std::string_view line);
  void take_status_line(std::string_view line);
  void take_header_line(std::string_view line);
  void take_field(std::string_view name, std::string_view value);
  void unfold(std::string_view line);
  void take_content_length(std::string_view value);
  void take_chunk_size(std::string_view line);
  void end_chunk();
  void end_of_header();
  void choose_framing();
  bool count_line(std::size_t bytes);
  void fail(std::string_view problem);

  ParserLimits limits_;
  ResponseCapture* capture_ = nullptr;
  State state_ = State::status_line;
  bool head_request_ = false;
  bool begun_ = false;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
  bool chunked_ = false;
  bool other_coding_ = false;
  bool has_length_ = false;
  bool event_stream_ = false;
  int status_ = 0;
  int interim_ = 0;
  std::uint64_t length_ = 0;  // of the body or chunk, what is still to come
  std::uint64_t body_bytes_ = 0;
  std::uint64_t events_ = 0;
  EventScanner scanner_;
  std::size_t header_bytes_ = 0;
  std::string partial_;  // the beginning of a line that was cut
  std::string_view problem_;
};

}  // namespace plimsoll::traffic
