#include "embedding/vocabulary.h"

#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"

namespace embedding {
namespace {

using base::ErrorCode;

constexpr std::size_t kMostPieces = 1 << 20;
constexpr std::size_t kMostBytes = 64u << 20;
constexpr std::string_view kInside = "##";

std::uint64_t hash_of(std::string_view text, bool inside) {
  return base::xxh3_64(text) + (inside ? 0x9e3779b97f4a7c15 : 0);
}

}  // namespace

base::Result<Vocabulary> Vocabulary::parse(std::string text, std::string_view source) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  if (lines > kMostPieces || text.size() > kMostBytes) {
    return base::fail(ErrorCode::too_large, fmt::format("{}: {} pieces", source, lines));
  }
  Vocabulary result;
  result.text_ = std::move(text);
  result.slots_.assign(std::bit_ceil(lines * 2), -1);
  for (std::size_t begin = 0; begin < result.text_.size();) {
    const std::size_t end = std::min(result.text_.find('\n', begin), result.text_.size());
    const std::string_view line = std::string_view(result.text_).substr(begin, end - begin);
    const bool inside = line.starts_with(kInside) && line != kInside;
    const std::size_t prefix = inside ? kInside.size() : 0;
    const Piece piece{static_cast<std::uint32_t>(begin + prefix),
                      static_cast<std::uint32_t>(line.size() - prefix), inside};
    if (line.empty() || !result.insert(piece)) {
      return base::fail(ErrorCode::corrupt,
                        fmt::format("{}:{}: expected a piece that does not stand there already", source,
                                    result.size() + 1));
    }
    begin = end + 1;
  }
  return result;
}

std::optional<std::int32_t> Vocabulary::find_start(std::string_view piece) const {
  const std::int32_t number = find(piece, false);
  return number < 0 ? std::nullopt : std::optional(number);
}

std::optional<std::int32_t> Vocabulary::find_inside(std::string_view piece) const {
  const std::int32_t number = find(piece, true);
  return number < 0 ? std::nullopt : std::optional(number);
}

std::string_view Vocabulary::piece(std::int32_t number) const {
  const Piece& piece = pieces_[static_cast<std::size_t>(number)];
  const std::size_t prefix = piece.inside ? kInside.size() : 0;
  return std::string_view(text_).substr(piece.begin - prefix, piece.length + prefix);
}

bool Vocabulary::insert(Piece piece) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_of(text_of(piece), piece.inside) & mask;
  for (; slots_[slot] >= 0; slot = (slot + 1) & mask) {
    const Piece& other = pieces_[static_cast<std::size_t>(slots_[slot])];
    if (other.inside == piece.inside && text_of(other) == text_of(piece)) return false;
  }
  slots_[slot] = static_cast<std::int32_t>(pieces_.size());
  pieces_.push_back(piece);
  longest_bytes_ = std::max<std::size_t>(longest_bytes_, piece.length);
  return true;
}

std::string_view Vocabulary::text_of(const Piece& piece) const {
  return std::string_view(text_).substr(piece.begin, piece.length);
}

std::int32_t Vocabulary::find(std::string_view text, bool inside) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash_of(text, inside) & mask; slots_[slot] >= 0; slot = (slot + 1) & mask) {
    const Piece& piece = pieces_[static_cast<std::size_t>(slots_[slot])];
    if (piece.inside == inside && text_of(piece) == text) return slots_[slot];
  }
  return -1;
}

}  // namespace embedding
