// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// Among the lists of a module: its plugin is all that the file has.
struct WholeFile {};

// What all code of a file declares for its one plugin, such as typed queries; set while the file is loaded.
struct FileDeclarations {
    inline static void (*declare)(Runtime& runtime) = nullptr;
};

// While it lives, on its thread, what is made declares for one instance: the members of a plugin while `create` makes
// it, and what `configure` makes.
class DeclarationScope {
public:
    explicit DeclarationScope(Runtime* runtime = nullptr) noexcept : before_(here()) { here() = {runtime, true}; }
    DeclarationScope(const DeclarationScope&) = delete;
    DeclarationScope& operator=(const DeclarationScope&) = delete;
    ~DeclarationScope() { here() = before_; }

    // The base of a plugin comes before its members, and says whose they are.
    static void enter(Runtime& runtime) noexcept {
        if (here().isOpen) here().runtime = &runtime;
    }
    // Null: there is none.
    static Runtime* runtime() noexcept { return here().runtime; }

private:
    struct Place {
        Runtime* runtime = nullptr;
        bool isOpen = false;
    };
    static Place& here() noexcept {
        static thread_local Place place;
        return place;
    }

    Place before_;
};

} // namespace detail
} // namespace v1
} // namespace mortise
