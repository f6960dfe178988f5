// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace test_data {

// What CTest knows as "skipped".
inline constexpr int skipped = 77;

// $MORTISE_TEST_DATA/<set>, by default beside the project's root, which tests run in.
inline std::filesystem::path folder(std::string_view set) {
    const char* const configured = std::getenv("MORTISE_TEST_DATA");
    return std::filesystem::path(configured != nullptr ? configured : "../shared/data") / set;
}

// The files of a folder by name; none when it is not there, which is told.
inline std::vector<std::filesystem::path> files(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.is_regular_file()) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    if (found.empty())
        std::cout << "skipped: no files in " << folder.string()
                  << " (set MORTISE_TEST_DATA to the folder of test data)\n";
    return found;
}

inline std::string contents(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace test_data
