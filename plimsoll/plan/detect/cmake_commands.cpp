#include "plimsoll/plan/detect/cmake_commands.h"

#include "base/text.h"

namespace plimsoll::plan::detect {
namespace {

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';';
}

class CmakeReader {
 public:
  explicit CmakeReader(std::string_view text) : text_(text) {}

  std::vector<CmakeCommand> all() {
    std::vector<CmakeCommand> commands;
    while (skip_to_name()) {
      CmakeCommand command{base::to_lower_ascii(take_name()), {}};
      skip_space();
      if (at_end() || text_[position_] != '(') continue;
      ++position_;
      read_arguments(command.arguments);
      commands.push_back(std::move(command));
    }
    return commands;
  }

 private:
  bool at_end() const { return position_ >= text_.size(); }

  void skip_comment() { position_ = std::min(text_.find('\n', position_), text_.size()); }

  void skip_space() {
    while (!at_end() && is_space(text_[position_])) ++position_;
  }

  bool skip_to_name() {
    while (!at_end() && !is_name(text_[position_])) {
      if (text_[position_] == '#') {
        skip_comment();
      } else {
        ++position_;
      }
    }
    return !at_end();
  }

  std::string take_name() {
    const auto start = position_;
    while (!at_end() && is_name(text_[position_])) ++position_;
    return std::string(text_.substr(start, position_ - start));
  }

  // Behind the opening parenthesis, to the matching one.
  void read_arguments(std::vector<std::string>& arguments) {
    for (int depth = 1; !at_end();) {
      const char c = text_[position_];
      if (is_space(c)) {
        ++position_;
      } else if (c == '#') {
        skip_comment();
      } else if (c == '(' || c == ')') {
        depth += c == '(' ? 1 : -1;
        ++position_;
        if (depth == 0) return;
      } else {
        arguments.push_back(c == '"' ? take_quoted() : take_unquoted());
      }
    }
  }

  std::string take_quoted() {
    std::string result;
    for (++position_; !at_end() && text_[position_] != '"'; ++position_) {
      if (text_[position_] == '\\' && position_ + 1 < text_.size()) ++position_;
      result += text_[position_];
    }
    ++position_;
    return result;
  }

  std::string take_unquoted() {
    const auto start = position_;
    while (!at_end() && !is_space(text_[position_]) && text_[position_] != '(' && text_[position_] != ')')
      ++position_;
    return std::string(text_.substr(start, position_ - start));
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

std::vector<CmakeCommand> cmake_commands(std::string_view text) {
  return CmakeReader(text).all();
}

std::string replace_variables(std::string text, const std::map<std::string, std::string>& variables) {
  for (const auto& [name, value] : variables) {
    std::string reference = "${";
    reference.append(name).append("}");
    text = base::replace_all(std::move(text), reference, value);
  }
  return text;
}

}  // namespace plimsoll::plan::detect
