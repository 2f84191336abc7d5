#include "base/yaml.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <unordered_map>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/text.h"

namespace base::yaml {
namespace {

constexpr std::string_view string_tag = "tag:yaml.org,2002:str";

// Thrown through yaml-cpp's parser, which knows no other way to stop; caught in parse().
struct Refusal {
  Error error;
};

[[noreturn]] void refuse(Place place, std::string message, std::string hint = {}) {
  throw Refusal{Error{ErrorCode::invalid_argument, std::move(message), std::move(hint), std::move(place)}};
}

std::string shown(std::string_view text) {
  return truncate_utf8(printable(text), 60);
}

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// The text with its lines, and yaml-cpp's marks (line and byte in it, from 0) as offsets and places.
class Source {
 public:
  Source(std::string_view text, std::string_view file) : text_(text), file_(file), lines_{0} {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') lines_.push_back(i + 1);
    }
  }

  std::string_view text() const { return text_; }

  std::size_t offset(const YAML::Mark& mark) const {
    if (mark.line < 0 || static_cast<std::size_t>(mark.line) >= lines_.size()) return text_.size();
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
    return std::min(lines_[static_cast<std::size_t>(mark.line)] + column, text_.size());
  }

  Place place(const YAML::Mark& mark) const { return place_of(offset(mark)); }

  Place place_of(std::size_t offset) const {
    const auto after = std::ranges::upper_bound(lines_, offset);
    const auto line = static_cast<std::size_t>(after - lines_.begin());
    return {file_, static_cast<int>(line), static_cast<int>(offset - lines_[line - 1]) + 1};
  }

  // Line `number` (from 1) without its line break.
  std::string_view line(int number) const {
    const auto index = static_cast<std::size_t>(number - 1);
    const auto end = index + 1 < lines_.size() ? lines_[index + 1] - 1 : text_.size();
    return text_.substr(lines_[index], end - lines_[index]);
  }

 private:
  std::string_view text_;
  std::string file_;
  std::vector<std::size_t> lines_;
};

// The length of the well-formed UTF-8 sequence (RFC 3629) at the front of `text` and its code point; length 0
// if broken.
struct CodePoint {
  std::size_t length = 0;
  char32_t value = 0;
};

CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, byte(0)};
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < length) return {};
  char32_t value = byte(0) & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return {};
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least[length] || value > 0x10FFFF || surrogate) return {};
  return {length, value};
}

// YAML 1.2.2, 5.1: what is not printable; a carriage return only counts as part of a line break.
bool is_control(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c <= 0x9F && c != 0x85) || c == 0xFFFE ||
         c == 0xFFFF;
}

// yaml-cpp takes NUL, 0x04 (its own end-of-file mark) and broken UTF-8 without a word.
void check_characters(const Source& source) {
  const std::string_view text = source.text();
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = first_code_point(text.substr(at));
    if (point.length == 0) refuse(source.place_of(at), "invalid UTF-8", "save the file as UTF-8");
    const bool line_break = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    if (is_control(point.value) && !line_break) {
      refuse(source.place_of(at),
             fmt::format("the control character U+{:04X}", static_cast<unsigned>(point.value)));
    }
    at += point.length;
  }
}

// A value under construction: a list, or a map with the key that waits for its value.
struct Frame {
  Node node;
  bool is_key = false;                        // and not a value, which is refused
  bool block = false;                         // written with dashes or indentation, not with brackets
  std::optional<Entry> open_entry;            // a key without its value yet
  std::unordered_map<std::string, int> keys;  // and the line each was given on
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const Source& source, const Limits& limits) : source_(source), limits_(limits) {}

  Node take_root() { return std::move(root_); }
  const Frame* innermost() const { return open_.empty() ? nullptr : &open_.back(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      refuse(source_.place(mark), "text after the end of the document",
             "a file holds one document; look for a wrong indentation or a second ---");
    }
  }
  void OnDocumentEnd() override { settle_null(nullptr); }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_alias(source_.place(mark)); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    open(Kind::sequence, mark, tag, style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    open(Kind::map, mark, tag, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

  [[noreturn]] static void refuse_alias(Place place) {
    refuse(std::move(place), "aliases (*name) are not allowed", "write the value out");
  }

 private:
  void open(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::EmitterStyle::value style);
  void close();
  void add(Node node);
  void add_key(const Node& key);
  void settle_null(const YAML::Mark* next);
  Place place_of_empty(const YAML::Mark& next);
  Place last_dash(const YAML::Mark& next);
  void check_tag(const YAML::Mark& mark, const std::string& tag);
  void check_closed(const YAML::Mark& mark);
  static void check_escapes(const Node& node);
  bool awaits_key() const { return !open_.empty() && open_.back().node.is_map() && !open_.back().open_entry; }

  const Source& source_;
  const Limits& limits_;
  Node root_;
  std::vector<Frame> open_;
  std::optional<YAML::Mark> null_;  // a null whose place is decided by the next event
  int documents_ = 0;
};

// An empty value carries the mark of the token after it, and that token may itself read "null". So a null
// waits here until the next event shows whether it has the same mark.
void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t) {
  settle_null(&mark);
  if (awaits_key()) refuse(source_.place(mark), "a key that is nothing", "quote it, if it is meant as text");
  null_ = mark;
}

void TreeBuilder::settle_null(const YAML::Mark* next) {
  if (!null_) return;
  const YAML::Mark mark = *std::exchange(null_, std::nullopt);
  const bool empty = next != nullptr && next->line == mark.line && next->column == mark.column;
  const std::string_view rest = source_.text().substr(source_.offset(mark));
  const bool written = !empty && (rest.starts_with('~') || rest.starts_with("null") ||
                                  rest.starts_with("Null") || rest.starts_with("NULL"));
  Node node;
  node.place = written ? source_.place(mark) : place_of_empty(mark);
  add(std::move(node));
}

Place TreeBuilder::place_of_empty(const YAML::Mark& next) {
  if (open_.empty()) return source_.place_of(0);
  const Frame& frame = open_.back();
  if (frame.open_entry) return frame.open_entry->key_place;
  return frame.block ? last_dash(next) : source_.place(next);
}

// The dash of an empty list item is on the last line before the next token that holds more than a comment.
Place TreeBuilder::last_dash(const YAML::Mark& next) {
  Place list = open_.back().node.place;
  const Place end = source_.place(next);
  for (int number = end.line; number >= list.line; --number) {
    std::string_view line = source_.line(number);
    if (number == end.line) line = line.substr(0, static_cast<std::size_t>(end.column - 1));
    const std::string_view content = trim(line);
    if (content.empty() || content.starts_with('#')) continue;
    return {list.file, number, list.column};
  }
  return list;
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                           const std::string& value) {
  settle_null(&mark);
  Node node;
  node.kind = Kind::scalar;
  node.text = value;
  node.quoted = tag == "!" || tag == string_tag;
  node.place = source_.place(mark);
  check_tag(mark, tag);
  if (node.quoted) check_closed(mark);
  check_escapes(node);
  add(std::move(node));
}

// yaml-cpp names plain values "?" and quoted ones "!". Any other tag asks for a type that we do not have.
void TreeBuilder::check_tag(const YAML::Mark& mark, const std::string& tag) {
  if (tag.empty() || tag == "?" || tag == "!" || tag == string_tag) return;
  refuse(source_.place(mark), fmt::format("the tag {} is not supported", shown(tag)), "leave it out");
}

// The raw text holds no control character (check_characters), but "\0" and its like decode to one.
void TreeBuilder::check_escapes(const Node& node) {
  const auto control = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
  };
  if (std::ranges::any_of(node.text, control)) {
    refuse(node.place, fmt::format("a control character in the text \"{}\"", shown(node.text)));
  }
  // yaml-cpp turns \N and \_ into the lone bytes 85 and A0.
  if (!is_valid_utf8(node.text)) {
    refuse(node.place, "the escapes \\N and \\_ are not supported", "write \\u0085 and \\u00a0");
  }
}

// yaml-cpp takes the end of the file for a closing quote.
void TreeBuilder::check_closed(const YAML::Mark& mark) {
  const std::string_view text = source_.text();
  std::size_t at = source_.offset(mark);
  while (at < text.size() && (text[at] == '!' || text[at] == '&')) {
    at = std::min(text.find_first_of(" \t\r\n", at), text.size());
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  }
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return;
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 >= text.size() || text[i + 1] != quote) return;
      ++i;
    }
  }
  refuse(source_.place_of(at), fmt::format("the quote {} that opens here is never closed", quote));
}

void TreeBuilder::open(Kind kind, const YAML::Mark& mark, const std::string& tag,
                       YAML::EmitterStyle::value style) {
  settle_null(&mark);
  check_tag(mark, tag);
  const bool is_key = awaits_key();
  if (std::ssize(open_) >= limits_.depth) {
    throw Refusal{Error{ErrorCode::too_large,
                        fmt::format("nested deeper than {} levels", limits_.depth),
                        {},
                        source_.place(mark)}};
  }
  Frame& frame = open_.emplace_back();
  frame.is_key = is_key;
  frame.node.kind = kind;
  frame.node.place = source_.place(mark);
  frame.block = style == YAML::EmitterStyle::Block;
}

void TreeBuilder::close() {
  settle_null(nullptr);
  Frame frame = std::move(open_.back());
  open_.pop_back();
  // Refused only now: yaml-cpp also takes a bracket that is never closed for the start of a key.
  if (frame.is_key) {
    refuse(frame.node.place, "a key that is a list or a map; expected a text",
           "quote it, if it is meant as text");
  }
  add(std::move(frame.node));
}

void TreeBuilder::add(Node node) {
  if (open_.empty()) {
    root_ = std::move(node);
  } else if (open_.back().node.is_sequence()) {
    open_.back().node.items.push_back(std::move(node));
  } else if (awaits_key()) {
    add_key(node);
  } else {
    Frame& frame = open_.back();
    frame.open_entry->value = std::move(node);
    frame.node.entries.push_back(*std::move(frame.open_entry));
    frame.open_entry.reset();
  }
}

void TreeBuilder::add_key(const Node& key) {
  Frame& frame = open_.back();
  if (key.text == "<<" && !key.quoted) {
    refuse(key.place, "merge keys (<<) are not allowed", "write the values out");
  }
  const auto [first, is_new] = frame.keys.try_emplace(key.text, key.place.line);
  if (!is_new) {
    refuse(key.place,
           fmt::format("the key \"{}\" is there twice, first on line {}", shown(key.text), first->second));
  }
  frame.open_entry = Entry{key.text, key.place, {}};
}

std::string_view indentation(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

// yaml-cpp's complaint in words that say what was expected where.
[[noreturn]] void refuse_broken(const Source& source, const TreeBuilder& builder,
                                const YAML::Exception& error) {
  namespace messages = YAML::ErrorMsg;
  const Place place = source.place(error.mark);
  if (error.msg == messages::UNKNOWN_ANCHOR) TreeBuilder::refuse_alias(place);
  const Frame* open = builder.innermost();
  const bool unclosed = error.msg == messages::END_OF_SEQ_FLOW || error.msg == messages::END_OF_MAP_FLOW;
  if (unclosed && open != nullptr && trim(source.text().substr(source.offset(error.mark))).empty()) {
    refuse(open->node.place, "the bracket that opens here is never closed");
  }
  if (indentation(source.line(place.line)).contains('\t')) {
    refuse(place, "broken YAML: " + error.msg, "indent with spaces, not with tabs");
  }
  if (error.msg == messages::END_OF_MAP && open != nullptr) {
    refuse(place,
           fmt::format("broken YAML: expected the next key of the map of line {}", open->node.place.line),
           "look at the indentation and the quotes");
  }
  if (error.msg == messages::MAP_VALUE) {
    refuse(place, "broken YAML: a \":\" that cannot stand here",
           "quote the text, or look at the indentation");
  }
  refuse(place, "broken YAML: " + shown(error.msg));
}

Node parse_checked(const Source& source, const Limits& limits) {
  check_characters(source);
  // With a line break at the end, as js-yaml does it: without one, an unclosed quote is an error at the end
  // of the text, and not a value whose start check_closed() can name.
  std::istringstream stream(std::string(source.text()) + "\n");
  TreeBuilder builder(source, limits);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    refuse_broken(source, builder, error);
  }
  Node root = builder.take_root();
  if (root.place.line == 0) root.place = source.place_of(0);
  return root;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto at = std::ranges::find(entries, key, &Entry::key);
  return at == entries.end() ? nullptr : &at->value;
}

Result<Node> parse(std::string_view text, std::string_view file, const Limits& limits) {
  if (text.size() > limits.bytes) {
    return std::unexpected(
        Error{ErrorCode::too_large,
              fmt::format("{} bytes of YAML, at most {} are read", text.size(), limits.bytes),
              {},
              Place{std::string(file)}});
  }
  while (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const Source source(text, file);
  try {
    return parse_checked(source, limits);
  } catch (Refusal& refusal) {
    return std::unexpected(std::move(refusal.error));
  }
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Kind::null:
      return "nothing";
    case Kind::scalar:
      return fmt::format("the text \"{}\"", shown(node.text));
    case Kind::sequence:
      return "a list";
    case Kind::map:
      return "a map";
  }
  return "nothing";
}

}  // namespace base::yaml
