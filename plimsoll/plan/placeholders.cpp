#include "plimsoll/plan/placeholders.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "plimsoll/plan/read_plan.h"

namespace plimsoll::plan {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::uint64_t most_file_bytes = 64 << 10;
constexpr int deepest = 4;  // {file:{file:…}}

// A stretch of plain text, or a placeholder by name; of {file:…} with the pieces of its path.
struct Piece {
  std::string text;
  bool placeholder = false;
  std::vector<Piece> path;
};

const std::vector<std::string>& known_names() {
  static const std::vector<std::string> names = {"port", "workdir", "file"};
  return names;
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

class PieceParser {
 public:
  explicit PieceParser(std::string_view text) : text_(text) {}

  Result<std::vector<Piece>> all() { return pieces(0); }

 private:
  Result<std::vector<Piece>> pieces(int depth);
  Result<Piece> placeholder(int depth);
  std::unexpected<base::Error> unclosed(std::size_t start) const;
  std::unexpected<base::Error> unknown(std::size_t start, std::string_view name) const;
  bool starts_placeholder() const {
    return position_ + 1 < text_.size() && text_[position_ + 1] >= 'a' && text_[position_ + 1] <= 'z';
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

// To the end of the text; inside {file:…} to its closing brace, which stays.
Result<std::vector<Piece>> PieceParser::pieces(int depth) {
  std::vector<Piece> result;
  const auto literal = [&result](char c) {
    if (result.empty() || result.back().placeholder) result.push_back({});
    result.back().text += c;
  };
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (c == '}' && depth > 0) break;
    if (c == '{' && starts_placeholder()) {
      BASE_ASSIGN(auto next, placeholder(depth));
      result.push_back(std::move(next));
      continue;
    }
    literal(c);
    position_ += text_.substr(position_).starts_with("{{") ? 2 : 1;
  }
  return result;
}

// Stands on the opening brace.
Result<Piece> PieceParser::placeholder(int depth) {
  const auto start = position_++;
  const auto name_start = position_;
  while (position_ < text_.size() && is_name(text_[position_])) ++position_;
  Piece result{std::string(text_.substr(name_start, position_ - name_start)), true, {}};
  if (position_ == text_.size()) return unclosed(start);
  if (result.text == "file" && text_[position_] == ':') {
    ++position_;
    if (depth == deepest) return base::fail(ErrorCode::invalid_argument, "placeholders nested too deep");
    BASE_ASSIGN(result.path, pieces(depth + 1));
    if (position_ == text_.size()) return unclosed(start);
    if (result.path.empty()) return base::fail(ErrorCode::invalid_argument, "{file:} names no file");
  } else if (text_[position_] != '}' || (result.text != "port" && result.text != "workdir")) {
    return unknown(start, result.text);
  }
  ++position_;
  return result;
}

std::unexpected<base::Error> PieceParser::unclosed(std::size_t start) const {
  const auto shown = base::printable(base::truncate_utf8(text_.substr(start), 40));
  return base::fail(ErrorCode::invalid_argument, fmt::format("the placeholder \"{}\" is never closed", shown),
                    "close it with }; a brace that means itself is written {{");
}

std::unexpected<base::Error> PieceParser::unknown(std::size_t start, std::string_view name) const {
  const auto end = text_.find('}', start);
  if (end == std::string_view::npos) return unclosed(start);
  const auto shown = base::printable(base::truncate_utf8(text_.substr(start, end + 1 - start), 40));
  const auto near = base::nearest(name, known_names());
  auto hint = near ? fmt::format("did you mean {{{}}}?", *near == "file" ? "file:PATH" : *near)
                   : "there are {port}, {workdir} and {file:PATH}; a brace that means itself is written {{";
  return base::fail(ErrorCode::invalid_argument, fmt::format("unknown placeholder \"{}\"", shown),
                    std::move(hint));
}

std::unexpected<base::Error> unknown_now(std::string_view name) {
  return base::fail(ErrorCode::invalid_argument, fmt::format("{{{}}} is not known here", name));
}

Result<std::string> join_pieces(const std::vector<Piece>& pieces, const Placeholders& values);

Result<std::string> file_content(const Piece& piece, const Placeholders& values) {
  BASE_ASSIGN(const auto path, join_pieces(piece.path, values));
  auto content = base::read_file(values.root / path, most_file_bytes);
  if (!content) return std::unexpected(base::with_context(content.error(), fmt::format("{{file:{}}}", path)));
  return std::string(base::trim(*content));
}

Result<std::string> value_of(const Piece& piece, const Placeholders& values) {
  if (piece.text == "file") return file_content(piece, values);
  if (piece.text == "port" && values.port) return std::to_string(*values.port);
  if (piece.text == "workdir" && values.workdir) return values.workdir->string();
  return unknown_now(piece.text);
}

Result<std::string> join_pieces(const std::vector<Piece>& pieces, const Placeholders& values) {
  std::string result;
  for (const auto& piece : pieces) {
    if (!piece.placeholder) {
      result += piece.text;
      continue;
    }
    BASE_ASSIGN(const auto value, value_of(piece, values));
    result += value;
  }
  return result;
}

bool any_named(const std::vector<Piece>& pieces, std::string_view name) {
  return std::ranges::any_of(pieces, [&](const Piece& piece) {
    return (piece.placeholder && piece.text == name) || any_named(piece.path, name);
  });
}

}  // namespace

Result<std::string> expand(std::string_view text, const Placeholders& values) {
  BASE_ASSIGN(const auto pieces, PieceParser(text).all());
  return join_pieces(pieces, values);
}

base::Status check_placeholders(std::string_view text) {
  BASE_TRY(PieceParser(text).all());
  return {};
}

Result<std::optional<std::string>> literal_text(std::string_view text) {
  BASE_ASSIGN(const auto pieces, PieceParser(text).all());
  if (std::ranges::any_of(pieces, &Piece::placeholder)) return std::nullopt;
  BASE_ASSIGN(auto literal, join_pieces(pieces, {}));
  return literal;
}

bool uses_placeholder(std::string_view text, std::string_view name) {
  const auto pieces = PieceParser(text).all();
  return pieces && any_named(*pieces, name);
}

std::string escape_braces(std::string_view text) {
  return base::replace_all(std::string(text), "{", "{{");
}

}  // namespace plimsoll::plan
