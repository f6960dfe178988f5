// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/send.hpp>
#include <mortise/detail/sql_call.hpp>
#include <mortise/guard.hpp>
#include <mortise/transaction.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// What a body of a transaction returns.
template<class Body>
using BodyResult = std::decay_t<std::invoke_result_t<Body&, Transaction&>>;

// What the last run of a body threw, and what that is in C.
class BodyOutcome {
public:
    // Runs `call` behind the wall.
    template<class Call>
    mortise_status run(mortise_sql_failure* failure, mortise_error* error, Call&& call) {
        thrown_ = nullptr;
        status_ = guard(failure, error, std::forward<Call>(call));
        return status_;
    }
    // Throws what the body threw, where that is what the transaction came to, or what the provider says instead.
    void finish(mortise_status status, const SqlCall& call, const char* what) const {
        if (thrown_ && (status == status_ || status == MORTISE_OK)) std::rethrow_exception(thrown_);
        call.finish(status, what);
    }

private:
    template<class Call>
    mortise_status guard(mortise_sql_failure* failure, mortise_error* error, Call&& call) {
        try {
            std::forward<Call>(call)();
            return MORTISE_OK;
        } catch (const SqlError& thrown) {
            writeFailure(failure, thrown.kind(), thrown.constraint());
            return keep(error);
        } catch (...) {
            return keep(error);
        }
    }
    mortise_status keep(mortise_error* error) { // in a catch block
        thrown_ = std::current_exception();
        return tellCaught(error);
    }

    std::exception_ptr thrown_;
    mortise_status status_ = MORTISE_OK;
};

// The context of a mortise_sql_body. The result is that of the last run.
template<class Body>
class TransactionBody {
public:
    TransactionBody(const DatabaseLink& link, Body& body) noexcept : link_(link), body_(body) {}

    static mortise_status call(void* context, mortise_sql_transaction* raw, mortise_sql_failure* failure,
                               mortise_error* error) noexcept {
        auto& self = *static_cast<TransactionBody*>(context);
        return self.outcome_.run(failure, error, [&] { self.run(raw); });
    }
    BodyResult<Body> finish(mortise_status status, const SqlCall& call, const char* what) {
        outcome_.finish(status, call, what);
        if constexpr (!isVoid) {
            if (!result_) throw Error("the provider of " MORTISE_DATABASE_SERVICE " did not run the transaction");
            return std::move(*result_);
        }
    }

private:
    static constexpr bool isVoid = std::is_void_v<BodyResult<Body>>;
    struct None {};

    void run(mortise_sql_transaction* raw) {
        Transaction transaction(link_, raw);
        if constexpr (isVoid) {
            body_(transaction);
        } else {
            result_.reset();
            result_.emplace(body_(transaction));
        }
    }

    const DatabaseLink& link_;
    Body& body_;
    std::optional<std::conditional_t<isVoid, None, BodyResult<Body>>> result_;
    BodyOutcome outcome_;
};

// The context of a mortise_sql_response_body.
template<class Body>
class ResponseBody {
public:
    ResponseBody(const DatabaseLink& link, Body& body) noexcept : link_(link), body_(body) {}

    static mortise_status call(void* context, mortise_sql_transaction* raw, mortise_sql_response* response,
                               mortise_sql_failure* failure, mortise_error* error) noexcept {
        auto& self = *static_cast<ResponseBody*>(context);
        return self.outcome_.run(failure, error, [&] {
            Transaction transaction(self.link_, raw);
            self.reply_.reset();
            self.reply_.emplace(self.body_(transaction));
            self.show(*response);
        });
    }
    Reply finish(mortise_status status, const SqlCall& call, const char* what) {
        outcome_.finish(status, call, what);
        if (!reply_) throw Error("the provider of " MORTISE_DATABASE_SERVICE " did not run the transaction");
        return std::move(*reply_);
    }

private:
    void show(mortise_sql_response& response) {
        response = {};
        if (reply_->kind() == Reply::Kind::file || reply_->kind() == Reply::Kind::later) return;
        shown_.of(*reply_);
        if (reply_->kind() == Reply::Kind::error)
            response.error = &shown_.error;
        else
            response.reply = &shown_.whole;
    }

    const DatabaseLink& link_;
    Body& body_;
    std::optional<Reply> reply_;
    ReplySender::Shown shown_;
    BodyOutcome outcome_;
};

} // namespace detail
} // namespace v1
} // namespace mortise
