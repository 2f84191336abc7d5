// A small blocking client for servers that speak RESP2, such as Redis
// (https://redis.io/docs/latest/develop/reference/protocol-spec/). No TLS, no subscriptions.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace net {

struct RespValue {
  enum class Kind { text, error, integer, null, list };

  Kind kind = Kind::null;
  std::string text = {};  // simple and bulk strings, errors
  std::int64_t integer = 0;
  std::vector<RespValue> items = {};

  bool operator==(const RespValue&) const = default;
};

struct RespLimits {
  std::size_t bytes = 1u << 20;  // of one text
  std::size_t items = 10'000;    // of one list
  int depth = 8;
};

// The value at the start of `bytes`, which is taken off them; nothing where it is not whole yet (then nothing
// is taken off). corrupt where it is no RESP2, too_large where a limit is passed.
base::Result<std::optional<RespValue>> read_resp(std::string_view& bytes, const RespLimits& limits = {});

// A command as a list of bulk strings.
std::string write_resp(std::span<const std::string_view> words);

// One connection. Not thread-safe; movable. After an error other than the server's own (kind `error`) it is
// of no more use.
class RespClient {
 public:
  // `host` is a name or an address. unavailable, timeout.
  static base::Result<RespClient> connect(const std::string& host, int port,
                                          std::chrono::nanoseconds timeout);

  // Sends a command and waits for its answer. timeout, unavailable, corrupt, too_large.
  base::Result<RespValue> call(std::span<const std::string_view> words, std::chrono::nanoseconds timeout);
  base::Result<RespValue> call(std::initializer_list<std::string_view> words,
                               std::chrono::nanoseconds timeout) {
    return call(std::span(words.begin(), words.size()), timeout);
  }

 private:
  explicit RespClient(base::FileDescriptor socket) : socket_(std::move(socket)) {}

  base::FileDescriptor socket_;
  std::string received_;
};

}  // namespace net
