// SPDX-License-Identifier: Apache-2.0
#include "base/constant_time.hpp"
#include "base/hmac_sha256.hpp"
#include "base/random.hpp"
#include "base/sha256.hpp"
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"
#include "host/stored_secret.hpp"

#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <vector>

// A key with a few ready contexts, so that threads that sign at once do not wait for each other.
struct mortise_hmac_key {
    explicit mortise_hmac_key(std::string_view secret) : master(secret) {}

    mortise::base::HmacSha256 take() {
        const std::lock_guard lock(mutex);
        if (spare.empty()) return master.copy();
        mortise::base::HmacSha256 context = std::move(spare.back());
        spare.pop_back();
        return context;
    }
    void give(mortise::base::HmacSha256 context) {
        const std::lock_guard lock(mutex);
        if (spare.size() < 16) spare.push_back(std::move(context));
    }

    std::mutex mutex;
    mortise::base::HmacSha256 master;             // under mutex
    std::vector<mortise::base::HmacSha256> spare; // under mutex
};

namespace mortise::host {
namespace {

template<class F>
mortise_status guarded(F&& call) noexcept {
    try {
        call();
        return MORTISE_OK;
    } catch (...) {
        return MORTISE_ERROR;
    }
}

mortise_status randomBytes(void*, void* out, std::uint64_t size) noexcept {
    if (out == nullptr && size != 0) return MORTISE_INVALID;
    return guarded([&] { base::fillRandom(out, size); });
}

void uuid7(void* self, char* out) noexcept {
    if (out != nullptr) callerOf(self).runtime().uuids().next().write(out);
}

mortise_hmac_key* hmacKeyMake(void*, mortise_view secret) noexcept {
    try {
        return std::make_unique<mortise_hmac_key>(text(secret)).release();
    } catch (...) {
        return nullptr;
    }
}

void hmacKeyFree(void*, mortise_hmac_key* key) noexcept {
    const std::unique_ptr<mortise_hmac_key> owned(key);
}

mortise_status hmacSha256(void*, const mortise_hmac_key* key, mortise_view data, std::uint8_t* out) noexcept {
    if (key == nullptr || out == nullptr) return MORTISE_INVALID;
    return guarded([&] {
        auto& shared = const_cast<mortise_hmac_key&>(*key); // const to plugins; the spare contexts change
        base::HmacSha256 context = shared.take();
        const base::Sha256Digest digest = context.sign(text(data));
        std::memcpy(out, digest.data(), digest.size());
        shared.give(std::move(context));
    });
}

mortise_status sha256(void*, mortise_view data, std::uint8_t* out) noexcept {
    if (out == nullptr) return MORTISE_INVALID;
    return guarded([&] {
        const base::Sha256Digest digest = base::sha256(text(data));
        std::memcpy(out, digest.data(), digest.size());
    });
}

std::uint32_t equal(void*, mortise_view left, mortise_view right) noexcept {
    return base::constantTimeEqual(text(left), text(right)) ? 1 : 0;
}

mortise_status keptSecret(void* self, mortise_view name, std::uint8_t* out, std::uint64_t size,
                          mortise_error* error) noexcept {
    Instance& caller = callerOf(self);
    if (caller.stage() < Instance::Stage::configured || caller.configuring()) {
        setError(error, "stored secrets are there from start on");
        return MORTISE_INVALID;
    }
    if (out == nullptr) {
        setError(error, "there is nowhere to write the secret to");
        return MORTISE_INVALID;
    }
    try {
        const base::SecretString secret =
            storedSecret(caller.runtime().settings().stateDirectory, caller.name(), text(name), size);
        std::memcpy(out, secret.reveal().data(), size);
        return MORTISE_OK;
    } catch (const std::invalid_argument& failure) {
        setError(error, failure.what());
        return MORTISE_INVALID;
    } catch (const std::exception& failure) {
        setError(error, failure.what());
        return MORTISE_ERROR;
    }
}

} // namespace

const mortise_crypto_table& cryptoService() noexcept {
    static constexpr mortise_crypto_table table{sizeof(mortise_crypto_table),
                                                0,
                                                randomBytes,
                                                uuid7,
                                                hmacKeyMake,
                                                hmacKeyFree,
                                                hmacSha256,
                                                sha256,
                                                equal,
                                                keptSecret};
    return table;
}

} // namespace mortise::host
