// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::static_files {

// From names of files to media types. Text types say `charset=utf-8`.
class MediaTypes {
public:
    // `more` are entries "ext=type/subtype" that go before the built-in ones.
    explicit MediaTypes(const std::vector<std::string>& more = {});

    // By what stands behind the last dot, in any case; application/octet-stream when nobody knows it.
    std::string_view of(std::string_view fileName) const;

    // What is wrong with an entry of `more`; empty: nothing.
    static std::string faultOf(std::string_view entry);

private:
    std::map<std::string, std::string, std::less<>> types_;
};

} // namespace mortise::static_files
