// TLS for load connections, by OpenSSL's libssl. The library is loaded when the first https run asks for it:
// a plain http run neither maps nor initialises it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/error.h"

namespace plimsoll::traffic {

// Whom an https run takes for the server it asked for.
struct TlsOptions {
  bool insecure = false;  // any certificate will do
  std::string ca_file;    // PEM; the only authorities that are trusted. "": those of the system
  std::string
      server_name;  // asked for (SNI, RFC 6066) and verified in place of the URL's host. "": that host

  bool operator==(const TlsOptions&) const = default;
};

// What became of a run's handshakes.
struct TlsSummary {
  std::string version;  // of the newest handshake: "TLSv1.3"
  std::string cipher;
  std::uint64_t handshakes = 0;  // completed
  std::uint64_t resumed = 0;     // of these, with an earlier session
  std::string problem;           // of the first one that failed; what to do about it stands there too
};

class TlsStream;

// One per run, shared by its threads. Speaks TLS 1.2 and 1.3, offers http/1.1 (ALPN, RFC 7301), verifies the
// certificate and the name in it unless told otherwise, and resumes sessions where the server allows it. The
// process must ignore SIGPIPE.
class TlsClient {
 public:
  // `host` as in the URL; an address is verified as one and not sent as SNI. invalid_argument where the CA
  // file cannot be used, unavailable where this machine has no libssl.so.3.
  static base::Result<std::unique_ptr<TlsClient>> create(const TlsOptions& options, const std::string& host);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Over a non-blocking socket, which stays the caller's and must outlive the stream; so must this client.
  std::unique_ptr<TlsStream> open(int fd);

  TlsSummary summary() const;

 private:
  friend class TlsStream;
  struct State;
  explicit TlsClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Not thread-safe.
class TlsStream {
 public:
  enum class Handshake { done, wants_read, wants_write, failed };

  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // To be called again when the socket can do what it wants.
  Handshake shake_hands();

  // As recv(2) and send(2) return: bytes, 0 at the end, -1 with errno EAGAIN, EPROTO (a failure of TLS) or
  // the socket's own.
  ssize_t read(std::span<char> buffer);
  ssize_t write(std::string_view bytes);

  bool holds_more() const;      // bytes that poll() knows nothing of
  bool was_cut() const;         // it ended by a mere close, which anybody between could have made
  std::string problem() const;  // of a failed handshake or an EPROTO: a phrase, and what to do
  void end();                   // says goodbye where there is somebody to say it to

 private:
  friend class TlsClient;
  struct Handle;
  TlsStream(TlsClient::State& client, int fd);
  ssize_t outcome_of(int returned);
  void note_failure();

  std::unique_ptr<Handle> handle_;
};

}  // namespace plimsoll::traffic
