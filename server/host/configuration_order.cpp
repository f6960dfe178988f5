// SPDX-License-Identifier: Apache-2.0
#include "host/configuration_order.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace mortise::host {

namespace {

class Writer {
public:
    void put(std::string_view text) { out_.append(std::to_string(text.size())).append(":").append(text).append(","); }
    void put(std::size_t number) { put(std::string_view(std::to_string(number))); }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

// After the first fault everything reads as empty.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::string text() {
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
        const std::size_t digits = static_cast<std::size_t>(end - rest_.data());
        // What is left behind the colon holds the bytes and the comma.
        if (error != std::errc() || digits == rest_.size() || *end != ':' || size >= rest_.size() - digits - 1 ||
            rest_[digits + 1 + size] != ',')
            return fail();
        std::string bytes(rest_.substr(digits + 1, size));
        rest_.remove_prefix(digits + size + 2);
        return bytes;
    }
    std::size_t number() {
        const std::string digits = text();
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc() || end != digits.data() + digits.size()) fail();
        return good_ ? value : 0;
    }
    bool flag() { return number() != 0; }
    bool good() const noexcept { return good_; }
    bool atEnd() const noexcept { return good_ && rest_.empty(); }

private:
    std::string fail() {
        good_ = false;
        rest_ = {};
        return {};
    }

    std::string_view rest_;
    bool good_ = true;
};

std::size_t bit(bool flag) {
    return flag ? 1 : 0;
}

} // namespace

std::string encodeOrder(const ConfigurationOrder& order) {
    Writer out;
    out.put(bit(order.partial));
    out.put(std::string_view(order.folder));
    out.put(order.plugins.size());
    for (const auto& plugin : order.plugins) {
        out.put(plugin.name);
        out.put(plugin.path);
        out.put(plugin.library);
        out.put(bit(plugin.disableOnError));
    }
    out.put(order.sections.size());
    for (const auto& section : order.sections) {
        out.put(section.name);
        out.put(section.values.size());
        for (const auto& value : section.values) {
            out.put(value.key);
            out.put(value.text);
            out.put(bit(value.isDefault));
        }
    }
    const auto putAll = [&out](const std::vector<std::string>& texts) {
        out.put(texts.size());
        for (const std::string& text : texts) out.put(text);
    };
    for (const auto* elsewhere : {&order.elsewhere.providers, &order.elsewhere.extensions}) {
        out.put(elsewhere->size());
        for (const auto& [id, plugins] : *elsewhere) {
            out.put(id);
            putAll(plugins);
        }
    }
    putAll(order.elsewhere.filters);
    return out.take();
}

std::optional<ConfigurationOrder> decodeOrder(std::string_view text) {
    Reader in(text);
    ConfigurationOrder order;
    order.partial = in.flag();
    order.folder = in.text();
    for (std::size_t left = in.number(); left > 0 && in.good(); --left) {
        auto& plugin = order.plugins.emplace_back();
        plugin.name = in.text();
        plugin.path = in.text();
        plugin.library = in.text();
        plugin.disableOnError = in.flag();
    }
    for (std::size_t left = in.number(); left > 0 && in.good(); --left) {
        auto& section = order.sections.emplace_back();
        section.name = in.text();
        for (std::size_t values = in.number(); values > 0 && in.good(); --values) {
            auto& value = section.values.emplace_back();
            value.key = in.text();
            value.text = in.text();
            value.isDefault = in.flag();
        }
    }
    const auto readAll = [&in](std::vector<std::string>& texts) {
        for (std::size_t left = in.number(); left > 0 && in.good(); --left) texts.push_back(in.text());
    };
    for (auto* elsewhere : {&order.elsewhere.providers, &order.elsewhere.extensions})
        for (std::size_t left = in.number(); left > 0 && in.good(); --left) {
            std::string id = in.text();
            readAll((*elsewhere)[std::move(id)]);
        }
    readAll(order.elsewhere.filters);
    return in.atEnd() ? std::optional(std::move(order)) : std::nullopt;
}

} // namespace mortise::host
