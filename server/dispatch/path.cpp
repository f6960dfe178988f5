// SPDX-License-Identifier: Apache-2.0
#include "dispatch/path.hpp"

namespace mortise::dispatch {
namespace {

unsigned digit(char c) noexcept {
    return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

} // namespace

std::string_view normalisePath(std::string_view raw, std::string& storage) {
    if (raw.find('%') == std::string_view::npos) return raw;
    storage.clear();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '%' || i + 2 >= raw.size()) {
            storage.push_back(raw[i]);
            continue;
        }
        const char c = static_cast<char>(digit(raw[i + 1]) << 4 | digit(raw[i + 2]));
        if (c == '/')
            storage.append("%2F");
        else if (c == '%')
            storage.append("%25");
        else
            storage.push_back(c);
        i += 2;
    }
    return storage;
}

std::string_view decodeParameter(std::string_view value, std::string& storage) {
    if (value.find('%') == std::string_view::npos) return value;
    const std::size_t begin = storage.size();
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '%') {
            storage.push_back(value[i]);
            continue;
        }
        storage.push_back(value.substr(i, 3) == "%2F" ? '/' : '%');
        i += 2;
    }
    return std::string_view(storage).substr(begin);
}

} // namespace mortise::dispatch
