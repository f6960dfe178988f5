// SPDX-License-Identifier: Apache-2.0
// Does the jobs of its standard input, one a line of JSON, and writes a line of JSON for each.
#include "shell_job.hpp"

#include "schema/sdl_reader.hpp"

#include <Poco/JSON/Parser.h>

#include <exception>
#include <iostream>

namespace mortise::graphql::shell {

const Schemas::Entry& Schemas::of(const Poco::JSON::Object& asked) {
    if (!asked.has("schema") && last_ != nullptr) return *last_;
    const auto sdl = asked.getValue<std::string>("schema");
    auto& entry = entries_[sdl];
    if (!entry) {
        SchemaResult result = schemaFromSdl(sdl);
        entry = std::make_unique<const Entry>(Entry{sdl, std::move(result.schema), std::move(result.errors)});
    }
    last_ = entry.get();
    return *last_;
}

} // namespace mortise::graphql::shell

int main() {
    namespace shell = mortise::graphql::shell;
    const std::map<std::string, shell::Job> jobs{
        {"coerce", shell::runCoerce},     {"execute", shell::runExecute},
        {"parse", shell::runParse},       {"print_schema", shell::runPrintSchema},
        {"validate", shell::runValidate},
    };
    shell::Schemas schemas;
    std::string line;
    try {
        while (std::getline(std::cin, line)) {
            Poco::JSON::Parser parser;
            parser.setDepth(10'000);
            const auto asked = parser.parse(line).extract<Poco::JSON::Object::Ptr>();
            const auto job = jobs.find(asked->getValue<std::string>("job"));
            if (job == jobs.end()) {
                std::cerr << "no such job: " << line << '\n';
                return 1;
            }
            job->second(*asked, schemas)->stringify(std::cout);
            std::cout << '\n';
        }
    } catch (const std::exception& error) {
        std::cerr << error.what() << ": " << line << '\n';
        return 1;
    }
    return 0;
}
