// SPDX-License-Identifier: Apache-2.0
// Times the GraphQL engine as peer.mjs times graphql-js and graphql-jit: reads "prepare N", "execute N" or "serve N"
// lines, does that N times and writes the nanoseconds that one took. "text" writes the response that is timed.
#include "execution/engine.hpp"
#include "execution/execution.hpp"
#include "execution/field_resolver.hpp"
#include "schema/sdl_reader.hpp"

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

namespace {

using namespace mortise::graphql;

struct User {
    std::int64_t id;
    std::string name;
    std::string email;
};

// Rows that are in memory already: the handle is the row's address.
template<typename Member>
class Column final : public FieldResolver {
public:
    explicit Column(Member member) : member_(member) {}

    Progress resolve(Batch& batch) const override {
        const auto parents = batch.parents();
        const auto cells = batch.cells();
        for (std::size_t i = 0; i < cells.size(); ++i)
            cells[i] = cellOf(reinterpret_cast<const User*>(parents[i])->*member_);
        return Progress::done;
    }

private:
    static Cell cellOf(std::int64_t value) { return Cell::ofInteger(value); }
    static Cell cellOf(const std::string& value) { return Cell::ofString(value); }

    Member member_;
};

class TheUser final : public FieldResolver {
public:
    explicit TheUser(const User& user) : user_(user) {}

    Progress resolve(Batch& batch) const override {
        for (Cell& cell : batch.cells()) cell = Cell::ofObject(reinterpret_cast<std::uint64_t>(&user_));
        return Progress::done;
    }

private:
    const User& user_;
};

std::string contents(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

class Bench {
public:
    explicit Bench(const std::string& folder)
        : query_(contents(folder + "/query.graphql")),
          schema_(
              std::make_shared<const Schema>(std::move(*schemaFromSdl(contents(folder + "/schema.graphql")).schema))),
          table_(schema_),
          engine_(schema_, {}),
          cache_(1 << 20),
          execution_(table_, {}, clock_) {
        table_.own("Query", "user", std::make_unique<TheUser>(user_));
        table_.own("User", "id", std::make_unique<Column<std::int64_t User::*>>(&User::id));
        table_.own("User", "name", std::make_unique<Column<std::string User::*>>(&User::name));
        table_.own("User", "email", std::make_unique<Column<std::string User::*>>(&User::email));
        engine_.prepare(cache_, small, {}, {}, request_);
    }

    // Parses, validates and plans the query of 300 bytes, without what was planned before.
    void prepare() {
        cache_.clear();
        engine_.prepare(cache_, query_, {}, {}, prepared_);
        if (prepared_.plan == nullptr) throw std::runtime_error(prepared_.errors.front().message);
    }
    // Executes the small query from its plan, up to the response's text.
    void execute() {
        execution_.start({request_.plan, nullptr, nullptr, 0, std::nullopt});
        bytes += execution_.text().size();
    }
    // The same from the request's text.
    void serve() {
        engine_.prepare(cache_, small, {}, {}, request_);
        execute();
    }
    std::string_view text() const { return execution_.text(); }

    std::size_t bytes = 0;

private:
    static constexpr std::string_view small = "{ user { id name email } }";

    User user_{42, "Ada Lovelace", "ada@example.org"};
    std::string query_;
    std::shared_ptr<const Schema> schema_;
    ResolverTable table_;
    Engine engine_;
    PlanCache cache_;
    Clock clock_;
    Execution execution_;
    PreparedRequest request_;
    PreparedRequest prepared_;
};

template<typename Work>
double nanoseconds(std::uint64_t count, const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < count; ++i) work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return took.count() / static_cast<double>(count);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    Bench bench(argv[1]);
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string what;
        std::uint64_t count = 1;
        words >> what >> count;
        if (what == "prepare") std::cout << nanoseconds(count, [&] { bench.prepare(); }) << std::endl;
        if (what == "execute") std::cout << nanoseconds(count, [&] { bench.execute(); }) << std::endl;
        if (what == "serve") std::cout << nanoseconds(count, [&] { bench.serve(); }) << std::endl;
        if (what == "text") {
            bench.serve();
            std::cout << bench.text() << std::endl;
        }
    }
    return 0;
}
