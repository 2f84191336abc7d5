// The word pieces that a model knows: a file with one a line, whose number is the line's, from 0. A piece
// that goes on inside a word is written with "##" before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace embedding {

class Vocabulary {
 public:
  // corrupt for an empty line or a piece that stands twice; too_large above 2^20 pieces.
  static base::Result<Vocabulary> parse(std::string text, std::string_view source);

  // The number of a piece that begins a word, or of one that goes on in it (`piece` without "##").
  std::optional<std::int32_t> find_start(std::string_view piece) const;
  std::optional<std::int32_t> find_inside(std::string_view piece) const;

  // As it stands in the file; `number` must be below size().
  std::string_view piece(std::int32_t number) const;
  std::size_t size() const { return pieces_.size(); }
  std::size_t longest_bytes() const { return longest_bytes_; }

 private:
  struct Piece {
    std::uint32_t begin = 0;  // in text_, without "##"
    std::uint32_t length = 0;
    bool inside = false;
  };

  bool insert(Piece piece);
  std::string_view text_of(const Piece& piece) const;
  std::int32_t find(std::string_view text, bool inside) const;

  std::string text_;
  std::vector<Piece> pieces_;
  std::vector<std::int32_t> slots_;  // an open-addressed table of numbers; -1 is free
  std::size_t longest_bytes_ = 0;
};

}  // namespace embedding
