// SPDX-License-Identifier: Apache-2.0
#include "base/ip_address.hpp"
#include "base/text.hpp"
#include "host/module_names.hpp"
#include "host/services.hpp"

#include <memory>
#include <string>

struct mortise_network_list {
    mortise::base::IpNetworkList networks;
};

namespace mortise::host {
namespace {

mortise_status listMake(void*, const mortise_view* entries, std::uint32_t count, mortise_network_list** list,
                        mortise_error* error) noexcept {
    if (list == nullptr || (entries == nullptr && count != 0)) {
        setError(error,
                 list == nullptr ? "there is nowhere to put the list" : "there are no entries, but a count of them");
        return MORTISE_INVALID;
    }
    try {
        auto made = std::make_unique<mortise_network_list>();
        for (std::uint32_t i = 0; i < count; ++i) {
            if (made->networks.add(text(entries[i]))) continue;
            setError(error, "'" + base::printable(text(entries[i])) +
                                "' is no network; write an address, address/bits, unix or loopback");
            return MORTISE_INVALID;
        }
        *list = made.release();
        return MORTISE_OK;
    } catch (const std::exception& failure) {
        setError(error, failure.what());
        return MORTISE_ERROR;
    }
}

void listFree(void*, mortise_network_list* list) noexcept {
    const std::unique_ptr<mortise_network_list> owned(list);
}

std::uint32_t contains(void*, const mortise_network_list* list, mortise_view address) noexcept {
    if (list == nullptr) return 0;
    const std::string_view name = text(address);
    if (name == "unix") return list->networks.contains(base::IpAddress()) ? 1 : 0;
    const auto parsed = base::IpAddress::parse(name);
    return parsed && list->networks.contains(*parsed) ? 1 : 0;
}

} // namespace

const mortise_network_table& networkService() noexcept {
    static constexpr mortise_network_table table{sizeof(mortise_network_table), 0, listMake, listFree, contains};
    return table;
}

} // namespace mortise::host
