// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/sql_call.hpp>
#include <mortise/error.hpp>
#include <mortise/guard.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// The context of a mortise_sql_snapshot_body; where there is no snapshot the body runs all the same.
template<class Body>
class SnapshotBody {
public:
    using Result = std::invoke_result_t<Body&>;
    static_assert(std::is_void_v<Result> || std::is_object_v<Result>, "a body of a snapshot returns a value");

    explicit SnapshotBody(Body& body) noexcept : body_(body) {}

    static mortise_status call(void* context) noexcept {
        auto& self = *static_cast<SnapshotBody*>(context);
        self.ran_ = true;
        try {
            self.run();
            return MORTISE_OK;
        } catch (...) {
            self.thrown_ = std::current_exception();
            return tellCaught(nullptr);
        }
    }
    Result finish(mortise_status status, const SqlCall& call) {
        if (!ran_ && status == MORTISE_UNSUPPORTED) return body_();
        if (thrown_) std::rethrow_exception(thrown_);
        call.finish(status, "snapshot");
        if (!ran_) throw Error("the provider of " MORTISE_DATABASE_SERVICE " did not run the body of a snapshot");
        if constexpr (!std::is_void_v<Result>) return std::move(*result_);
    }

private:
    struct None {};

    void run() {
        if constexpr (std::is_void_v<Result>)
            body_();
        else
            result_.emplace(body_());
    }

    Body& body_;
    std::optional<std::conditional_t<std::is_void_v<Result>, None, Result>> result_;
    std::exception_ptr thrown_;
    bool ran_ = false;
};

} // namespace detail
} // namespace v1
} // namespace mortise
