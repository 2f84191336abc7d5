// The report for a terminal: the answer first, then what it rests on.
#pragma once

#include <string>

#include "plimsoll/model/snapshot.h"

namespace plimsoll::report {

struct TerminalOptions {
  bool colour =
      false;         // ANSI colours; the caller knows whether standard output is a terminal that wants them
  int columns = 80;  // lines are wrapped to it; at least 40 are taken
};

// The first sentence is the verdict's headline; judgements follow, worst first. Ends in a newline. Texts of
// the snapshot cannot send escape sequences: they are printed visibly. Same snapshot, same bytes.
std::string terminal(const model::Snapshot& snapshot, const TerminalOptions& options);

}  // namespace plimsoll::report
