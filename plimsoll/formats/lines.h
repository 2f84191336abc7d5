// A text file line by line, for formats that may be larger than a document in memory should be.
#pragma once

#include <functional>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/formats/content.h"

namespace plimsoll::formats {

// Not thread-safe; the content must outlive it. Lines end in \n or \r\n, which do not belong to them.
class Lines {
 public:
  explicit Lines(const Content& content) : rest_(content.text()) {}

  bool next();  // false where there is no further line
  std::string_view text() const { return line_; }
  int number() const { return number_; }    // from 1
  bool is_ended() const { return ended_; }  // false of a last line without its \n

 private:
  std::string_view rest_;
  std::string_view line_;
  int number_ = 0;
  bool ended_ = true;
};

// One JSON document a line, empty lines left out. `take` gets each with its line's number; its error, and
// that of a line that is no JSON, ends it and names the line.
base::Status for_each_json_line(
    const Content& content,
    const std::function<base::Status(const nlohmann::json& document, int line)>& take);

}  // namespace plimsoll::formats
