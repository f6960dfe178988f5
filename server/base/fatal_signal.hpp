// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mortise::base {

// From here on a signal that ends the process because of its own doing (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
// SIGSYS, SIGABRT), or an exit() that expectExit() did not announce, writes one line to standard error before: what it
// was, whose code the thread ran (RunningCode) and the plugin's file whose code it stopped in (noteCodeAt). Then the
// signal takes its course: what was set for it before, or a core file by the system's settings. An exit() of a plugin
// becomes a failure of the process, whatever its status. Only async-signal-safe calls are made, and none waits for
// long: where nobody reads standard error, the line is lost after a second. To be called once, before the second
// thread. A thread needs an AlternateStack for its own overflow to be reported.
void reportFatalSignals();

// The host itself ends the process by exit() now.
void expectExit() noexcept;

} // namespace mortise::base
