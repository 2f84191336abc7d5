// Texts with generated values: "user-$(random_int 1 50)". The marks are $( … ), which neither a placeholder
// of plimsoll.yaml ({port}), an environment variable (${NAME}) nor JSON ever writes; "$$(" stands for "$("
// itself.
//   $(seq)                 1, 2, 3 … over the whole run
//   $(uuid)                a random version 4 UUID, from the run's seed
//   $(random_int A B)      a whole number from A to B, both included
//   $(pick a b c)          one of the words
//   $(line FILE)           a line of a file (relative to the scenario), empty ones left out; read once
//   $(time)                now, RFC 3339 in UTC; $(time unix) in seconds, $(time unix_ms) in milliseconds
//   $(name)                a variable of the scenario; $(table.column) a value of the flow's row of a data
//   file
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "plimsoll/traffic/request/data_table.h"

namespace plimsoll::traffic {

// How a value is written into its surroundings: as it is, inside a JSON string, as a JSON value of its own (a
// literal as it stands, anything else as a string), percent-encoded, or without control characters.
enum class Escape { none, json, json_value, url, header };

// What $(name) and $(table.column) may mean. Shared by all texts of a scenario file.
struct Vocabulary {
  std::vector<std::string> variables;  // a variable's slot is its index
  std::vector<std::shared_ptr<const DataTable>> tables;

  std::optional<std::uint32_t> slot_of(std::string_view variable) const;
};

// What one user knows.
struct UserValues {
  std::vector<std::string> variables;  // by slot
  std::vector<std::uint32_t> rows;     // by table
};

// What generated values are drawn from; one per thread. `sequence` steps by `step` so that threads never
// share a number.
struct Generator {
  base::Random random;
  std::uint64_t sequence = 1;
  std::uint64_t step = 1;
  const UserValues* user =
      nullptr;                    // whose text is rendered; needed by texts that speak of variables or tables
  std::string_view cookies = {};  // a whole header field, or nothing
  std::uint64_t next_sequence() {
    const std::uint64_t value = sequence;
    sequence += step;
    return value;
  }
};

class TextTemplate {
 public:
  TextTemplate() = default;

  // `place` is where the text starts, for errors; `folder` is what files of $(line …) are relative to.
  // Without a vocabulary there are neither variables nor tables.
  static base::Result<TextTemplate> parse(std::string_view text, Escape escape,
                                          const std::filesystem::path& folder, const base::Place& place,
                                          const Vocabulary* vocabulary = nullptr);

  // Adds to the end.
  void append(std::string_view literal);
  void append(const TextTemplate& other);
  void append_cookies();  // the header field of Generator::cookies

  bool is_fixed() const;           // no generated value in it
  bool is_one_value() const;       // nothing but one $(seq), $(random_int …), variable or table value
  bool is_personal() const;        // speaks of variables or tables
  bool has_blank() const;          // in its literal parts
  std::string fixed_text() const;  // of a fixed one
  void render(Generator& generator, std::string& out) const;  // appends

 private:
  struct Sequence {};
  struct Uuid {};
  struct RandomInt {
    std::int64_t low, high;
  };
  struct Choice {
    std::shared_ptr<const std::vector<std::string>> values;  // escaped already
  };
  enum class TimeForm { rfc3339, unix, unix_ms };
  struct Variable {
    std::uint32_t slot;
    Escape escape;
  };
  struct Field {
    std::shared_ptr<const DataTable> table;
    std::uint32_t index;  // of the table
    std::uint32_t column;
    Escape escape;
  };
  struct Cookies {};
  using Piece =
      std::variant<std::string, Sequence, Uuid, RandomInt, Choice, TimeForm, Variable, Field, Cookies>;

  struct Surroundings {
    Escape escape;
    const std::filesystem::path& folder;
    const Vocabulary* vocabulary;
  };
  static base::Result<Piece> parse_call(std::string_view call, const Surroundings& surroundings);
  static base::Result<Piece> parse_generator(const std::string& name, std::vector<std::string> words,
                                             std::string_view call, const Surroundings& surroundings);
  static std::optional<base::Result<Piece>> parse_personal(const std::string& name,
                                                           const Surroundings& surroundings);

  std::vector<Piece> pieces_;
};

}  // namespace plimsoll::traffic
