// Reading safetensors files: 8 bytes of little-endian length, that many bytes of JSON that name each tensor's
// type, shape and place, then the raw values (https://github.com/huggingface/safetensors, section "Format").
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace embedding {

struct Tensor {
  std::string type;  // "F32", "I64", …
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;  // bytes from the start of the file
  std::uint64_t end = 0;

  bool operator==(const Tensor&) const = default;
};
using Tensors = std::map<std::string, Tensor, std::less<>>;

// The JSON part: `data_begin` is where the values start, `file_size` where the file ends. corrupt where a
// tensor lies outside of the file or its F32 shape is not its size; too_large above 4,096 tensors or 8
// dimensions.
base::Result<Tensors> parse_safetensors_header(std::string_view json, std::uint64_t data_begin,
                                               std::uint64_t file_size, std::string_view source);

// An open file. The values are read when asked for, never mapped: a file that is cut short meanwhile is an
// error, not a SIGBUS, and what is not needed does not count as resident. Thread-safe.
class SafetensorsFile {
 public:
  // Headers of at most 1 MiB. not_found, permission, io, corrupt, too_large.
  static base::Result<SafetensorsFile> open(const std::filesystem::path& path);

  // The F32 tensor of that name and exactly that shape; corrupt where there is none.
  base::Result<Tensor> find(std::string_view name, const std::vector<std::uint64_t>& shape) const;

  // `out.size()` values of an F32 tensor, from its `first`-th on.
  base::Status read(const Tensor& tensor, std::uint64_t first, std::span<float> out) const;

  const Tensors& tensors() const { return tensors_; }

 private:
  std::string path_;
  base::FileDescriptor file_;
  Tensors tensors_;
};

}  // namespace embedding
