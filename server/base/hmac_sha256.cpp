// SPDX-License-Identifier: Apache-2.0
#include "base/hmac_sha256.hpp"

#include "base/constant_time.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace mortise::base {

namespace {

void require(bool worked) {
    if (!worked) throw std::runtime_error("OpenSSL cannot compute HMAC-SHA-256");
}

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data()); // the same octets, OpenSSL's spelling
}

} // namespace

void HmacSha256::Free::operator()(evp_mac_ctx_st* context) const noexcept {
    EVP_MAC_CTX_free(context);
}

HmacSha256::HmacSha256(std::string_view key) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr),
                                                                &EVP_MAC_free);
    require(mac != nullptr);
    context_.reset(EVP_MAC_CTX_new(mac.get()));
    require(context_ != nullptr);
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    // A null key would mean "the one set before".
    const std::string_view given = key.data() == nullptr ? std::string_view("") : key;
    require(EVP_MAC_init(context_.get(), octets(given), given.size(), params) == 1);
}

HmacSha256 HmacSha256::copy() const {
    evp_mac_ctx_st* const duplicate = EVP_MAC_CTX_dup(context_.get());
    require(duplicate != nullptr);
    return HmacSha256(duplicate);
}

Sha256Digest HmacSha256::sign(std::string_view message) {
    Sha256Digest digest;
    std::size_t written = 0;
    require(EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1 &&
            EVP_MAC_update(context_.get(), octets(message), message.size()) == 1 &&
            EVP_MAC_final(context_.get(), digest.data(), &written, digest.size()) == 1 && written == digest.size());
    return digest;
}

bool HmacSha256::verify(std::string_view message, std::string_view signature) {
    const Sha256Digest expected = sign(message);
    return constantTimeEqual({reinterpret_cast<const char*>(expected.data()), expected.size()}, signature);
}

} // namespace mortise::base
