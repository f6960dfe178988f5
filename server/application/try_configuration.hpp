// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mortise::application {

// The child's side of host::ConfigurationTrial: makes and configures every instance of the order and reports each call
// before it is made. Returns only when there is no order, with an exit status: otherwise the process ends here.
// Thread: the only one of its process.
int tryConfiguration();

} // namespace mortise::application
