// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "module/abi_text.hpp"
#include "module/module.hpp"

namespace mortise::host {

// What nearly every file here speaks of from the floor below.
using module::CallError;
using module::Elements;
using module::firstSize;
using module::Module;
using module::ModuleInfo;
using module::peerStatus;
using module::readStruct;
using module::readTable;
using module::setError;
using module::text;
using module::view;

} // namespace mortise::host
