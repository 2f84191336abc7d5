// `service:` of the plan.
#pragma once

#include "base/yaml.h"
#include "plimsoll/plan/plan.h"
#include "plimsoll/plan/read_context.h"

namespace plimsoll::plan {

base::Result<Service> read_service(const base::yaml::Node& node, const ReadContext& context);

// {port} is the guarded service's: without one, an error at the first value below the node that uses it.
base::Status check_port_is_known(const base::yaml::Node& node, const std::optional<Service>& service);

}  // namespace plimsoll::plan
