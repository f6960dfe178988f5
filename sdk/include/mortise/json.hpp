// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/decode.hpp>
#include <mortise/detail/checks.hpp>
#include <mortise/detail/counted.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>
#include <mortise/issues.hpp>
#include <mortise/plugin_base.hpp>
#include <mortise/schema.hpp>
#include <mortise/service/json.h>

#include <exception>
#include <optional>
#include <string>
#include <vector>

namespace mortise {
inline namespace v1 {

// A compiled schema; safe on any thread. Must not outlive the plugin.
class JsonSchema {
public:
    JsonSchema() = default;
    explicit operator bool() const noexcept { return schema_ != nullptr; }
    const mortise_json_schema* raw() const noexcept { return schema_ ? schema_->get() : nullptr; }

private:
    friend class Json;
    detail::Shared<detail::HostHandle<mortise_json_schema>> schema_;
};

// mortise.json/1: the host's parser and its one validator, for text that did not come as a request's body. Any thread.
class Json {
public:
    explicit Json(const detail::Runtime& runtime) noexcept
        : service_(detail::resolve<mortise_json_table>(runtime.host, MORTISE_JSON_SERVICE)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(service_); }

    // Throws Invalid with the JSON pointer of the fault.
    JsonSchema schema(std::string_view text) const {
        if (service_.table.schema_make == nullptr || service_.table.schema_free == nullptr)
            throw Absent(MORTISE_JSON_SERVICE);
        detail::ErrorText error;
        mortise_json_schema* made = nullptr;
        detail::raise(service_.table.schema_make(service_.self, view(text), &made, error.raw()), "schema", error);
        JsonSchema schema;
        schema.schema_ = detail::Shared<detail::HostHandle<mortise_json_schema>>::make(made, service_.table.schema_free,
                                                                                       service_.self);
        return schema;
    }
    template<class T>
    JsonSchema schemaFor() const {
        return schema(schemaOf<T>());
    }

    // Parses, checks against the schema of T, decodes and runs T's own checks; nothing when the text does not pass,
    // with the reason in `why`. Compiles the schema at each call: where speed matters keep one from schemaFor() and
    // hand it over.
    template<class T>
    std::optional<T> parse(std::string_view text, std::string* why = nullptr) const {
        return parse<T>(text, schemaFor<T>(), why);
    }
    template<class T>
    std::optional<T> parse(std::string_view text, const JsonSchema& schema, std::string* why = nullptr) const {
        std::optional<T> result(std::in_place);
        bool fits = true;
        if (!visit(
                text, schema, [&](const mortise_json_tape& tape) { fits = decodeJson(tape, *result); }, why))
            return std::nullopt;
        if (!fits) {
            if (why != nullptr) *why = "a value does not fit its member";
            return std::nullopt;
        }
        Issues issues;
        detail::checkValue<detail::MemberNames>(*result, issues);
        if (!issues.empty()) {
            const Detail& first = issues.details().front();
            if (why != nullptr) *why = "'" + first.path + "' " + first.message;
            return std::nullopt;
        }
        return result;
    }
    // Parses and calls use(tape) unless the text does not pass. `schema` may be empty: any JSON.
    template<class Use>
    bool visit(std::string_view text, const JsonSchema& schema, Use&& use, std::string* why = nullptr) const {
        if (service_.table.parse == nullptr) throw Absent(MORTISE_JSON_SERVICE);
        Visit<std::remove_reference_t<Use>> visit{&use, nullptr};
        detail::ErrorText error;
        const mortise_status status =
            service_.table.parse(service_.self, view(text), schema.raw(), &visit.call, &visit, error.raw());
        if (visit.failure) std::rethrow_exception(visit.failure);
        const mortise_status known = detail::peerStatus(status, MORTISE_INVALID);
        if (known == MORTISE_OK) return true;
        if (known != MORTISE_INVALID) detail::raise(known, "parse", error);
        if (why != nullptr) why->assign(error.text());
        return false;
    }

    // Checks a tape that is there already as a part of a request is checked, "body", "query", "path", "header" or
    // "cookie", and calls use(tape) with what passed, defaults filled in. What did not pass is added to `details`, and
    // `use` was not called. `schema` may be empty: any JSON. Throws Invalid for a tape that is none.
    template<class Use>
    bool check(const mortise_json_tape& tape, const JsonSchema& schema, std::string_view in,
               std::vector<Detail>& details, Use&& use) const {
        if (service_.table.check == nullptr) throw Absent(MORTISE_JSON_SERVICE);
        Check<std::remove_reference_t<Use>> check{{&use, nullptr}, &details, details.size(), nullptr};
        const mortise_status status =
            service_.table.check(service_.self, &tape, schema.raw(), view(in), &check.addDetail, &check.call, &check);
        if (check.failure) std::rethrow_exception(check.failure);
        const mortise_status known = detail::peerStatus(status, MORTISE_INVALID);
        if (known == MORTISE_OK) return true;
        if (known != MORTISE_INVALID || details.size() == check.before) detail::raise(known, "check");
        return false;
    }

private:
    template<class Use>
    struct Visit {
        Use* use;
        std::exception_ptr failure;
        static void call(void* context, const mortise_json_tape* tape) {
            auto& self = *static_cast<Visit*>(context);
            try {
                (*self.use)(*tape);
            } catch (...) {
                self.failure = std::current_exception();
            }
        }
    };

    template<class Use>
    struct Check {
        Visit<Use> visit;
        std::vector<Detail>* details;
        std::size_t before;
        std::exception_ptr failure;
        static void call(void* context, const mortise_json_tape* tape) {
            auto& self = *static_cast<Check*>(context);
            Visit<Use>::call(&self.visit, tape);
            self.failure = self.visit.failure;
        }
        static void addDetail(void* context, const mortise_error_detail* detail) {
            auto& self = *static_cast<Check*>(context);
            try {
                self.details->push_back({std::string(text(detail->in)), std::string(text(detail->path)),
                                         std::string(text(detail->code)), std::string(text(detail->message))});
            } catch (...) {
                self.failure = std::current_exception();
            }
        }
    };

    detail::Service<mortise_json_table> service_;
};

inline Json PluginBase::json() const noexcept {
    return Json(runtime_);
}

} // namespace v1
} // namespace mortise
