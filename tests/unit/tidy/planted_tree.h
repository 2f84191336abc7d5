// A small project in a temporary folder, into which a test plants what a rule must find.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "source_tree.h"

namespace tidy {

class PlantedTree {
 public:
  PlantedTree();
  void plant(const std::string& path, std::string_view text);
  // One header that includes one other, as `#include "included"`.
  void plant_include(const std::string& path, const std::string& included);
  std::vector<SourceFile> sources() const;

 private:
  base::TemporaryFolder folder_;
};

}  // namespace tidy
