// SPDX-License-Identifier: Apache-2.0
#include "application/server_settings.hpp"

#include "base/affinity.hpp"
#include "base/text.hpp"
#include "dispatch/exchange_table.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

namespace mortise::application {

namespace {

using base::Code;
using config::Section;

class Reader {
public:
    Reader(ServerSettings& settings, base::Diagnostics& diagnostics)
        : out_(settings), section_(settings.section), diagnostics_(diagnostics) {}

    void read() {
        readListeners();
        readProxies();
        readFolders();
        readLimits();
        readThreads();
        checkOrders();
    }

private:
    void fault(const char* key, const std::string& message) {
        diagnostics_.error(Code::badValue, section_.at(key).origin, "server." + std::string(key) + ": " + message);
    }
    std::size_t count(const char* key) const { return static_cast<std::size_t>(section_.integer(key)); }
    std::size_t size(const char* key) const { return static_cast<std::size_t>(section_.size(key)); }
    std::uint64_t time(const char* key) const { return static_cast<std::uint64_t>(section_.duration(key).count()); }

    void readListeners() {
        std::map<std::string, std::string> seen; // what is bound -> the entry
        for (const std::string& entry : section_.list("listen")) {
            const std::string quoted = "'" + base::printable(entry) + "'";
            if (base::lowerAscii(entry).starts_with("https://")) {
                fault("listen", quoted +
                                    ": TLS is not available yet; listen on plain address:port and let a proxy in front "
                                    "(nginx, HAProxy) end TLS");
                continue;
            }
            std::string why;
            std::optional<http::ListenAddress> address = http::ListenAddress::parse(entry, why);
            if (!address) {
                fault("listen", std::string(quoted).append(": ").append(why));
                continue;
            }
            const auto [known, isNew] = seen.emplace(boundTo(*address), entry);
            if (!isNew && !isAnyPort(*address)) {
                fault("listen", quoted + " is the same as '" + base::printable(known->second) + "' before it");
                continue;
            }
            out_.listen.push_back(*std::move(address));
        }
        out_.listenOptions.backlog = static_cast<int>(section_.integer("backlog"));
        out_.listenOptions.reuse_port = section_.boolean("reuse_port");
        const std::string& mode = section_.text("unix_mode");
        unsigned value = 0;
        const auto [end, error] = std::from_chars(mode.data(), mode.data() + mode.size(), value, 8);
        if (error != std::errc() || end != mode.data() + mode.size() || value > 0777) {
            fault("unix_mode", "'" + base::printable(mode) + "' is no mode in octal, such as 0660");
        }
        out_.listenOptions.unix_mode = value;
    }

    static bool isAnyPort(const http::ListenAddress& address) {
        return address.kind == http::ListenAddress::Kind::tcp && address.port == 0;
    }

    static std::string boundTo(const http::ListenAddress& address) {
        switch (address.kind) {
        case http::ListenAddress::Kind::local:
            return "unix:" + std::filesystem::path(address.path).lexically_normal().string();
        case http::ListenAddress::Kind::inherited:
            return "fd:" + std::to_string(address.fd);
        case http::ListenAddress::Kind::tcp:
            break;
        }
        return base::lowerAscii(address.host) + '|' + std::to_string(address.port);
    }

    void readProxies() {
        for (const std::string& network : section_.list("trusted_proxies")) {
            if (out_.http.trusted_proxies.add(network)) continue;
            fault("trusted_proxies",
                  "'" + base::printable(network) +
                      "' is neither an address nor a network such as 10.0.0.0/8 (no bits set behind the "
                      "prefix), nor loopback or unix");
        }
        const std::string& header = section_.text("forwarded_header");
        out_.http.forwarded_header = header == "forwarded"         ? http::ForwardedHeader::forwarded
                                     : header == "x-forwarded-for" ? http::ForwardedHeader::xForwardedFor
                                                                   : http::ForwardedHeader::either;
        out_.http.client_ipv6_prefix = static_cast<unsigned>(count("client_ipv6_prefix"));
        out_.http.proxy_fault_reports = count("proxy_fault_reports");
    }

    void readFolders() {
        const auto folder = [this](const char* key, const std::string& byDefault) {
            const std::filesystem::path path = section_.text(key);
            return path.empty() ? byDefault : path.lexically_normal().string();
        };
        host::RuntimeSettings& runtime = out_.runtime;
        runtime.stateDirectory = folder("state_directory", {});
        runtime.cacheDirectory = folder("cache_directory", {});
        const std::filesystem::path state = runtime.stateDirectory;
        runtime.runtimeDirectory = folder("runtime_directory", state / "run");
        runtime.uploads.directory = folder("upload_directory", state / "uploads");
    }

    void readLimits() {
        http::Limits& limits = out_.http.limits;
        limits.request_line_bytes = size("max_request_line");
        limits.header_bytes = size("max_header_size");
        limits.header_fields = count("max_header_count");
        limits.header_timeout_ms = time("header_timeout");
        limits.body_bytes = size("max_body_size");
        limits.body_timeout_ms = time("body_timeout");
        limits.body_bytes_per_second = size("body_min_rate");
        limits.body_timeout_max_ms = time("body_max_time");
        limits.buffered_body_bytes = size("max_buffered_bodies");
        limits.chunk_line_bytes = size("max_chunk_line");
        limits.trailer_bytes = size("max_trailer_size");
        limits.write_timeout_ms = time("write_timeout");
        limits.output_high_bytes = size("max_output_size");
        limits.idle_timeout_ms = time("idle_timeout");
        limits.max_requests = count("max_requests_per_connection");
        limits.drain_bytes = size("max_drain_size");
        limits.linger_timeout_ms = time("linger_timeout");
        limits.linger_bytes = size("max_linger_size");
        limits.max_connections = count("max_connections");
        limits.max_connections_per_address = count("max_connections_per_address");
        host::UploadLimits& uploads = out_.serving.uploads;
        uploads.fieldBytes = size("max_form_size");
        uploads.parts = count("max_parts");
        uploads.partHeadBytes = size("max_part_header");
        uploads.files = count("max_files");
        uploads.fileBytes = size("max_file_size");
        out_.runtime.uploads.space = size("max_upload_space");
        out_.serving.maxJsonDepth = static_cast<std::uint32_t>(section_.integer("max_json_depth"));
        out_.serving.maxJsonValues = static_cast<std::uint32_t>(section_.integer("max_json_values"));
        out_.serving.rejectUnknown = section_.text("unknown_members") == "reject";
        out_.serving.requestTimeout = section_.duration("request_timeout");
        out_.serving.handlerTimeout = section_.duration("handler_timeout");
        // Whoever gives one turn more time means the request, too.
        if (section_.at("request_timeout").isDefault)
            out_.serving.requestTimeout = std::max(out_.serving.requestTimeout, out_.serving.handlerTimeout);
        out_.serving.maxOrphans = static_cast<std::uint32_t>(count("max_orphans"));
        out_.serving.filterOrder = section_.list("filter_order");
    }

    void readThreads() {
        const std::size_t cores = base::usableCores();
        const auto orElse = [](std::size_t chosen, std::size_t byItself) { return chosen == 0 ? byItself : chosen; };
        out_.maximumCommands = count("maximum_commands");
        out_.loops = std::min(orElse(count("loops"), cores), std::size_t{dispatch::ExchangeTable::maxLoops});
        host::RuntimeSettings& runtime = out_.runtime;
        runtime.development = section_.text("mode") == "development";
        runtime.traceIds = section_.boolean("log_trace_ids");
        runtime.controlTimeout = section_.duration("control_timeout");
        runtime.migrationTimeout = section_.duration("migration_timeout");
        runtime.writeTimeout = section_.duration("write_timeout");
        runtime.retryAfterSeconds = (time("retry_after") + 999) / 1000;
        out_.serving.retryAfterSeconds = runtime.retryAfterSeconds;
        out_.serving.development = runtime.development;
        runtime.workers.threads = count("workers");
        runtime.workers.queueLimit = count("worker_queue");
        runtime.uploadWorkers.threads = count("upload_workers");
        runtime.uploadWorkers.queueLimit = count("worker_queue");
        runtime.hashing.threads = orElse(count("hashing_workers"), std::max<std::size_t>(1, cores / 2));
        runtime.hashing.queueLimit = count("hashing_queue");
        runtime.hashing.backgroundThreads =
            std::min(orElse(count("hashing_batch_workers"), std::max<std::size_t>(1, runtime.hashing.threads / 2)),
                     runtime.hashing.threads);
        runtime.hashing.backgroundQueueLimit = count("hashing_batch_queue");
        runtime.hashing.niceness = static_cast<int>(section_.integer("hashing_niceness"));
        out_.runtime.passwordCosts.usual = static_cast<std::uint32_t>(section_.integer("password_cost"));
        out_.runtime.passwordCosts.limit = static_cast<std::uint32_t>(section_.integer("password_cost_limit"));
        notMore("password_cost", "password_cost_limit", out_.runtime.passwordCosts.usual,
                out_.runtime.passwordCosts.limit);
        out_.watchdog.late = section_.duration("loop_stall_warning");
        out_.watchdog.period =
            std::clamp(out_.watchdog.late / 2, std::chrono::milliseconds(5), std::chrono::milliseconds(50));
        out_.watchdog.fatal = section_.duration("watchdog_timeout");
        out_.verifyTimeout = section_.duration("verify_timeout");
        out_.drainTimeout = section_.duration("drain_timeout");
        out_.shutdownTimeout = section_.duration("shutdown_timeout");
    }

    // Of two settings that contradict each other a default gives way; one that was set is a fault.
    template<class Number>
    void notMore(const char* lower, const char* upper, Number& small, Number large) {
        if (small <= large) return;
        if (section_.at(lower).isDefault) {
            small = large;
            return;
        }
        fault(lower, section_.at(lower).text + " is more than server." + upper + " (" + section_.at(upper).text + ")");
    }

    void checkOrders() {
        http::Limits& limits = out_.http.limits;
        notMore("body_timeout", "body_max_time", limits.body_timeout_ms, limits.body_timeout_max_ms);
        notMore("max_body_size", "max_buffered_bodies", limits.body_bytes, limits.buffered_body_bytes);
        notMore("max_form_size", "max_buffered_bodies", out_.serving.uploads.fieldBytes, limits.buffered_body_bytes);
        notMore("max_connections_per_address", "max_connections", limits.max_connections_per_address,
                limits.max_connections);
        notMore("drain_timeout", "shutdown_timeout", out_.drainTimeout, out_.shutdownTimeout);
        notMore("loop_stall_warning", "watchdog_timeout", out_.watchdog.late,
                out_.watchdog.fatal - std::chrono::milliseconds(1));
    }

    ServerSettings& out_;
    const Section& section_;
    base::Diagnostics& diagnostics_;
};

} // namespace

ServerSettings readServerSettings(const config::Settings& settings, base::Diagnostics& diagnostics) {
    ServerSettings out(settings.at("server"));
    out.runtime.configurationFolder = settings.folder();
    Reader(out, diagnostics).read();
    return out;
}

} // namespace mortise::application
