// Certificates of an authority that exists for one test, and TLS contexts of servers that show them.
#pragma once

#include <memory>
#include <string>

#include "base/file.h"

struct evp_pkey_st;
struct ssl_ctx_st;
struct x509_st;

namespace plimsoll::traffic {

// Not thread-safe. Throws where OpenSSL refuses.
class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  const std::string& file() const { return file_; }  // its certificate as PEM

  // A server's context with a fresh certificate for `names` ("IP:127.0.0.1,DNS:localhost") that is valid
  // until so many seconds from now. Lives as long as the pointer.
  using Context = std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)>;
  Context server(const std::string& names = "IP:127.0.0.1,DNS:localhost", long valid_seconds = 3600) const;

 private:
  base::TemporaryFolder folder_;
  std::string file_;
  evp_pkey_st* key_;
  x509_st* certificate_;
};

// What the clients of a context asked for, of the newest handshake.
std::string last_server_name();
std::string last_protocol();

}  // namespace plimsoll::traffic
