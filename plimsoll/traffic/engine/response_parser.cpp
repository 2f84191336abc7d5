#include "plimsoll/traffic/engine/response_parser.h"

#include <algorithm>
#include <array>
#include <limits>

#include "net/headers.h"

namespace plimsoll::traffic {
namespace {

constexpr std::uint64_t largest_length = std::numeric_limits<std::uint64_t>::max() / 32;

constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto token_table = make_token_table();

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return token_table[static_cast<unsigned char>(c)]; });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the next element off a comma-separated list.
std::string_view next_element(std::string_view& list) {
  const std::size_t comma = list.find(',');
  const std::string_view element = list.substr(0, comma);
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  return trim_blanks(element);
}

// A media type with or without parameters.
bool names_event_stream(std::string_view content_type) {
  return net::equal_ignoring_case(trim_blanks(content_type.substr(0, content_type.find(';'))),
                                  "text/event-stream");
}

}  // namespace

void ResponseParser::start(bool head_request, ResponseCapture* capture) {
  capture_ = capture;
  if (capture_ != nullptr) capture_->clear();
  state_ = State::status_line;
  head_request_ = head_request;
  begun_ = false;
  keep_alive_ = true;
  http_1_0_ = chunked_ = other_coding_ = has_length_ = event_stream_ = false;
  status_ = interim_ = 0;
  length_ = body_bytes_ = events_ = 0;
  scanner_.start();
  header_bytes_ = 0;
  partial_.clear();
  problem_ = {};
}

ResponseParser::Fed ResponseParser::feed(std::string_view bytes) {
  std::string_view rest = bytes;
  if (!rest.empty()) begun_ = true;
  while (state_ != State::complete && state_ != State::failed) {
    if (reads_line()) {
      if (!feed_line(rest)) break;
    } else {
      if (rest.empty()) break;
      feed_body(rest);
    }
  }
  const Progress progress = state_ == State::complete ? Progress::complete
                            : state_ == State::failed ? Progress::failed
                                                      : Progress::more;
  return {progress, bytes.size() - rest.size()};
}

ResponseParser::Progress ResponseParser::close() {
  if (state_ == State::body_until_close) {
    keep_alive_ = false;
    state_ = State::complete;
  } else if (state_ != State::complete) {
    fail(begun_ ? "the connection was closed inside the response"
                : "the connection was closed before the response");
  }
  return state_ == State::complete ? Progress::complete : Progress::failed;
}

bool ResponseParser::reads_line() const {
  switch (state_) {
    case State::status_line:
    case State::header_line:
    case State::chunk_size:
    case State::chunk_end:
    case State::trailer_line:
      return true;
    default:
      return false;
  }
}

// A whole line is taken where it lies; only one that is cut is copied. False where more bytes are needed.
bool ResponseParser::feed_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::size_t length = end == std::string_view::npos ? rest.size() : end + 1;
  if (!count_line(length)) return true;
  if (end == std::string_view::npos) {
    partial_ += rest;
    rest = {};
    return false;
  }
  std::string_view line = rest.substr(0, end);
  if (!partial_.empty()) {
    partial_ += line;
    line = partial_;
  }
  rest.remove_prefix(length);
  if (line.ends_with('\r')) line.remove_suffix(1);
  take_line(line);
  partial_.clear();
  return true;
}

bool ResponseParser::count_line(std::size_t bytes) {
  if (state_ == State::chunk_size || state_ == State::chunk_end) {
    if (partial_.size() + bytes <= limits_.chunk_line_bytes) return true;
    fail("the line of a chunk's size is too long");
    return false;
  }
  header_bytes_ += bytes;
  if (header_bytes_ <= limits_.header_bytes) return true;
  fail("the header is too large");
  return false;
}

void ResponseParser::feed_body(std::string_view& rest) {
  if (state_ == State::body_until_close) {
    take_body(rest);
    rest = {};
    return;
  }
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(length_, rest.size()));
  take_body(rest.substr(0, taken));
  length_ -= taken;
  rest.remove_prefix(taken);
  if (length_ > 0) return;
  if (state_ == State::chunk_data) return end_chunk();
  state_ = State::complete;
}

void ResponseParser::end_chunk() {
  if (!event_stream_) ++events_;
  state_ = State::chunk_end;
}

void ResponseParser::take_body(std::string_view bytes) {
  body_bytes_ += bytes.size();
  if (event_stream_) events_ += scanner_.feed(bytes);
  if (capture_ == nullptr) return;
  const std::size_t room = capture_->body_limit - std::min(capture_->body.size(), capture_->body_limit);
  capture_->body += bytes.substr(0, room);
  capture_->body_cut = capture_->body_cut || bytes.size() > room;
}

void ResponseParser::take_line(std::string_view line) {
  switch (state_) {
    case State::status_line:
      return take_status_line(line);
    case State::header_line:
      return line.empty() ? end_of_header() : take_header_line(line);
    case State::chunk_size:
      return take_chunk_size(line);
    case State::chunk_end:
      if (!line.empty()) return fail("a chunk is longer than its size");
      state_ = State::chunk_size;
      return;
    case State::trailer_line:
      if (line.empty()) state_ = State::complete;
      return;
    default:
      return;
  }
}

// "HTTP/1.1 200 OK"; the reason and the blank before it may be missing.
void ResponseParser::take_status_line(std::string_view line) {
  const bool sound = line.size() >= 12 && line.starts_with("HTTP/1.") && is_digit(line[7]) &&
                     line[8] == ' ' && line[9] >= '1' && line[9] <= '9' && is_digit(line[10]) &&
                     is_digit(line[11]) && (line.size() == 12 || line[12] == ' ');
  if (!sound) return fail("the status line is not one of HTTP/1");
  http_1_0_ = line[7] == '0';
  keep_alive_ = !http_1_0_;
  status_ = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  state_ = State::header_line;
}

void ResponseParser::take_header_line(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return unfold(line);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return fail("a header line without a name");
  }
  const std::string_view value = line.substr(colon + 1);
  if (value.find('\0') != std::string_view::npos || value.find('\r') != std::string_view::npos) {
    return fail("a control character in a header");
  }
  take_field(line.substr(0, colon), trim_blanks(value));
  if (capture_ != nullptr) capture_->fields.emplace_back(line.substr(0, colon), trim_blanks(value));
}

// obs-fold: continues a value that was judged by its start.
void ResponseParser::unfold(std::string_view line) {
  if (capture_ == nullptr || capture_->fields.empty()) return;
  std::string& value = capture_->fields.back().second;
  value.append(value.empty() ? "" : " ").append(trim_blanks(line));
}

void ResponseParser::take_field(std::string_view name, std::string_view value) {
  if (name.size() == 14 && net::equal_ignoring_case(name, "content-length")) {
    take_content_length(value);
  } else if (name.size() == 12 && net::equal_ignoring_case(name, "content-type")) {
    event_stream_ = names_event_stream(value);
  } else if (name.size() == 17 && net::equal_ignoring_case(name, "transfer-encoding")) {
    while (!value.empty()) {
      const bool chunked = net::equal_ignoring_case(next_element(value), "chunked");
      other_coding_ = other_coding_ || !chunked;
      chunked_ = chunked;  // only as the last coding does it frame the body
    }
    if (!chunked_) other_coding_ = true;
  } else if (name.size() == 10 && net::equal_ignoring_case(name, "connection")) {
    while (!value.empty()) {
      const std::string_view option = next_element(value);
      if (net::equal_ignoring_case(option, "close")) keep_alive_ = false;
      if (http_1_0_ && net::equal_ignoring_case(option, "keep-alive")) keep_alive_ = true;
    }
  }
}

// A list of equal values counts as one of them (RFC 9110, 8.6).
void ResponseParser::take_content_length(std::string_view value) {
  if (value.empty()) return fail("an empty Content-Length");
  while (!value.empty()) {
    const std::string_view digits = next_element(value);
    if (digits.empty() || !std::ranges::all_of(digits, is_digit))
      return fail("a Content-Length that is no number");
    std::uint64_t length = 0;
    for (const char digit : digits) {
      length = length * 10 + static_cast<std::uint64_t>(digit - '0');
      if (length > largest_length) return fail("a Content-Length that is too large");
    }
    if (has_length_ && length != length_) return fail("two different Content-Lengths");
    has_length_ = true;
    length_ = length;
  }
}

void ResponseParser::take_chunk_size(std::string_view line) {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (int digit; digits < line.size() && (digit = hex_digit(line[digits])) >= 0; ++digits) {
    if (size > largest_length / 16) return fail("a chunk's size is too large");
    size = size * 16 + static_cast<std::uint64_t>(digit);
  }
  const std::string_view extension = trim_blanks(line.substr(digits));
  if (digits == 0 || (!extension.empty() && extension.front() != ';'))
    return fail("a chunk's size is no number");
  length_ = size;
  state_ = size == 0 ? State::trailer_line : State::chunk_data;
}

void ResponseParser::end_of_header() {
  if (status_ == 101) return fail("the server switched protocols unasked");
  if (status_ >= 200) {
    if (capture_ != nullptr) capture_->status = status_;
    return choose_framing();
  }
  if (capture_ != nullptr) capture_->fields.clear();
  if (++interim_ > limits_.interim_responses) return fail("too many interim responses");
  http_1_0_ = chunked_ = other_coding_ = has_length_ = event_stream_ = false;
  length_ = 0;
  state_ = State::status_line;
}

// RFC 9112, 6.3.
void ResponseParser::choose_framing() {
  if (head_request_ || status_ == 204 || status_ == 304) {
    state_ = State::complete;
  } else if (chunked_) {
    if (has_length_) keep_alive_ = false;
    state_ = State::chunk_size;
  } else if (other_coding_ || !has_length_) {
    keep_alive_ = false;
    state_ = State::body_until_close;
  } else {
    state_ = length_ == 0 ? State::complete : State::sized_body;
  }
}

void ResponseParser::fail(std::string_view problem) {
  problem_ = problem;
  keep_alive_ = false;
  state_ = State::failed;
}

}  // namespace plimsoll::traffic
