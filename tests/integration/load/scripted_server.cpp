#include "tests/integration/load/scripted_server.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace plimsoll::traffic {
namespace {

// How much of `bytes` one whole request takes; 0 where it is not whole yet.
std::size_t whole_request(std::string_view bytes) {
  constexpr char tls_handshake = 0x16;
  if (bytes.starts_with(tls_handshake)) return bytes.size();
  const std::size_t head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  std::size_t body = 0;
  if (const std::size_t at = bytes.find("Content-Length: "); at < head)
    body = std::strtoul(bytes.data() + at + 16, nullptr, 10);
  return bytes.size() >= head + 4 + body ? head + 4 + body : 0;
}

}  // namespace

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                         : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Peer::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Peer::wait_until_gone() {
  char byte;
  while (::recv(fd_, &byte, 1, 0) > 0) continue;
}

ssize_t Peer::receive(char* buffer, std::size_t size) {
  return tls_ != nullptr ? SSL_read(tls_, buffer, static_cast<int>(size)) : ::recv(fd_, buffer, size, 0);
}

void Peer::say_goodbye() {
  if (tls_ != nullptr) SSL_shutdown(tls_);
}

ScriptedServer::ScriptedServer(Script script, std::function<void()> before_accept, ssl_ctx_st* tls)
    : script_(std::move(script)), before_accept_(std::move(before_accept)), tls_(tls) {
  std::signal(SIGPIPE, SIG_IGN);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::listen(listener_, 1024) != 0) {
    throw std::runtime_error("cannot listen");
  }
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

std::string ScriptedServer::url() const {
  return std::string(tls_ != nullptr ? "https" : "http") + "://127.0.0.1:" + std::to_string(port_) + "/";
}

void ScriptedServer::accept_all() {
  while (!stopping_) {
    if (before_accept_) before_accept_();
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections_;
    {
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
    }
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void ScriptedServer::serve(int fd) {
  std::unique_ptr<SSL, decltype(&SSL_free)> tls(tls_ != nullptr ? SSL_new(tls_) : nullptr, SSL_free);
  if (tls) SSL_set_fd(tls.get(), fd);
  if (!tls || SSL_accept(tls.get()) == 1) {
    Peer peer(fd, tls.get());
    talk(peer);
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  ::close(fd);
}

void ScriptedServer::talk(Peer& peer) {
  std::string bytes;
  char buffer[16 << 10];
  for (bool going = true; going && !stopping_;) {
    if (const std::size_t taken = whole_request(bytes); taken > 0) {
      peer.request_ = bytes.substr(0, taken);
      bytes.erase(0, taken);
      going = script_(peer, requests_++);
      continue;
    }
    const ssize_t got = peer.receive(buffer, sizeof buffer);
    if (got <= 0) break;
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace plimsoll::traffic
