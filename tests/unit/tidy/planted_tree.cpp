#include "planted_tree.h"

#include <fstream>

namespace tidy {

PlantedTree::PlantedTree() : folder_(base::TemporaryFolder::create("tidy").value()) {}

void PlantedTree::plant(const std::string& path, std::string_view text) {
  const auto target = folder_.path() / path;
  std::filesystem::create_directories(target.parent_path());
  std::ofstream(target) << text;
}

void PlantedTree::plant_include(const std::string& path, const std::string& included) {
  plant(path, "#pragma once\n#include \"" + included + "\"\n");
}

std::vector<SourceFile> PlantedTree::sources() const {
  return read_sources(folder_.path(), {"lib", "plimsoll", "apps", "tests"});
}

}  // namespace tidy
