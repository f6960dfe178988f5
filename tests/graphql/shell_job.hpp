// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"
#include "schema/schema.hpp"

#include <Poco/JSON/Object.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql::shell {

// Schemas by their SDL, each built once. A job that names none means that of the one before.
class Schemas {
public:
    struct Entry {
        std::string sdl;
        std::optional<Schema> schema;
        std::vector<Error> errors;
    };

    // By the member `schema`.
    const Entry& of(const Poco::JSON::Object& asked);

private:
    std::map<std::string, std::unique_ptr<const Entry>> entries_;
    const Entry* last_ = nullptr;
};

// One kind of job: what it is asked, and what it says.
using Job = std::function<Poco::JSON::Object::Ptr(const Poco::JSON::Object& asked, Schemas& schemas)>;

// Every file of jobs/ defines one; engine_shell.cpp lists them.
Poco::JSON::Object::Ptr runValidate(const Poco::JSON::Object& asked, Schemas& schemas);
Poco::JSON::Object::Ptr runPrintSchema(const Poco::JSON::Object& asked, Schemas& schemas);
Poco::JSON::Object::Ptr runCoerce(const Poco::JSON::Object& asked, Schemas& schemas);
Poco::JSON::Object::Ptr runExecute(const Poco::JSON::Object& asked, Schemas& schemas);
Poco::JSON::Object::Ptr runParse(const Poco::JSON::Object& asked, Schemas& schemas);

// `[{"message": …, "kind": …, "locations": [{"line": …, "column": …}], "path": […]}]`, as graphql-js writes them;
// `kind` is ErrorKind's name. `source` is what the offsets are of.
Poco::JSON::Array::Ptr errorsOf(const std::vector<Error>& errors, std::string_view source);

} // namespace mortise::graphql::shell
