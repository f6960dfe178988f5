// SPDX-License-Identifier: Apache-2.0
// Typed queries beside the same statements written by hand: at most 1.2 times their CPU time.
#include "typed_queries_fixture.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace typed_queries {
namespace {

constexpr double bound = 1.2;
constexpr int rounds = 15;
constexpr int attempts = 3; // another process may have had the caches

double cpuNanoseconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

template<class Call>
double cost(int count, Call&& call) {
    const double began = cpuNanoseconds();
    for (int i = 0; i < count; ++i) call(i);
    return (cpuNanoseconds() - began) / count;
}

double median(std::vector<double> all) {
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
    return all[all.size() / 2];
}

class Bench : public TypedQueriesFixture {
public:
    bool run() {
        setUp();
        prepare();
        const bool reads = compareReads();
        return db.transact([&](mortise::Transaction& transaction) { return compareWrites(transaction); }) && reads;
    }

private:
    void prepare() {
        db.transact([&](mortise::Transaction& transaction) {
            for (int i = 0; i < 1000; ++i) {
                User user;
                user.id = std::to_string(1000000 + i);
                user.email = user.id + "@example.com";
                user.score = 2;
                transaction.insert(users, user);
                ids_.push_back(user.id);
            }
        });
        byId_ = db.statement("SELECT id, email, nickname, score, created_at, updated_at FROM blog_users WHERE id = ?");
        page_ =
            db.statement("SELECT id, email, nickname, score, created_at, updated_at FROM blog_users WHERE score >= ? "
                         "AND id > ? ORDER BY id LIMIT ?");
        insert_ = db.statement("INSERT INTO blog_comments (number, post_id, text) VALUES (?, ?, ?)");
        rename_ = db.statement("UPDATE blog_users SET nickname = ?, updated_at = ? WHERE id = ?");
    }

    bool compareReads() {
        const bool finds = compare(
            "one row by its key", 2000, [&](int i) { need(db.readOne<User>(byId_, mortise::bind(id(i))).has_value()); },
            [&](int i) { need(db.select(users).find(id(i)).has_value()); });
        const bool pages = compare(
            "a page of 20", 200,
            [&](int i) { need(db.readAll<User>(page_, mortise::bind(1.0, id(i % 500), 20)).size() == 20); },
            [&](int i) {
                need(db.select(users)
                         .where(users.score >= 1.0)
                         .orderBy(users.id)
                         .after(id(i % 500))
                         .limit(20)
                         .all()
                         .size() == 20);
            });
        return finds && pages;
    }

    bool compareWrites(mortise::Transaction& transaction) {
        const Post post = [&] {
            Post made;
            made.authorId = id(0);
            return transaction.insert<Post>(posts, made);
        }();
        std::int64_t number = 0;
        const bool inserts = compare(
            "an insert", 1000,
            [&](int) { transaction.execute(insert_, mortise::bind(++number, post.id, std::string_view("text"))); },
            [&](int) {
                transaction.insert(comments, Comment{++number, post.id, "text"});
            });
        const bool updates = compare(
            "an update", 1000,
            [&](int i) { transaction.execute(rename_, mortise::bind(id(i), mortise::DateTime::now(), id(i))); },
            [&](int i) { transaction.update(users).where(users.id == id(i)).set(users.nickname = id(i)); });
        return inserts && updates;
    }

    template<class ByHand, class Typed>
    static bool compare(const char* name, int count, ByHand&& byHand, Typed&& typed) {
        double ratio = 0;
        for (int attempt = 0; attempt < attempts; ++attempt) {
            std::vector<double> ratios;
            std::vector<double> hand;
            for (int round = 0; round < rounds; ++round) {
                hand.push_back(cost(count, byHand));
                ratios.push_back(cost(count, typed) / hand.back());
            }
            ratio = median(ratios);
            std::printf("%-20s %8.0f ns by hand, typed %.2f times that (at most %.1f)\n", name, median(hand), ratio,
                        bound);
            if (ratio <= bound) return true;
        }
        return false;
    }
    static void need(bool holds) {
        if (!holds) throw mortise::Error("a query found something else");
    }
    const std::string& id(int i) const { return ids_[static_cast<std::size_t>(i) % ids_.size()]; }

    std::vector<std::string> ids_;
    mortise::Statement byId_, page_, insert_, rename_;
};

} // namespace
} // namespace typed_queries

int main() {
    typed_queries::Bench bench;
    bool holds = false;
    try {
        holds = bench.run();
    } catch (const mortise::Error& error) {
        std::printf("%s\n", error.what());
    }
    bench.tearDown();
    return holds ? 0 : 1;
}
