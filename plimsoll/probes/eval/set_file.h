// A text file that may be packed by Zstandard (RFC 8878).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace plimsoll::probes::eval {

// The whole text, unpacked where the name ends in .zst. corrupt where it is no whole Zstandard frame,
// too_large where more than `limit` bytes come out.
base::Result<std::string> read_set_file(const std::filesystem::path& file, std::size_t limit);

base::Result<std::string> unpack_zstd(std::string_view packed, std::size_t limit);

}  // namespace plimsoll::probes::eval
