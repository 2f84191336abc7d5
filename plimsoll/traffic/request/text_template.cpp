#include "plimsoll/traffic/request/text_template.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "net/url.h"
#include "plimsoll/traffic/request/json_pointer.h"

namespace plimsoll::traffic {
namespace {

using base::ErrorCode;

constexpr std::size_t most_choices = 1'000'000;

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

void append_escaped(std::string_view text, Escape escape, std::string& out) {
  switch (escape) {
    case Escape::json:
      return append_json_escaped(text, out);
    case Escape::json_value:
      if (is_json_literal(text)) break;
      out += '"';
      append_json_escaped(text, out);
      out += '"';
      return;
    case Escape::url:
      out += net::percent_encode(text);
      return;
    case Escape::header:
      std::ranges::copy_if(text, std::back_inserter(out), [](char c) {
        return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t';
      });
      return;
    case Escape::none:
      break;
  }
  out += text;
}

std::string escape_value(std::string_view text, Escape escape) {
  std::string out;
  append_escaped(text, escape, out);
  return out;
}

bool has_control_characters(std::string_view text) {
  return text.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos ||
         std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
}

void append_number(std::string& out, auto number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

// RFC 9562, version 4.
void append_uuid(std::string& out, base::Random& random) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::uint64_t high = random();
  std::uint64_t low = random();
  high = (high & ~0xf000ull) | 0x4000ull;
  low = (low & ~(3ull << 62)) | (2ull << 62);
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) out += '-';
    const std::uint64_t half = digit < 16 ? high : low;
    out += hex[(half >> (60 - 4 * (digit % 16))) & 15];
  }
}

void append_time(bool rfc3339, bool milliseconds, std::string& out) {
  const base::UtcTime now = base::system_clock().utc();
  if (rfc3339) {
    out += base::to_rfc3339(now, 3);
    return;
  }
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  append_number(out, milliseconds ? since : since / 1000);
}

base::Result<std::vector<std::string>> read_lines(const std::filesystem::path& path) {
  BASE_ASSIGN(const std::string content, base::read_file(path));
  std::vector<std::string> lines;
  for (const std::string& line : base::split(content, '\n')) {
    const std::string_view trimmed = base::trim(line);
    if (!trimmed.empty()) lines.emplace_back(trimmed);
    if (lines.size() > most_choices) {
      return base::fail(ErrorCode::too_large, path.string() + " has more than a million lines");
    }
  }
  if (lines.empty()) return base::fail(ErrorCode::invalid_argument, path.string() + " holds no line");
  return lines;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::string& word : base::split(text, ' ')) {
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

std::unexpected<base::Error> bad_call(std::string problem) {
  return base::fail(
      ErrorCode::invalid_argument, std::move(problem),
      "generated values are $(seq), $(uuid), $(random_int A B), $(pick a b c), $(line FILE) and $(time); "
      "\"$$(\" writes \"$(\"");
}

base::Place column_at(base::Place place, std::size_t offset) {
  if (place.column > 0) place.column += static_cast<int>(offset);
  return place;
}

}  // namespace

std::optional<std::uint32_t> Vocabulary::slot_of(std::string_view variable) const {
  const auto found = std::ranges::find(variables, variable);
  if (found == variables.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - variables.begin());
}

base::Result<TextTemplate> TextTemplate::parse(std::string_view text, Escape escape,
                                               const std::filesystem::path& folder, const base::Place& place,
                                               const Vocabulary* vocabulary) {
  const Surroundings surroundings{escape, folder, vocabulary};
  TextTemplate result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t mark = text.find("$(", at);
    if (mark == std::string_view::npos) {
      result.append(text.substr(at));
      break;
    }
    if (mark > at && text[mark - 1] == '$') {
      result.append(text.substr(at, mark - 1 - at));
      result.append("$(");
      at = mark + 2;
      continue;
    }
    result.append(text.substr(at, mark - at));
    const std::size_t end = text.find(')', mark);
    base::Result<Piece> piece = end == std::string_view::npos
                                    ? bad_call("\"$(\" without its \")\"")
                                    : parse_call(text.substr(mark + 2, end - mark - 2), surroundings);
    if (!piece) {
      if (place != base::Place{}) piece.error().place = column_at(place, mark);
      return std::unexpected(piece.error());
    }
    result.pieces_.push_back(*std::move(piece));
    at = end + 1;
  }
  return result;
}

base::Result<TextTemplate::Piece> TextTemplate::parse_call(std::string_view call,
                                                           const Surroundings& surroundings) {
  std::vector<std::string> words = words_of(call);
  const std::string name = words.empty() ? "" : words.front();
  if (!words.empty()) words.erase(words.begin());
  if (words.empty()) {
    if (auto personal = parse_personal(name, surroundings)) return *std::move(personal);
  }
  return parse_generator(name, std::move(words), call, surroundings);
}

// Nothing where the name is neither a variable nor a column.
std::optional<base::Result<TextTemplate::Piece>> TextTemplate::parse_personal(
    const std::string& name, const Surroundings& surroundings) {
  const Vocabulary* vocabulary = surroundings.vocabulary;
  if (vocabulary == nullptr) return std::nullopt;
  if (const auto slot = vocabulary->slot_of(name)) return Variable{*slot, surroundings.escape};
  const std::size_t dot = name.find('.');
  for (std::uint32_t index = 0; index < vocabulary->tables.size(); ++index) {
    const auto& table = vocabulary->tables[index];
    if (dot == std::string::npos || table->name != std::string_view(name).substr(0, dot)) continue;
    const std::string column = name.substr(dot + 1);
    if (const auto at = table->column(column))
      return Field{table, index, static_cast<std::uint32_t>(*at), surroundings.escape};
    return base::fail(
        ErrorCode::invalid_argument,
        table->name + " has no column \"" + base::printable(base::truncate_utf8(column, 60)) + "\"",
        "its columns are " + base::join(table->columns, ", "));
  }
  return std::nullopt;
}

base::Result<TextTemplate::Piece> TextTemplate::parse_generator(const std::string& name,
                                                                std::vector<std::string> words,
                                                                std::string_view call,
                                                                const Surroundings& surroundings) {
  const auto& [escape, folder, vocabulary] = surroundings;
  if (name == "seq" && words.empty()) return Sequence{};
  if (name == "uuid" && words.empty()) return Uuid{};
  if (name == "random_int") {
    const auto low = words.size() == 2 ? base::parse_integer(words[0]) : std::nullopt;
    const auto high = words.size() == 2 ? base::parse_integer(words[1]) : std::nullopt;
    if (!low || !high || *low > *high)
      return bad_call("$(random_int A B) needs two whole numbers, A at most B");
    return RandomInt{*low, *high};
  }
  if (name == "time" && words.empty()) return TimeForm::rfc3339;
  if (name == "time" && words.size() == 1 && words[0] == "unix") return TimeForm::unix;
  if (name == "time" && words.size() == 1 && words[0] == "unix_ms") return TimeForm::unix_ms;
  if (name == "pick" && !words.empty()) {
    for (std::string& word : words) word = escape_value(word, escape);
    return Choice{std::make_shared<const std::vector<std::string>>(std::move(words))};
  }
  if (name == "line" && words.size() == 1) {
    BASE_ASSIGN(std::vector<std::string> lines, read_lines(folder / words.front()));
    for (std::string& line : lines) {
      if (has_control_characters(line)) return bad_call(words.front() + " holds a control character");
      line = escape_value(line, escape);
    }
    return Choice{std::make_shared<const std::vector<std::string>>(std::move(lines))};
  }
  base::Error error =
      bad_call("\"$(" + base::printable(base::truncate_utf8(call, 60)) + ")\" is no generated value").error();
  if (vocabulary != nullptr && !vocabulary->variables.empty())
    error.hint += "; variables are " + base::join(vocabulary->variables, ", ");
  return std::unexpected(std::move(error));
}

void TextTemplate::append(std::string_view literal) {
  if (literal.empty()) return;
  if (!pieces_.empty() && std::holds_alternative<std::string>(pieces_.back())) {
    std::get<std::string>(pieces_.back()) += literal;
  } else {
    pieces_.emplace_back(std::string(literal));
  }
}

void TextTemplate::append(const TextTemplate& other) {
  for (const Piece& piece : other.pieces_) {
    if (const auto* literal = std::get_if<std::string>(&piece)) {
      append(std::string_view(*literal));
    } else {
      pieces_.push_back(piece);
    }
  }
}

bool TextTemplate::is_fixed() const {
  return std::ranges::all_of(pieces_,
                             [](const Piece& piece) { return std::holds_alternative<std::string>(piece); });
}

void TextTemplate::append_cookies() {
  pieces_.emplace_back(Cookies{});
}

bool TextTemplate::is_one_value() const {
  return pieces_.size() == 1 &&
         (std::holds_alternative<Sequence>(pieces_[0]) || std::holds_alternative<RandomInt>(pieces_[0]) ||
          std::holds_alternative<Variable>(pieces_[0]) || std::holds_alternative<Field>(pieces_[0]));
}

bool TextTemplate::is_personal() const {
  return std::ranges::any_of(pieces_, [](const Piece& piece) {
    return std::holds_alternative<Variable>(piece) || std::holds_alternative<Field>(piece);
  });
}

bool TextTemplate::has_blank() const {
  return std::ranges::any_of(pieces_, [](const Piece& piece) {
    const auto* literal = std::get_if<std::string>(&piece);
    return literal != nullptr && literal->find(' ') != std::string::npos;
  });
}

std::string TextTemplate::fixed_text() const {
  return pieces_.empty() ? std::string() : std::get<std::string>(pieces_.front());
}

void TextTemplate::render(Generator& generator, std::string& out) const {
  for (const Piece& piece : pieces_) {
    std::visit(
        Overloaded{
            [&](const std::string& literal) { out += literal; },
            [&](const Sequence&) { append_number(out, generator.next_sequence()); },
            [&](const Uuid&) { append_uuid(out, generator.random); },
            [&](const RandomInt& range) {
              const auto width =
                  static_cast<std::uint64_t>(range.high) - static_cast<std::uint64_t>(range.low) + 1;
              const std::uint64_t offset = width == 0 ? generator.random() : generator.random.below(width);
              append_number(out, static_cast<std::int64_t>(static_cast<std::uint64_t>(range.low) + offset));
            },
            [&](const Choice& choice) {
              out += (*choice.values)[generator.random.below(choice.values->size())];
            },
            [&](TimeForm form) { append_time(form == TimeForm::rfc3339, form == TimeForm::unix_ms, out); },
            [&](const Variable& variable) {
              append_escaped(generator.user->variables[variable.slot], variable.escape, out);
            },
            [&](const Field& field) {
              append_escaped(field.table->cell(generator.user->rows[field.index], field.column), field.escape,
                             out);
            },
            [&](const Cookies&) { out += generator.cookies; },
        },
        piece);
  }
}

}  // namespace plimsoll::traffic
