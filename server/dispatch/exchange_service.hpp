// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/exchange.h>

namespace mortise::dispatch {

// mortise.exchange/1: records what plugins say of their turns. Its functions expect the caller's Instance as `self`.
const mortise_exchange_table& exchangeService() noexcept;

} // namespace mortise::dispatch
