#include "plimsoll/traffic/tls.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/text.h"

namespace plimsoll::traffic {
namespace {

constexpr const char* library_name = "libssl.so.3";

// What we call of it. The linker would load the library with the program, so each is looked up by its name.
#define PLIMSOLL_LIBSSL_FUNCTIONS(X)  \
  X(ERR_clear_error)                  \
  X(ERR_peek_last_error)              \
  X(ERR_reason_error_string)          \
  X(SSL_CIPHER_get_name)              \
  X(SSL_CTX_ctrl)                     \
  X(SSL_CTX_free)                     \
  X(SSL_CTX_get_ex_data)              \
  X(SSL_CTX_load_verify_file)         \
  X(SSL_CTX_new)                      \
  X(SSL_CTX_sess_set_new_cb)          \
  X(SSL_CTX_set_alpn_protos)          \
  X(SSL_CTX_set_default_verify_paths) \
  X(SSL_CTX_set_ex_data)              \
  X(SSL_CTX_set_options)              \
  X(SSL_CTX_set_verify)               \
  X(SSL_SESSION_free)                 \
  X(SSL_connect)                      \
  X(SSL_ctrl)                         \
  X(SSL_free)                         \
  X(SSL_get0_param)                   \
  X(SSL_get_SSL_CTX)                  \
  X(SSL_get_current_cipher)           \
  X(SSL_get_error)                    \
  X(SSL_get_verify_result)            \
  X(SSL_get_version)                  \
  X(SSL_has_pending)                  \
  X(SSL_new)                          \
  X(SSL_read)                         \
  X(SSL_session_reused)               \
  X(SSL_set1_host)                    \
  X(SSL_set_fd)                       \
  X(SSL_set_read_ahead)               \
  X(SSL_set_session)                  \
  X(SSL_set_shutdown)                 \
  X(SSL_shutdown)                     \
  X(SSL_write)                        \
  X(TLS_client_method)                \
  X(X509_VERIFY_PARAM_set1_ip_asc)    \
  X(X509_verify_cert_error_string)

struct LibSsl {
#define PLIMSOLL_MEMBER(name) decltype(&::name) name = nullptr;
  PLIMSOLL_LIBSSL_FUNCTIONS(PLIMSOLL_MEMBER)
#undef PLIMSOLL_MEMBER
};

template <class Function>
bool look_up(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

base::Result<LibSsl> load_library() {
  void* library = ::dlopen(library_name, RTLD_NOW | RTLD_LOCAL);  // never unloaded: it has exit handlers
  if (library == nullptr) {
    return base::fail(base::ErrorCode::unavailable, std::string("https needs ") + library_name,
                      "install OpenSSL 3 (Debian: libssl3)");
  }
  LibSsl ssl;
  bool whole = true;
#define PLIMSOLL_LOOK_UP(name) whole = look_up(library, #name, ssl.name) && whole;
  PLIMSOLL_LIBSSL_FUNCTIONS(PLIMSOLL_LOOK_UP)
#undef PLIMSOLL_LOOK_UP
  if (!whole) return base::fail(base::ErrorCode::unavailable, std::string(library_name) + " is too old");
  return ssl;
}

const base::Result<LibSsl>& library() {
  static const base::Result<LibSsl> loaded = load_library();
  return loaded;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

// Why a certificate was not accepted, and what to do.
std::string distrust(const LibSsl& ssl, long verified, const std::string& name) {
  switch (verified) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:  // by another authority of that name
      return "its certificate was signed by nobody who is trusted here; name the authority's certificate "
             "(--ca FILE, `ca:`), or take any (--insecure)";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "its certificate has expired; renew it, or take any (--insecure)";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid yet; set the clocks right, or take any (--insecure)";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format(
          "its certificate is not for {}; say which name it is for (--sni NAME, `sni:`), or take any "
          "(--insecure)",
          name);
    default:
      return fmt::format("its certificate was not accepted: {}", ssl.X509_verify_cert_error_string(verified));
  }
}

// What an answer that is no TLS looks like to OpenSSL.
bool means_no_tls(int reason) {
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
         reason == SSL_R_PACKET_LENGTH_TOO_LONG;
}

}  // namespace

struct TlsClient::State {
  const LibSsl& ssl;
  SSL_CTX* context = nullptr;
  std::string name;  // that is verified
  bool sends_name = true;
  bool verifies = true;

  mutable std::mutex mutex;
  SSL_SESSION* session = nullptr;  // the newest, for those that connect next
  TlsSummary summary;

  explicit State(const LibSsl& table) : ssl(table) {}
  base::Status prepare(const TlsOptions& options, const std::string& host);
  base::Status trust(const TlsOptions& options);
  void remember_sessions();
  void take_session(SSL_SESSION* newest);
};

struct TlsStream::Handle {
  TlsClient::State& client;
  SSL* stream = nullptr;
  bool finished = false;  // the handshake
  bool ended = false;     // by the other side, or by a failure: nothing can be said any more
  bool cut = false;
  std::string problem;
};

base::Status TlsClient::State::prepare(const TlsOptions& options, const std::string& host) {
  name = options.server_name.empty() ? host : options.server_name;
  sends_name = !is_address(name);
  verifies = !options.insecure;
  context = ssl.SSL_CTX_new(ssl.TLS_client_method());
  if (context == nullptr) return base::fail(base::ErrorCode::unavailable, "OpenSSL cannot be started");
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  constexpr long modes =
      SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS;
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_MODE, modes, nullptr);
  ssl.SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  constexpr std::array<unsigned char, 9> protocols = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  ssl.SSL_CTX_set_alpn_protos(context, protocols.data(), protocols.size());
  remember_sessions();
  return trust(options);
}

base::Status TlsClient::State::trust(const TlsOptions& options) {
  ssl.SSL_CTX_set_verify(context, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!verifies) return {};
  if (options.ca_file.empty()) {
    ssl.SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  if (ssl.SSL_CTX_load_verify_file(context, options.ca_file.c_str()) == 1) return {};
  return base::fail(base::ErrorCode::invalid_argument,
                    "no certificate can be read from the CA file " + base::printable(options.ca_file),
                    "name a PEM file that holds the authority's certificate");
}

// OpenSSL's own cache serves servers; a client has to keep what it is given. With TLS 1.3 that comes after
// the handshake, among the first bytes that are read.
void TlsClient::State::remember_sessions() {
  ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL,
                   nullptr);
  ssl.SSL_CTX_set_ex_data(context, 0, this);
  ssl.SSL_CTX_sess_set_new_cb(context, [](SSL* stream, SSL_SESSION* newest) {
    const LibSsl& table = *library();
    void* owner = table.SSL_CTX_get_ex_data(table.SSL_get_SSL_CTX(stream), 0);
    static_cast<TlsClient::State*>(owner)->take_session(newest);
    return 1;  // it is ours now
  });
}

void TlsClient::State::take_session(SSL_SESSION* newest) {
  const std::lock_guard lock(mutex);
  std::swap(session, newest);
  if (newest != nullptr) ssl.SSL_SESSION_free(newest);
}

base::Result<std::unique_ptr<TlsClient>> TlsClient::create(const TlsOptions& options,
                                                           const std::string& host) {
  if (!library()) return std::unexpected(library().error());
  std::unique_ptr<TlsClient> client(new TlsClient(std::make_unique<State>(*library())));
  BASE_TRY(client->state_->prepare(options, host));
  return client;
}

TlsClient::TlsClient(std::unique_ptr<State> state) : state_(std::move(state)) {}

TlsClient::~TlsClient() {
  if (state_->session != nullptr) state_->ssl.SSL_SESSION_free(state_->session);
  if (state_->context != nullptr) state_->ssl.SSL_CTX_free(state_->context);
}

std::unique_ptr<TlsStream> TlsClient::open(int fd) {
  return std::unique_ptr<TlsStream>(new TlsStream(*state_, fd));
}

TlsSummary TlsClient::summary() const {
  const std::lock_guard lock(state_->mutex);
  return state_->summary;
}

TlsStream::TlsStream(TlsClient::State& client, int fd) : handle_(std::make_unique<Handle>(client)) {
  const LibSsl& ssl = client.ssl;
  SSL* stream = handle_->stream = ssl.SSL_new(client.context);
  if (stream == nullptr) throw std::bad_alloc();
  ssl.SSL_set_fd(stream, fd);
  ssl.SSL_set_read_ahead(stream, 1);  // one system call a record, not two
  if (client.sends_name) {
    std::string name = client.name;
    ssl.SSL_ctrl(stream, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    ssl.SSL_set1_host(stream, client.name.c_str());
  } else {
    ssl.X509_VERIFY_PARAM_set1_ip_asc(ssl.SSL_get0_param(stream), client.name.c_str());
  }
  const std::lock_guard lock(client.mutex);
  if (client.session != nullptr) ssl.SSL_set_session(stream, client.session);
}

TlsStream::~TlsStream() {
  handle_->client.ssl.SSL_free(handle_->stream);
}

TlsStream::Handshake TlsStream::shake_hands() {
  TlsClient::State& client = handle_->client;
  const LibSsl& ssl = client.ssl;
  ssl.ERR_clear_error();
  errno = 0;
  const int returned = ssl.SSL_connect(handle_->stream);
  if (returned != 1) {
    const int error = ssl.SSL_get_error(handle_->stream, returned);
    if (error == SSL_ERROR_WANT_READ) return Handshake::wants_read;
    if (error == SSL_ERROR_WANT_WRITE) return Handshake::wants_write;
    note_failure();
    return Handshake::failed;
  }
  handle_->finished = true;
  const std::lock_guard lock(client.mutex);
  ++client.summary.handshakes;
  client.summary.resumed += ssl.SSL_session_reused(handle_->stream) == 1 ? 1 : 0;
  client.summary.version = ssl.SSL_get_version(handle_->stream);
  client.summary.cipher = ssl.SSL_CIPHER_get_name(ssl.SSL_get_current_cipher(handle_->stream));
  return Handshake::done;
}

ssize_t TlsStream::read(std::span<char> buffer) {
  const LibSsl& ssl = handle_->client.ssl;
  ssl.ERR_clear_error();
  errno = 0;
  return outcome_of(ssl.SSL_read(handle_->stream, buffer.data(), static_cast<int>(buffer.size())));
}

ssize_t TlsStream::write(std::string_view bytes) {
  constexpr std::size_t most = 1u << 30;
  const LibSsl& ssl = handle_->client.ssl;
  ssl.ERR_clear_error();
  errno = 0;
  return outcome_of(
      ssl.SSL_write(handle_->stream, bytes.data(), static_cast<int>(std::min(bytes.size(), most))));
}

ssize_t TlsStream::outcome_of(int returned) {
  if (returned > 0) return returned;
  const LibSsl& ssl = handle_->client.ssl;
  const int socket_error = errno;
  switch (ssl.SSL_get_error(handle_->stream, returned)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      handle_->ended = true;
      return 0;
    case SSL_ERROR_SYSCALL:
      handle_->ended = handle_->cut = true;
      errno = socket_error;
      return socket_error == 0 ? 0 : -1;
    default:
      if (ERR_GET_REASON(ssl.ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        handle_->ended = handle_->cut = true;
        return 0;
      }
      note_failure();
      errno = EPROTO;
      return -1;
  }
}

// Called right after the call that failed: OpenSSL keeps its reason until the next one.
void TlsStream::note_failure() {
  TlsClient::State& client = handle_->client;
  const LibSsl& ssl = client.ssl;
  const int socket_error = errno;
  const long verified = client.verifies ? ssl.SSL_get_verify_result(handle_->stream) : X509_V_OK;
  const unsigned long error = ssl.ERR_peek_last_error();
  const int reason = ERR_GET_REASON(error);
  const char* text = ssl.ERR_reason_error_string(error);
  handle_->ended = true;
  if (verified != X509_V_OK) {
    handle_->problem = distrust(ssl, verified, client.name);
  } else if (error != 0 && means_no_tls(reason)) {
    handle_->problem = "it does not speak TLS on this port; say http://, or name its TLS port";
  } else if (error == 0 || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    handle_->problem = "it closed the connection during the TLS handshake; is this its TLS port?";
    if (socket_error != 0) handle_->problem += fmt::format(" ({})", std::strerror(socket_error));
  } else {
    handle_->problem = fmt::format("TLS failed: {}", text != nullptr ? text : "no reason given");
  }
  const std::lock_guard lock(client.mutex);
  if (client.summary.problem.empty()) client.summary.problem = handle_->problem;
}

bool TlsStream::holds_more() const {
  return !handle_->ended && handle_->client.ssl.SSL_has_pending(handle_->stream) == 1;
}

bool TlsStream::was_cut() const {
  return handle_->cut;
}

std::string TlsStream::problem() const {
  return handle_->problem;
}

// Also keeps the session: OpenSSL forgets one whose connection ended without a word.
void TlsStream::end() {
  if (!handle_->finished || !handle_->problem.empty()) return;
  const LibSsl& ssl = handle_->client.ssl;
  ssl.ERR_clear_error();
  if (handle_->ended) {
    ssl.SSL_set_shutdown(handle_->stream, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  } else {
    ssl.SSL_shutdown(handle_->stream);
  }
  handle_->ended = true;
}

}  // namespace plimsoll::traffic
