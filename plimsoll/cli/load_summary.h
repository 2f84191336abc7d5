// A load result for people, and its live line.
#pragma once

#include <span>
#include <string>

#include "plimsoll/model/judgement.h"
#include "plimsoll/traffic/engine/engine.h"

namespace plimsoll::cli {

// Some lines of plain text, no colour; ends in a newline. `server` is what load_watch.h says of it.
std::string load_summary(const traffic::LoadPlan& plan, const traffic::LoadResult& result,
                         const std::string& server, std::span<const model::Judgement> judgements);

// "http://127.0.0.1:8080: 400/s due for 10 s over at most 16,320 connections"
std::string load_headline(const traffic::LoadPlan& plan);

}  // namespace plimsoll::cli
