// SPDX-License-Identifier: Apache-2.0
#include "host/dependency_order.hpp"

#include "base/suggest.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

enum class Mark : unsigned char { fresh, open, done };

class Walk {
public:
    Walk(std::span<const DependencyNode> nodes, DependencyOrder& result)
        : nodes_(nodes), result_(result), marks_(nodes.size(), Mark::fresh) {}

    void visit(std::size_t node) {
        if (marks_[node] == Mark::done) return;
        if (marks_[node] == Mark::open) {
            reportCycle(node);
            return;
        }
        marks_[node] = Mark::open;
        path_.push_back(node);
        for (const auto* services : {&nodes_[node].required, &nodes_[node].optional})
            for (const std::string& service : *services)
                if (const auto provider = result_.providers.find(service);
                    provider != result_.providers.end() && provider->second != node)
                    visit(provider->second);
        path_.pop_back();
        marks_[node] = Mark::done;
        result_.order.push_back(node);
    }

private:
    void reportCycle(std::size_t node) {
        const auto first = std::find(path_.begin(), path_.end(), node);
        std::string circle;
        for (auto at = first; at != path_.end(); ++at) circle += "'" + nodes_[*at].name + "' needs ";
        result_.failures.push_back(
            {"plugins need each other in a circle: " + circle + "'" + nodes_[node].name + "'; disable one of them",
             {first, path_.end()}});
    }

    std::span<const DependencyNode> nodes_;
    DependencyOrder& result_;
    std::vector<Mark> marks_;
    std::vector<std::size_t> path_;
};

} // namespace

DependencyOrder orderByDependency(std::span<const DependencyNode> nodes, const Elsewhere::Plugins& elsewhere) {
    DependencyOrder result;
    std::map<std::string, std::size_t> ids;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto [other, fresh] = ids.emplace(nodes[i].id, i);
        if (fresh || nodes[i].id.empty() || nodes[other->second].file == nodes[i].file) continue;
        result.failures.push_back({"plugins '" + nodes[other->second].name + "' (" + nodes[other->second].file +
                                       ") and '" + nodes[i].name + "' (" + nodes[i].file + ") both are '" +
                                       nodes[i].id + "'; disable one of them, or give both the same file",
                                   {i}});
    }
    for (std::size_t i = 0; i < nodes.size(); ++i)
        for (const std::string& service : nodes[i].provides) {
            const auto [other, fresh] = result.providers.emplace(service, i);
            if (fresh) continue;
            result.failures.push_back({"plugins '" + nodes[other->second].name + "' and '" + nodes[i].name +
                                           "' both provide '" + service + "'; disable one of them",
                                       {i}});
        }
    std::map<std::string, std::size_t> definers;
    for (std::size_t i = 0; i < nodes.size(); ++i)
        for (const std::string& point : nodes[i].defines) {
            definers.emplace(point, i);
            const auto provider = result.providers.find(point);
            if (provider == result.providers.end()) continue;
            result.failures.push_back({"'" + point + "' is a service of plugin '" + nodes[provider->second].name +
                                           "' and an extension point of plugin '" + nodes[i].name +
                                           "': an id is one of the two",
                                       {i}});
        }
    for (std::size_t i = 0; i < nodes.size(); ++i)
        for (const std::string& service : nodes[i].required) {
            if (result.providers.contains(service) || definers.contains(service)) continue;
            std::string sentence =
                "plugin '" + nodes[i].name + "' requires '" + service + "', which no enabled plugin provides";
            if (elsewhere.contains(service)) {
                sentence += hintAt(elsewhere, service);
            } else {
                std::vector<std::string> names;
                for (const auto& [known, provider] : result.providers) names.push_back(known);
                for (const auto& [known, definer] : definers) names.push_back(known);
                for (const auto& [known, provider] : elsewhere) names.push_back(known);
                if (const auto near = base::nearest(service, names))
                    sentence += "; the nearest that is known is '" + *near + "'";
            }
            result.failures.push_back({std::move(sentence), {i}, true});
        }
    Walk walk(nodes, result);
    for (std::size_t i = 0; i < nodes.size(); ++i) walk.visit(i);
    return result;
}

} // namespace mortise::host
