// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/parser.hpp"

#include <mortise/service/graphql.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::test {

// A call of the provider of GraphQL, for tests of contributions: it keeps what functions write and shows it as text.
// What functions own is released with it.
class FakeGraphQlCall : public mortise_graphql_call {
public:
    FakeGraphQlCall() : mortise_graphql_call{} {
        table_.struct_size = sizeof table_;
        table_.begin_list = [](const mortise_graphql_call* call, std::uint32_t place) -> mortise_status {
            FakeGraphQlCall& self = of(call);
            if (self.open_.empty() && place >= self.count) return MORTISE_INVALID;
            if (self.open_.empty())
                self.open_.push_back(&self.lists_[place]);
            else
                self.open_.push_back(self.open_.back());
            *self.open_.back() += '[';
            return MORTISE_OK;
        };
        table_.add = [](const mortise_graphql_call* call, const mortise_graphql_cell* added,
                        std::uint32_t number) -> mortise_status {
            FakeGraphQlCall& self = of(call);
            if (self.open_.empty()) return MORTISE_INVALID;
            for (std::uint32_t i = 0; i < number; ++i) {
                self.items.push_back(added[i]);
                *self.open_.back() += shown(added[i]) + ',';
            }
            return MORTISE_OK;
        };
        table_.end_list = [](const mortise_graphql_call* call) -> mortise_status {
            FakeGraphQlCall& self = of(call);
            if (self.open_.empty()) return MORTISE_INVALID;
            std::string& list = *self.open_.back();
            if (list.back() == ',') list.pop_back();
            list += ']';
            self.open_.pop_back();
            if (!self.open_.empty()) list += ',';
            return MORTISE_OK;
        };
        table_.fail = [](const mortise_graphql_call* call, std::uint32_t place,
                         const mortise_error_reply* error) -> mortise_status {
            std::string text = std::to_string(error->status) + " " + textOf(error->message);
            if (error->code.size != 0) text += " (" + textOf(error->code) + ")";
            for (std::uint32_t i = 0; i < error->detail_count; ++i)
                text += "; " + textOf(error->details[i].in) + " " + textOf(error->details[i].path) + " " +
                        textOf(error->details[i].code) + " " + textOf(error->details[i].message);
            FakeGraphQlCall& self = of(call);
            if (place != UINT32_MAX && place >= self.count) return MORTISE_INVALID;
            for (std::uint32_t i = 0; i < self.count; ++i)
                if (place == i || place == UINT32_MAX) self.failures[i] = text;
            return MORTISE_OK;
        };
        table_.keep_text = [](const mortise_graphql_call* call, mortise_view text) -> mortise_view {
            FakeGraphQlCall& self = of(call);
            if (self.isFull) return {};
            const std::string& kept = self.texts_.emplace_back(textOf(text));
            return {kept.data(), kept.size()};
        };
        table_.own = [](const mortise_graphql_call* call, void* object, void (*release)(void*)) -> mortise_status {
            FakeGraphQlCall& self = of(call);
            if (self.isFull) return MORTISE_BUSY;
            self.owned_.emplace_back(object, release);
            return MORTISE_OK;
        };
        table_.complete = [](const mortise_graphql_call* call, mortise_status outcome) {
            of(call).completions.push_back(outcome);
        };
        struct_size = sizeof(mortise_graphql_call);
        table = &table_;
        state = &state_;
        setParents({0});
    }
    FakeGraphQlCall(const FakeGraphQlCall&) = delete;
    FakeGraphQlCall& operator=(const FakeGraphQlCall&) = delete;
    ~FakeGraphQlCall() {
        for (const auto& [object, release] : owned_) release(object);
    }

    void setParents(std::vector<std::uint64_t> handles) {
        parents_ = std::move(handles);
        resize(parents_.size());
        parents = parents_.data();
    }
    void setKeys(std::vector<std::string> texts) {
        keyTexts_ = std::move(texts);
        keys_.clear();
        for (const std::string& one : keyTexts_) keys_.push_back({one.data(), one.size()});
        resize(keys_.size());
        keys = keys_.data();
    }
    void setSelected(std::vector<std::string> names) {
        selectedTexts_ = std::move(names);
        selected_.clear();
        for (const std::string& one : selectedTexts_) selected_.push_back({one.data(), one.size()});
        selected = selected_.data();
        selected_count = static_cast<std::uint32_t>(selected_.size());
    }
    void setCaller(std::string id) {
        callerId_ = std::move(id);
        principal_ = {};
        principal_.struct_size = sizeof principal_;
        principal_.id = {callerId_.data(), callerId_.size()};
        principal = &principal_;
    }
    // JSON text; as the arguments, and as what passed the next check.
    void setArguments(std::string json) { arguments = &tapeOf(std::move(json)); }
    void addChecked(std::string json) {
        checked_.push_back(&tapeOf(std::move(json)));
        checked = checked_.data();
    }

    // A provider that is older.
    void cutTable(std::size_t size) { table_.struct_size = static_cast<std::uint32_t>(size); }

    // "1", "text", "null", "object", a list in brackets, or "!" with the failure.
    std::string value(std::size_t place = 0) const {
        if (!failures[place].empty()) return "!" + failures[place];
        return lists_[place].empty() ? shown(cells_[place]) : lists_[place];
    }
    const mortise_graphql_cell& cell(std::size_t place = 0) const { return cells_[place]; }
    bool hasOwned() const { return !owned_.empty(); }

    std::vector<mortise_graphql_cell> items; // of all lists
    std::vector<std::string> failures;       // by place
    std::vector<mortise_status> completions;
    bool isFull = false;

private:
    struct Document {
        std::string text;
        json::Tape tape;
        mortise_json_tape view;
    };

    static FakeGraphQlCall& of(const mortise_graphql_call* call) {
        return *const_cast<FakeGraphQlCall*>(static_cast<const FakeGraphQlCall*>(call));
    }
    static std::string textOf(mortise_view view) { return {view.data, static_cast<std::size_t>(view.size)}; }
    static std::string shown(const mortise_graphql_cell& cell) {
        const std::string_view text(cell.value.text, cell.size);
        switch (cell.kind) {
        case MORTISE_GRAPHQL_NULL:
            return "null";
        case MORTISE_GRAPHQL_BOOLEAN:
            return cell.value.integer != 0 ? "true" : "false";
        case MORTISE_GRAPHQL_INTEGER:
            return std::to_string(cell.value.integer);
        case MORTISE_GRAPHQL_NUMBER:
            return std::to_string(cell.value.number);
        case MORTISE_GRAPHQL_TEXT:
            return '"' + std::string(text) + '"';
        case MORTISE_GRAPHQL_JSON:
            return "json " + std::string(text);
        case MORTISE_GRAPHQL_KEY:
            return "key " + std::string(text);
        default:
            return "object" + (cell.size == 0 ? std::string() : std::to_string(cell.size));
        }
    }
    void resize(std::size_t size) {
        cells_.assign(size, mortise_graphql_cell{});
        lists_.assign(size, std::string());
        failures.assign(size, std::string());
        cells = cells_.data();
        count = static_cast<std::uint32_t>(size);
    }
    const mortise_json_tape& tapeOf(std::string text) {
        Document& made = documents_.emplace_back();
        made.text = std::move(text);
        if (json::parse(made.text, made.tape)) throw std::runtime_error("bad arguments: " + made.text);
        made.view = made.tape.view();
        return made.view;
    }

    mortise_graphql_call_table table_{};
    void* state_ = nullptr;
    std::vector<std::uint64_t> parents_;
    std::vector<std::string> keyTexts_, selectedTexts_;
    std::vector<mortise_view> keys_, selected_;
    std::string callerId_;
    mortise_principal principal_{};
    std::deque<Document> documents_;
    std::vector<const mortise_json_tape*> checked_;
    std::vector<mortise_graphql_cell> cells_;
    std::vector<std::string> lists_;
    std::vector<std::string*> open_;
    std::deque<std::string> texts_;
    std::vector<std::pair<void*, void (*)(void*)>> owned_;
};

} // namespace mortise::test
