// SPDX-License-Identifier: Apache-2.0
// Owner of the headers that plugins of one file share compiled, see mortise_precompile_plugin().
#include <mortise/plugin.hpp>
