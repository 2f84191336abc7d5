// Rules on the text of a source file that no compiler holds.
#pragma once

#include <vector>

#include "source_tree.h"

namespace tidy {

// Headers without a `#pragma once` line.
std::vector<Violation> headers_without_guard(const std::vector<SourceFile>& files);

// The words that put work off.
std::vector<Violation> unfinished_marks(const std::vector<SourceFile>& files);

// Files of more than 600 lines.
std::vector<Violation> long_files(const std::vector<SourceFile>& files);

// Calls under tests/ that sleep a fixed time instead of waiting for a condition; tests/support/waiting.h has
// the two things that may take time.
std::vector<Violation> sleeping_tests(const std::vector<SourceFile>& files);

}  // namespace tidy
