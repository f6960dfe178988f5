// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/contributions.h>

#include <string>
#include <utility>

namespace mortise::host {

class Instance;

// What an instance adds to an extension point of another plugin.
struct Contribution {
    std::string point;
    std::string name;
    const void* table = nullptr; // the plugin's, as `self`
    void* self = nullptr;
};

// A contribution that the definer of its point cannot use.
struct RefusedContribution {
    std::string point;
    std::string name;
    std::string message;
};

// What the definer of a point made of all contributions to it; given back to it at the end, unless it missed a
// deadline.
class PointObject {
public:
    PointObject(std::string point, Instance& definer, void (*release)(void*, mortise_view, void*), void* object)
        : point_(std::move(point)), definer_(&definer), release_(release), object_(object) {}
    PointObject(const PointObject&) = delete;
    PointObject& operator=(const PointObject&) = delete;
    ~PointObject();

    const std::string& point() const noexcept { return point_; }
    const Instance& definer() const noexcept { return *definer_; }
    void* object() const noexcept { return object_; }

private:
    const std::string point_;
    Instance* const definer_; // of the same generation
    void (*const release_)(void* self, mortise_view point, void* object);
    void* const object_;
};

} // namespace mortise::host
