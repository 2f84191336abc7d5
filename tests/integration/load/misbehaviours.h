// Everything that servers do wrong, or right in an unusual way, and what a request to them must count as.
#pragma once

#include <optional>
#include <vector>

#include "plimsoll/traffic/engine/engine.h"
#include "tests/integration/load/scripted_server.h"

namespace plimsoll::traffic {

struct Misbehaviour {
  const char* name;
  ScriptedServer::Script script;
  std::optional<ErrorKind> error;  // nothing: all is well
};

const std::vector<Misbehaviour>& misbehaviours();

}  // namespace plimsoll::traffic
