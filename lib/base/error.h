// Expected failure as a value. Exceptions are for what cannot be; nothing is swallowed.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace base {

// What kind of failure, as far as a caller may act on it. The tool's exit codes derive from it
// (plimsoll/cli/exit.h).
enum class ErrorCode {
  invalid_argument,  // wrong usage or configuration: the user must change something
  not_found,         // a file, run or series that was asked for does not exist
  unavailable,       // a service or dependency cannot be reached or refused
  timeout,           // it took longer than it was given
  io,                // the operating system failed a read, write or spawn
  no_space,          // disk full or quota reached
  permission,        // not allowed; read-only
  corrupt,           // stored or received data are not what they must be
  too_large,         // a limit on size, depth or count was passed
  unsupported,       // a newer version, an unknown format
  conflict,          // somebody else holds it, or it exists already
  cancelled,         // a signal or the caller ended it
  internal           // a defect of ours
};

// A place in an input file. Lines and columns count from 1 (columns in bytes); 0 means unknown.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  bool operator==(const Place&) const = default;
};

// "file:line:column", without the parts that are unknown.
std::string to_string(const Place& place);

// One failure. `message` says what was expected and what was found; `hint` what to do, empty where there is
// nothing to say.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::string hint = {};
  std::optional<Place> place = {};
};

// "place: message (hint)": what a user is shown on standard error.
std::string to_string(const Error& error);
std::string_view to_string(ErrorCode code);

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(hint), std::nullopt});
}

inline std::unexpected<Error> fail_at(Place place, std::string message, std::string hint = {}) {
  return std::unexpected(
      Error{ErrorCode::invalid_argument, std::move(message), std::move(hint), std::move(place)});
}

// An error from errno: "what: strerror"; ENOSPC, EACCES, ENOENT … become their codes.
Error from_errno(std::string_view what, int error_number);

// The same error with "context: " before its message.
Error with_context(Error error, std::string_view context);

}  // namespace base

// Leaves the function with the error of `expression` (a Status or Result whose value is not needed).
#define BASE_TRY(expression)                                      \
  do {                                                            \
    if (auto base_try_result = (expression); !base_try_result) {  \
      return std::unexpected(std::move(base_try_result).error()); \
    }                                                             \
  } while (false)

#define BASE_CONCAT_INNER(a, b) a##b
#define BASE_CONCAT(a, b) BASE_CONCAT_INNER(a, b)

// `BASE_ASSIGN(auto x, f());`: x is the value of f(), or the function is left with its error.
#define BASE_ASSIGN(declaration, expression)                                        \
  auto BASE_CONCAT(base_assign_, __LINE__) = (expression);                          \
  if (!BASE_CONCAT(base_assign_, __LINE__)) {                                       \
    return std::unexpected(std::move(BASE_CONCAT(base_assign_, __LINE__)).error()); \
  }                                                                                 \
  declaration = *std::move(BASE_CONCAT(base_assign_, __LINE__))  // NOLINT(bugprone-macro-parentheses)
