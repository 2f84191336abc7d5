#include "tests/integration/load/test_certificates.h"

#include <cstdio>
#include <mutex>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace plimsoll::traffic {
namespace {

std::mutex asked_mutex;
std::string asked_name, asked_protocol;

void must(bool good) {
  if (!good) throw std::runtime_error("OpenSSL refuses to make a test certificate");
}

EVP_PKEY* new_key() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  must(key != nullptr);
  return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

X509* new_certificate(EVP_PKEY* key, const char* name, long valid_seconds) {
  static long serial = 1;
  X509* certificate = X509_new();
  must(certificate != nullptr);
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate), valid_seconds);
  X509_set_pubkey(certificate, key);
  const auto* text = reinterpret_cast<const unsigned char*>(name);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, text, -1, -1, 0);
  return certificate;
}

int note_server_name(SSL* stream, int*, void*) {
  const char* name = SSL_get_servername(stream, TLSEXT_NAMETYPE_host_name);
  const std::lock_guard lock(asked_mutex);
  asked_name = name != nullptr ? name : "";
  return SSL_TLSEXT_ERR_OK;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int, void*) {
  const std::lock_guard lock(asked_mutex);
  asked_protocol.assign(reinterpret_cast<const char*>(offered) + 1, offered[0]);
  *chosen = offered + 1;
  *length = offered[0];
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

TestAuthority::TestAuthority() : folder_(*base::TemporaryFolder::create("authority")), key_(new_key()) {
  certificate_ = new_certificate(key_, "test authority", 3600);
  X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
  add_extension(certificate_, certificate_, NID_basic_constraints, "critical,CA:TRUE");
  must(X509_sign(certificate_, key_, EVP_sha256()) != 0);
  file_ = folder_.path() / "authority.pem";
  std::FILE* file = std::fopen(file_.c_str(), "w");
  must(file != nullptr && PEM_write_X509(file, certificate_) == 1);
  std::fclose(file);
}

TestAuthority::~TestAuthority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

TestAuthority::Context TestAuthority::server(const std::string& names, long valid_seconds) const {
  EVP_PKEY* key = new_key();
  X509* certificate = new_certificate(key, "test server", valid_seconds);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate_));
  add_extension(certificate, certificate_, NID_subject_alt_name, names);
  must(X509_sign(certificate, key_, EVP_sha256()) != 0);
  Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  must(SSL_CTX_use_certificate(context.get(), certificate) == 1);
  must(SSL_CTX_use_PrivateKey(context.get(), key) == 1);
  SSL_CTX_set_tlsext_servername_callback(context.get(), note_server_name);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return context;
}

std::string last_server_name() {
  const std::lock_guard lock(asked_mutex);
  return asked_name;
}

std::string last_protocol() {
  const std::lock_guard lock(asked_mutex);
  return asked_protocol;
}

}  // namespace plimsoll::traffic
