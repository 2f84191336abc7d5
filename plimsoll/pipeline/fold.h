// Many judgements, one answer: fail > inconclusive > warn > pass; learning and not_run do not fold. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "plimsoll/model/verdict.h"

namespace plimsoll::pipeline {

// No judgements, or all not_run: inconclusive. Nothing but learning (and not_run): pass.
model::Status fold(std::span<const model::Judgement> judgements);

// The first sentence of every report. `service_death` ("the service was killed by SIGSEGV … at …") comes
// first where there is one and the verdict is inconclusive.
std::string headline(model::Status status, std::span<const model::Judgement> judgements,
                     const std::optional<std::string>& service_death);

}  // namespace plimsoll::pipeline
