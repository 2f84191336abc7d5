// Texts with generated values: "user-$(random_int 1 50)". The marks are $( … ), which neither a placeholder
// of plimsoll.yaml ({port}), an environment variable (${NAME}) nor JSON ever writes; "$$(" stands for "$("
// itself.
//   $(seq)                 1, 2, 3 … over the whole run
//   $(uuid)                a random version 4 UUID, from the run's seed
//   $(random_int A B)      a whole number from A to B, both included
//   $(pick a b c)          one of the words
//   $(line FILE)           a line of a file (relative to the scenario), empty ones left out; read once
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/random.h"

namespace plimsoll::traffic {

// How a generated value is written into its surroundings: as it is, inside a JSON string, or percent-encoded.
enum class Escape { none, json, url };

// What generated values are drawn from; one per thread. `sequence` steps by `step` so that threads never
// share a number.
struct Generator {
  base::Random random;
  std::uint64_t sequence = 1;
  std::uint64_t step = 1;
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
  static base::Result<TextTemplate> parse(std::string_view text, Escape escape,
                                          const std::filesystem::path& folder, const base::Place& place);

  // Adds to the end.
  void append(std::string_view literal);
  void append(const TextTemplate& other);

  bool is_fixed() const;                                      // no generated value in it
  bool is_one_number() const;                                 // nothing but one $(seq) or $(random_int …)
  bool has_blank() const;                                     // in its literal parts
  std::string fixed_text() const;                             // of a fixed one
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
  using Piece = std::variant<std::string, Sequence, Uuid, RandomInt, Choice>;

  static base::Result<Piece> parse_call(std::string_view call, Escape escape,
                                        const std::filesystem::path& folder);

  std::vector<Piece> pieces_;
};

}  // namespace plimsoll::traffic
