#include "embedding/safetensors.h"

#include <cstring>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace embedding {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kTwoTensors =
    R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
    R"("b":{"dtype":"I64","shape":[1],"data_offsets":[16,24]}})";

std::string file_of(std::string_view header, std::string_view data) {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes.append(header).append(data);
}

class Safetensors : public testing::Test {
 protected:
  base::Result<SafetensorsFile> open(std::string_view bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return SafetensorsFile::open(path_);
  }

  base::TemporaryFolder folder_ = base::TemporaryFolder::create("safetensors").value();
  std::filesystem::path path_ = folder_.path() / "model.safetensors";
};

base::Error error_of(std::string_view header, std::uint64_t data_bytes = 24) {
  const auto result = parse_safetensors_header(header, 100, 100 + data_bytes, "x");
  return result ? base::Error{base::ErrorCode::internal, "it was taken"} : result.error();
}

TEST_F(Safetensors, ReadsValuesWhereverTheyLie) {
  const std::vector<float> values = {1, -2, 3.5F, 4};
  std::string data(24, '\0');
  std::memcpy(data.data(), values.data(), 16);
  const auto file = open(file_of(kTwoTensors, data));
  ASSERT_TRUE(file) << file.error().message;
  const auto tensor = file->find("a", {2, 2});
  ASSERT_TRUE(tensor);
  std::vector<float> row(2);
  ASSERT_TRUE(file->read(*tensor, 2, row));
  EXPECT_THAT(row, ElementsAre(3.5F, 4));
  EXPECT_FALSE(file->read(*tensor, 3, row));
}

TEST_F(Safetensors, FindsOnlyFloatsOfTheShapeAskedFor) {
  const auto file = open(file_of(kTwoTensors, std::string(24, '\0')));
  ASSERT_TRUE(file);
  EXPECT_THAT(file->find("a", {4}).error().message, HasSubstr("a is not F32 of 4"));
  EXPECT_EQ(file->find("b", {1}).error().code, base::ErrorCode::corrupt);
  EXPECT_THAT(file->find("c", {1}).error().message, HasSubstr("no tensor \"c\""));
}

TEST_F(Safetensors, AFileThatIsCutShortIsCorrupt) {
  const std::string whole = file_of(kTwoTensors, std::string(24, '\0'));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto file = open(whole.substr(0, size));
    ASSERT_FALSE(file) << size;
    EXPECT_EQ(file.error().code, base::ErrorCode::corrupt) << file.error().message;
  }
}

TEST_F(Safetensors, AFileCutShortLaterIsAnErrorWhenRead) {
  const auto file = open(file_of(kTwoTensors, std::string(24, '\0')));
  ASSERT_TRUE(file);
  std::filesystem::resize_file(path_, 60);
  std::vector<float> row(4);
  EXPECT_EQ(file->read(*file->find("a", {2, 2}), 0, row).error().code, base::ErrorCode::corrupt);
}

TEST_F(Safetensors, NoSuchFileIsNotFound) {
  EXPECT_EQ(SafetensorsFile::open(folder_.path() / "none").error().code, base::ErrorCode::not_found);
}

TEST(SafetensorsHeader, RefusesWhatDoesNotFitTheFile) {
  EXPECT_EQ(error_of(kTwoTensors, 23).code, base::ErrorCode::corrupt);
  EXPECT_EQ(error_of("[]").code, base::ErrorCode::corrupt);
  EXPECT_EQ(error_of(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}})").message,
            "x: a: the shape is not the size");
  EXPECT_THAT(error_of(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}})").message,
              HasSubstr("not in the file"));
  EXPECT_THAT(error_of(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})").message,
              HasSubstr("expected dtype, shape and data_offsets"));
  const auto overflow =
      R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}})";
  EXPECT_EQ(error_of(overflow).message, "x: a: the shape is not the size");
  EXPECT_EQ(error_of(R"({"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})").code,
            base::ErrorCode::corrupt);
}

}  // namespace
}  // namespace embedding
