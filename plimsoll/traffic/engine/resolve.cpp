#include "plimsoll/traffic/engine/resolve.h"

#include <cstring>
#include <memory>
#include <vector>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

namespace plimsoll::traffic {
namespace {

bool is_loopback(const Endpoint& endpoint) {
  if (endpoint.address.ss_family == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in&>(endpoint.address);
    return ntohl(address.sin_addr.s_addr) >> 24 == 127;
  }
  const auto& address = reinterpret_cast<const sockaddr_in6&>(endpoint.address);
  return IN6_IS_ADDR_LOOPBACK(&address.sin6_addr) != 0;
}

bool accepts(const Endpoint& endpoint) {
  const base::FileDescriptor probe(::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* address = reinterpret_cast<const sockaddr*>(&endpoint.address);
  return probe.valid() && ::connect(probe.get(), address, endpoint.length) == 0;
}

}  // namespace

base::Result<Endpoint> resolve(const net::Url& url) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found);
  if (error != 0) {
    return base::fail(base::ErrorCode::not_found, "cannot find " + url.host + ": " + ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, ::freeaddrinfo);
  std::vector<Endpoint> endpoints;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    Endpoint endpoint;
    endpoint.length = entry->ai_addrlen;
    std::memcpy(&endpoint.address, entry->ai_addr, entry->ai_addrlen);
    if (!url.is_loopback() || is_loopback(endpoint)) endpoints.push_back(endpoint);
  }
  if (endpoints.empty()) {
    return base::fail(base::ErrorCode::permission, url.host + " is not this machine here");
  }
  if (endpoints.size() > 1) {
    for (const Endpoint& endpoint : endpoints) {
      if (accepts(endpoint)) return endpoint;
    }
  }
  return endpoints.front();
}

}  // namespace plimsoll::traffic
