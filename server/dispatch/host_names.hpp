// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/generation.hpp"
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/route.hpp"
#include "host/runtime.hpp"
#include "host/serving_settings.hpp"

namespace mortise::dispatch {

// What nearly every file here speaks of from the floor below.
using host::FilterLink;
using host::Generation;
using host::Instance;
using host::peerStatus;
using host::readStruct;
using host::Route;
using host::Runtime;
using host::ServingSettings;
using host::setError;
using host::text;
using host::view;

} // namespace mortise::dispatch
