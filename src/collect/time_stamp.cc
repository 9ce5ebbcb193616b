#include "collect/time_stamp.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <memory>

#include "assay/collect.h"
#include "assay/instant.h"
#include "collect/system.h"
#include "core/digest.h"

namespace assay {
namespace collecting {
namespace {

constexpr std::uint64_t kMostToken = 1 << 20;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(TS_RESP* response) const { TS_RESP_free(response); }
  void operator()(TS_REQ* request) const { TS_REQ_free(request); }
  void operator()(TS_MSG_IMPRINT* imprint) const { TS_MSG_IMPRINT_free(imprint); }
  void operator()(TS_VERIFY_CTX* context) const { TS_VERIFY_CTX_free(context); }
  void operator()(PKCS7* token) const { PKCS7_free(token); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(TS_TST_INFO* info) const { TS_TST_INFO_free(info); }
  void operator()(X509_ALGOR* algorithm) const { X509_ALGOR_free(algorithm); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(STACK_OF(X509) * all) const { sk_X509_pop_free(all, X509_free); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  const std::string text = reason != nullptr ? reason : "no reason given";
  ERR_clear_error();
  return text;
}

std::string unhexed(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

Owned<PKCS7> token_of(const std::string& bytes, std::string& refusal) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto size = static_cast<long>(bytes.size());
  const unsigned char* cursor = data;
  if (const Owned<TS_RESP> response(d2i_TS_RESP(nullptr, &cursor, size)); response != nullptr) {
    PKCS7* inside = TS_RESP_get_token(response.get());
    if (inside == nullptr) {
      refusal = "the authority's response holds no token: it refused";
      return nullptr;
    }
    return Owned<PKCS7>(PKCS7_dup(inside));
  }
  cursor = data;
  return Owned<PKCS7>(d2i_PKCS7(nullptr, &cursor, size));
}

Result<Owned<X509_STORE>> store_of(const std::string& path, Owned<STACK_OF(X509)>& all) {
  auto text = read_small_file(path, kMostToken);
  if (!text.ok()) return text.error();
  const Owned<BIO> bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  Owned<X509_STORE> store(X509_STORE_new());
  all = Owned<STACK_OF(X509)>(sk_X509_new_null());
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    X509_STORE_add_cert(store.get(), certificate);
    sk_X509_push(all.get(), certificate);
  }
  ERR_clear_error();
  if (sk_X509_num(all.get()) == 0) {
    return Error{ErrorCode::usage, fmt::format("{} holds no certificate in PEM", readable(path)),
                 "openssl x509 -inform DER -in TSA.crt -out TSA.pem"};
  }
  // What the user gives is what is trusted, whether it is a root or the authority's own, at the
  // time of the stamp: an authority's certificate may have ended since.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

// Seconds of what the authority says, with its fraction as it stands.
std::string time_of(const TS_TST_INFO* info, std::int64_t& us) {
  const ASN1_GENERALIZEDTIME* time = TS_TST_INFO_get_time(info);
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "";
  us = utc_micros({parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                   parts.tm_min, parts.tm_sec, 0});
  return format_utc(us);
}

std::string signer_of(PKCS7* token, STACK_OF(X509) * known) {
  const Owned<X509> nothing;
  STACK_OF(X509)* signers = PKCS7_get0_signers(token, known, 0);
  std::string subject;
  if (signers != nullptr && sk_X509_num(signers) > 0) {
    const Owned<BIO> out(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(out.get(), X509_get_subject_name(sk_X509_value(signers, 0)), 0,
                       XN_FLAG_RFC2253);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    subject.assign(data, static_cast<std::size_t>(size));
  }
  sk_X509_free(signers);
  ERR_clear_error();
  return readable(subject);
}

}  // namespace

Result<TimeStamp> check_time_stamp(const std::string& token_path,
                                   const std::string& certificates_path,
                                   const std::string& sha256) {
  if (certificates_path.empty()) {
    return Error{ErrorCode::usage, "a time stamp is checked against a certificate that you trust",
                 "--tsa-cert CERTIFICATE.pem, of the authority or of its issuer"};
  }
  auto bytes = read_small_file(token_path, kMostToken);
  if (!bytes.ok()) return bytes.error();
  TimeStamp stamp;
  const auto token = token_of(*bytes, stamp.problem);
  ERR_clear_error();
  if (!stamp.problem.empty()) return stamp;
  const Owned<TS_TST_INFO> info(token == nullptr ? nullptr : PKCS7_to_TS_TST_INFO(token.get()));
  ERR_clear_error();
  if (info == nullptr) {
    return Error{
        ErrorCode::usage,
        fmt::format("{} is no time-stamp token or response (RFC 3161, DER)", readable(token_path)),
        ""};
  }
  Owned<STACK_OF(X509)> known;
  auto store = store_of(certificates_path, known);
  if (!store.ok()) return store.error();
  std::int64_t us = 0;
  stamp.time = time_of(info.get(), us);
  stamp.authority = signer_of(token.get(), known.get());
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store->get()), us / kMicrosPerSecond);

  const std::string imprint = unhexed(sha256);
  const Owned<TS_VERIFY_CTX> context(TS_VERIFY_CTX_new());
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_SIGNATURE);
  auto* copy = static_cast<unsigned char*>(OPENSSL_memdup(imprint.data(), imprint.size()));
  TS_VERIFY_CTX_set_imprint(context.get(), copy, static_cast<long>(imprint.size()));
  TS_VERIFY_CTX_set_store(context.get(), store->release());  // both are freed with the context
  TS_VERIFY_CTX_set_certs(context.get(), known.release());
  if (TS_RESP_verify_token(context.get(), token.get()) != 1) {
    stamp.problem =
        fmt::format("it does not hold for these bytes and this certificate: {}", openssl_reason());
  }
  return stamp;
}

}  // namespace collecting

Status write_time_stamp_request(const std::string& bundle, const std::string& path) {
  using namespace collecting;
  auto report = check_bundle(bundle, {});
  if (!report.ok()) return report.error();
  if (!report->problems.empty()) {
    return Error{ErrorCode::check_failed,
                 fmt::format("{} does not hold: {}: {}", readable(bundle),
                             report->problems[0].where, report->problems[0].what),
                 ""};
  }
  std::string hash = unhexed(report->sha256);
  const Owned<TS_REQ> request(TS_REQ_new());
  const Owned<TS_MSG_IMPRINT> imprint(TS_MSG_IMPRINT_new());
  const Owned<X509_ALGOR> algorithm(X509_ALGOR_new());
  X509_ALGOR_set_md(algorithm.get(), EVP_sha256());
  unsigned char* der = nullptr;
  int size = 0;
  const bool is_made =
      TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
      TS_MSG_IMPRINT_set_msg(imprint.get(), reinterpret_cast<unsigned char*>(hash.data()),
                             static_cast<int>(hash.size())) == 1 &&
      TS_REQ_set_version(request.get(), 1) == 1 &&
      TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
      TS_REQ_set_cert_req(request.get(), 1) == 1 && (size = i2d_TS_REQ(request.get(), &der)) > 0;
  if (!is_made) return Error{ErrorCode::internal, "OpenSSL could not make the request", ""};
  const std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  const Handle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file.is_open()) return system_problem("write", path);
  return write_whole(file.number(), bytes, path);
}

}  // namespace assay
