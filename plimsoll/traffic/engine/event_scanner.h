// Counts the events of a text/event-stream as its bytes come (WHATWG HTML, "Server-sent events", 9.2.6).
// Lines end in LF, CR or CRLF; a blank line ends an event; a block without a `data` field (comments that keep
// a connection alive, `retry` alone) is no event.
#pragma once

#include <cstdint>
#include <string_view>

namespace plimsoll::traffic {

// Not thread-safe. Holds no part of the stream; the count does not depend on where bytes are cut.
class EventScanner {
 public:
  void start() { *this = {}; }

  // How many events ended within these bytes.
  std::uint64_t feed(std::string_view bytes);

 private:
  void take_line_start(char byte);
  bool end_line();

  std::uint8_t matched_ = 0;  // of "data", at the line's start; more than that: anything else
  bool line_is_empty_ = true;
  bool has_data_ = false;
  bool after_cr_ = false;
};

}  // namespace plimsoll::traffic
