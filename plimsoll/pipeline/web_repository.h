// Where a git remote's commits can be read in a browser. Pure.
#pragma once

#include <string_view>

#include "plimsoll/model/snapshot.h"

namespace plimsoll::pipeline {

// Of https://, http://, ssh://, git:// and host:path remotes, as GitHub, Gitea, Forgejo (/commit/), GitLab
// (/-/commit/) and Bitbucket (/commits/) lay their pages out; https where the remote is not http. User,
// password and an ssh port are left out. Both URLs are empty for a path on this machine, or where host or
// path hold anything but letters, digits, dots, dashes, underscores and tildes: no remote can inject
// anything.
model::Repository web_repository(std::string_view remote);

}  // namespace plimsoll::pipeline
