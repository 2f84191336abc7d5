// A made-up snapshot that holds every status and every section, and one whose every text is hostile.
#pragma once

#include "plimsoll/model/snapshot.h"

namespace plimsoll::report::testing {

model::Snapshot sample_snapshot();

// The text stands wherever the snapshot takes one.
model::Snapshot hostile_snapshot(const std::string& text);

// Script, escape sequences, direction marks, NUL, invalid UTF-8, Markdown, mentions and links in one text.
std::string hostile_text();

}  // namespace plimsoll::report::testing
