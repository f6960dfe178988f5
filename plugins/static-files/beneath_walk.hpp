// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise::static_files {

// openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS where a filter or the kernel refuses that call: goes from
// directory to directory, never through a symbolic link that it has not read itself, and never upwards by "..": what is
// renamed meanwhile cannot lead outside of `root`. Links to what lies beneath `root` are followed.
// `root`: a descriptor of a directory. `name`: relative to it. `flags`: of open(2), without O_CREAT and, for other
// names than ".", without O_PATH; O_CLOEXEC and O_NOFOLLOW are added. Returns a descriptor that is the caller's, or -1
// with errno: EXDEV for what leads outside, ELOOP for more than 40 links, EAGAIN when names changed again and again;
// otherwise as open(2). Thread: any.
int openByWalk(int root, std::string_view name, int flags) noexcept;

} // namespace mortise::static_files
