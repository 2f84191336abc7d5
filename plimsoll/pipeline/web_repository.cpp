#include "plimsoll/pipeline/web_repository.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"

namespace plimsoll::pipeline {
namespace {

constexpr std::size_t longest = 300;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_all(std::string_view text, std::string_view also) {
  return !text.empty() &&
         std::ranges::all_of(text, [&](char c) { return is_letter_or_digit(c) || also.contains(c); });
}

struct Remote {
  std::string_view scheme, authority, path;
};

// URL, or scp's host:path; "C:\\folder" and "./folder" are neither.
std::optional<Remote> take_apart(std::string_view remote) {
  const std::size_t scheme = remote.find("://");
  if (scheme != std::string_view::npos) {
    const std::string_view rest = remote.substr(scheme + 3);
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    return Remote{remote.substr(0, scheme), rest.substr(0, slash), rest.substr(slash + 1)};
  }
  const std::size_t colon = remote.find(':');
  const bool is_host = colon != std::string_view::npos && colon > 1 && remote.find('/') > colon;
  if (!is_host) return std::nullopt;
  return Remote{"ssh", remote.substr(0, colon), remote.substr(colon + 1)};
}

// Without user and password; with the port only where a browser would use it.
std::optional<std::string> host_of(const Remote& remote, bool is_http) {
  std::string_view host = remote.authority;
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host = host.substr(at + 1);
  std::string_view port;
  if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
    const bool digits = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || port.size() > 5) return std::nullopt;
  }
  if (!is_all(host, ".-") || !is_letter_or_digit(host.front())) return std::nullopt;
  std::string result(host);
  if (is_http && !port.empty()) result += ":" + std::string(port);
  return result;
}

std::optional<std::string> path_of(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  for (const std::string& segment : base::split(path, '/')) {
    if (!is_all(segment, "._~-") || segment == "." || segment == "..") return std::nullopt;
  }
  return std::string(path);
}

model::Repository pages(const std::string& base, std::string_view host) {
  if (host.contains("gitlab")) return {base + "/-/commit/", base + "/-/compare/"};
  if (host.contains("bitbucket")) return {base + "/commits/", ""};
  return {base + "/commit/", base + "/compare/"};
}

}  // namespace

model::Repository web_repository(std::string_view remote) {
  if (remote.size() > longest) return {};
  const auto parts = take_apart(remote);
  if (!parts) return {};
  const bool is_http = parts->scheme == "http" || parts->scheme == "https";
  if (!is_http && parts->scheme != "ssh" && parts->scheme != "git") return {};
  const auto host = host_of(*parts, is_http);
  const auto path = path_of(parts->path);
  if (!host || !path) return {};
  return pages((parts->scheme == "http" ? "http://" : "https://") + *host + "/" + *path, *host);
}

}  // namespace plimsoll::pipeline
