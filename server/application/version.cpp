// SPDX-License-Identifier: Apache-2.0
#include "application/version.hpp"

#include "base/sha256.hpp"

#include <Poco/Version.h>
#include <llhttp.h>
#include <mortise/abi/types.h>

#include <fstream>
#include <sstream>

namespace mortise::application {

std::string_view version() noexcept {
    return MORTISE_VERSION;
}

std::string buildId() {
    // Verdicts on plugins hold only for the very program that made them, so its content is its id.
    std::ifstream file("/proc/self/exe", std::ios::binary);
    base::Sha256 hash;
    std::string piece(1 << 20, '\0');
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())), file.gcount() > 0)
        hash.update(std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount())));
    return base::hexText(hash.finish()).substr(0, 32);
}

std::string versionText() {
    std::ostringstream out;
    out << "mortised " << version() << "\nplugin ABI " << MORTISE_ABI_MAJOR << '.' << MORTISE_ABI_MINOR
        << "-draft\nPoco " << (POCO_VERSION >> 24) << '.' << (POCO_VERSION >> 16 & 0xff) << '.'
        << (POCO_VERSION >> 8 & 0xff) << ", llhttp " << LLHTTP_VERSION_MAJOR << '.' << LLHTTP_VERSION_MINOR << '.'
        << LLHTTP_VERSION_PATCH << ", compiled by "
#if defined(__clang__)
        << "clang " << __clang_version__
#else
        << "g++ " << __VERSION__
#endif
        << '\n';
    return out.str();
}

} // namespace mortise::application
