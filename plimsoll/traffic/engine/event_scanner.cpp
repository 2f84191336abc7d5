#include "plimsoll/traffic/engine/event_scanner.h"

namespace plimsoll::traffic {
namespace {

constexpr std::string_view data_field = "data";
constexpr std::uint8_t another_field = 255;

bool is_line_end(char byte) {
  return byte == '\n' || byte == '\r';
}

}  // namespace

std::uint64_t EventScanner::feed(std::string_view bytes) {
  std::uint64_t events = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const char byte = bytes[at];
    const bool ends_the_same_line = byte == '\n' && after_cr_;
    after_cr_ = byte == '\r';
    if (ends_the_same_line) continue;
    if (is_line_end(byte)) {
      events += end_line() ? 1 : 0;
    } else if (matched_ <= data_field.size()) {
      take_line_start(byte);
    } else {  // nothing but the line's end matters any more
      const std::size_t end = bytes.find_first_of("\r\n", at);
      if (end == std::string_view::npos) break;
      at = end - 1;
    }
  }
  return events;
}

// The field's name ends at a colon or with the line; a byte order mark before the first line makes that no
// data field, which costs at most one event.
void EventScanner::take_line_start(char byte) {
  line_is_empty_ = false;
  if (matched_ == data_field.size()) {
    has_data_ = has_data_ || byte == ':';
    matched_ = another_field;
  } else {
    matched_ = byte == data_field[matched_] ? static_cast<std::uint8_t>(matched_ + 1) : another_field;
  }
}

// True where it was the blank line that ends an event.
bool EventScanner::end_line() {
  const bool event = line_is_empty_ && has_data_;
  if (line_is_empty_) has_data_ = false;
  if (matched_ == data_field.size()) has_data_ = true;  // "data" alone is a field with an empty value
  matched_ = 0;
  line_is_empty_ = true;
  return event;
}

}  // namespace plimsoll::traffic
