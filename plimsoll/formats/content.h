// A result file in memory, parsed once for all formats that look at it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace plimsoll::formats {

// Not thread-safe. The text must outlive it.
class Content {
 public:
  // `source` is the file's name in errors.
  Content(std::string_view text, std::string_view source);
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;
  ~Content();

  std::string_view text() const { return text_; }
  const std::string& source() const { return source_; }

  // By its first character; says nothing about whether the rest is good.
  bool looks_like_json() const;
  bool looks_like_xml() const;

  // The document, or nullptr where it is not JSON: then json_error() says why and where. NaN and Infinity,
  // which Python and Google Benchmark write though JSON has no such numbers, read as null.
  const nlohmann::json* json() const;
  const base::Error& json_error() const;

  // The first line that is not empty, where it is JSON by itself: how formats of one document a line are
  // told. nullptr where it is not.
  const nlohmann::json* first_line() const;

  // An error about this file: "source: message"; the place is the file's, without a line.
  base::Error wrong(std::string message) const;
  // "source:line:column: message"; both count from 1.
  base::Error wrong_at(int line, int column, std::string message) const;

 private:
  void parse_once() const;

  std::string_view text_;
  std::string source_;
  mutable std::unique_ptr<const nlohmann::json> json_;
  mutable std::optional<base::Error> json_error_;
  mutable std::optional<std::unique_ptr<const nlohmann::json>> first_line_;
};

}  // namespace plimsoll::formats
