// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/owned.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/service/filter.h>

#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// One filter, the context of its mortise_filter; what it calls is in filters.hpp.
struct FilterEntry {
    explicit FilterEntry(const Runtime& r) noexcept : runtime(r) {}
    FilterEntry(const FilterEntry&) = delete;
    FilterEntry& operator=(const FilterEntry&) = delete;
    virtual ~FilterEntry() = default;

    const Runtime& runtime;
    std::uint32_t phases = 0;
    std::uint32_t flags = 0;
    std::uint32_t placement = MORTISE_PLACEMENT_LOOP;
    std::string name, before, after;
    decltype(mortise_filter::on_request) callOnRequest = nullptr;
    decltype(mortise_filter::on_respond) callOnRespond = nullptr;
    decltype(mortise_filter::on_finish) callOnFinish = nullptr;
};

// In C, valid as long as the entry.
inline mortise_filter rawFilter(FilterEntry& entry) noexcept {
    mortise_filter raw{};
    raw.context = &entry;
    raw.phases = entry.phases;
    raw.flags = entry.flags;
    raw.placement = entry.placement;
    raw.name = view(entry.name);
    raw.before = view(entry.before);
    raw.after = view(entry.after);
    raw.on_request = entry.callOnRequest;
    raw.on_respond = entry.callOnRespond;
    raw.on_finish = entry.callOnFinish;
    return raw;
}

// All filters of an instance.
struct FilterDeclarations final : Declarations {
    static constexpr std::string_view id = MORTISE_FILTER_EXTENSION;

    explicit FilterDeclarations(const Runtime&) noexcept {}

    std::string_view extension() const noexcept override { return id; }
    std::string fault() const override {
        std::string faults;
        for (const auto& filter : filters)
            if (filter->phases == 0)
                faults.append(faults.empty() ? "" : "; ")
                    .append("filter '" + filter->name +
                            "' was declared without onRequest(), onRespond() or onFinish()");
        return faults;
    }
    void seal() override {
        for (const auto& filter : filters) raw.push_back(rawFilter(*filter));
        inC = {sizeof inC, static_cast<std::uint32_t>(raw.size()), sizeof(mortise_filter), 0, raw.data()};
    }
    const void* table() const noexcept override { return &inC; }

    std::vector<Owned<FilterEntry>> filters;
    std::vector<mortise_filter> raw;
    mortise_plugin_filter inC{};
};

} // namespace detail
} // namespace v1
} // namespace mortise
