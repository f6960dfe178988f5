// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/counted.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>
#include <mortise/plugin_base.hpp>
#include <mortise/request.hpp>
#include <mortise/service/network.h>

namespace mortise {
inline namespace v1 {

// A list of networks; safe on any thread. Must not outlive the plugin. An empty object contains nothing.
class NetworkList {
public:
    NetworkList() = default;

    // Whether what is allowed to the list is allowed to the client of this request. One behind a proxy that is not
    // trusted, or that does not tell who it is, is nobody's address, "::".
    bool admits(const Request& request) const noexcept {
        return contains(request.isClientKnown() ? request.clientAddress() : std::string_view("::"));
    }
    // Whether `address` (as Request::clientAddress) is in the list; to decide about a request, see admits().
    bool contains(std::string_view address) const noexcept {
        return list_ && service_.table.contains(service_.self, list_->get(), view(address)) != 0;
    }

private:
    friend class Networks;
    detail::Service<mortise_network_table> service_;
    detail::Shared<detail::HostHandle<mortise_network_list>> list_;
};

// mortise.network/1.
class Networks {
public:
    explicit Networks(const detail::Runtime& runtime) noexcept
        : service_(detail::resolve<mortise_network_table>(runtime.host, MORTISE_NETWORK_SERVICE)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(service_); }

    // "127.0.0.0/8", "::1", "unix", "loopback". Throws Invalid, which names the entry that is none of them.
    NetworkList list(const std::vector<std::string>& entries) const {
        if (service_.table.list_make == nullptr || service_.table.list_free == nullptr ||
            service_.table.contains == nullptr)
            throw Absent(MORTISE_NETWORK_SERVICE);
        std::vector<mortise_view> views;
        views.reserve(entries.size());
        for (const auto& entry : entries) views.push_back(view(entry));
        detail::ErrorText error;
        mortise_network_list* made = nullptr;
        const mortise_status status = service_.table.list_make(
            service_.self, views.data(), static_cast<std::uint32_t>(views.size()), &made, error.raw());
        if (status == MORTISE_INVALID && !error.text().empty()) throw Invalid(std::string(error.text()));
        detail::raise(status, "network list", error);
        NetworkList list;
        list.service_ = service_;
        list.list_ = detail::Shared<detail::HostHandle<mortise_network_list>>::make(made, service_.table.list_free,
                                                                                    service_.self);
        return list;
    }

private:
    detail::Service<mortise_network_table> service_;
};

inline Networks PluginBase::networks() const noexcept {
    return Networks(runtime_);
}

} // namespace v1
} // namespace mortise
