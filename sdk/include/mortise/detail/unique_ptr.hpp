// SPDX-License-Identifier: Apache-2.0
#pragma once

// std::unique_ptr without the rest of <memory>, which is as much as all of this layer.
#include <cstddef>

#if defined(__GLIBCXX__) && __has_include(<bits/unique_ptr.h>)
#include <bits/unique_ptr.h>
#else
#include <memory>
#endif
