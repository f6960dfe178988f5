// SPDX-License-Identifier: Apache-2.0
#include "application/server_settings.hpp"

#include <cstdint>
#include <deque>
#include <utility>

namespace mortise::application {

namespace {

using config::SettingSpec;
using config::SettingType;

constexpr std::int64_t KiB = 1024;
constexpr std::int64_t MiB = 1024 * KiB;
constexpr std::int64_t GiB = 1024 * MiB;
constexpr std::int64_t ms = 1;
constexpr std::int64_t s = 1000 * ms;
constexpr std::int64_t h = 3600 * s;

// Collects declarations; the last one can be refined.
class Section {
public:
    SettingSpec& add(const char* key, SettingType type, std::string defaultText, const char* text) {
        SettingSpec spec;
        spec.key = key;
        spec.type = type;
        spec.defaultText = std::move(defaultText);
        spec.text = text;
        specs_.push_back(std::move(spec));
        return specs_.back();
    }
    SettingSpec& ranged(const char* key, SettingType type, const char* defaultText, std::int64_t minimum,
                        std::int64_t maximum, const char* text) {
        SettingSpec& spec = add(key, type, defaultText, text);
        spec.minimum = minimum;
        spec.maximum = maximum;
        return spec;
    }
    SettingSpec& count(const char* key, const char* defaultText, std::int64_t minimum, std::int64_t maximum,
                       const char* text) {
        return ranged(key, SettingType::integer, defaultText, minimum, maximum, text);
    }
    SettingSpec& size(const char* key, const char* defaultText, std::int64_t minimum, std::int64_t maximum,
                      const char* text) {
        return ranged(key, SettingType::size, defaultText, minimum, maximum, text);
    }
    SettingSpec& time(const char* key, const char* defaultText, std::int64_t minimum, std::int64_t maximum,
                      const char* text) {
        SettingSpec& spec = ranged(key, SettingType::duration, defaultText, minimum, maximum, text);
        spec.unit = "s";
        return spec;
    }
    SettingSpec& last() { return specs_.back(); }
    std::vector<SettingSpec> take() { return {specs_.begin(), specs_.end()}; }

private:
    std::deque<SettingSpec> specs_; // references to what was declared stay valid
};

void needsRestart(SettingSpec& spec) {
    spec.reloadable = false;
}

void addPlaces(Section& all, const ServerDefaults& defaults) {
    all.add("listen", SettingType::list, "127.0.0.1:8080",
            "Where to accept connections: address:port, [IPv6]:port, :port for every address, unix:/path, fd:N for an "
            "inherited socket.")
        .minimum = 1;
    all.last().environment = {"PORT"};
    SettingSpec& mode = all.add("mode", SettingType::choice, "production",
                                "In development, an answer 500 tells the cause, and the documentation pages are on.");
    mode.choices = {"production", "development"};
    mode.environment = {"NODE_ENV"};
    needsRestart(mode);
    needsRestart(
        all.add("log_trace_ids", SettingType::boolean, "false",
                "Adds traceId, by which clients and services before this one know a request (W3C Trace Context), "
                "to what plugins log of it."));
    const auto folder = [&](const char* key, const std::string& byDefault, const char* text) {
        SettingSpec& spec = all.add(key, SettingType::path, byDefault, text);
        spec.minLength = 1;
        needsRestart(spec);
    };
    folder("state_directory", defaults.stateDirectory,
           "What must survive a restart: the lock against a second server, databases, generated secrets.");
    needsRestart(all.add("upload_directory", SettingType::path, "",
                         "Where uploaded files lie while their requests are handled; none is uploads in the state "
                         "directory. Of this server alone: what a killed one left there is removed at the start."));
    folder("cache_directory", defaults.cacheDirectory,
           "Private copies of plugin files and the verdicts on them; may be deleted while the server is stopped. Must "
           "allow "
           "executing (no noexec).");
    needsRestart(all.add("runtime_directory", SettingType::path, defaults.runtimeDirectory,
                         "What plugins need while the server runs (sockets); emptied at each start, so of this server "
                         "alone. None is the service manager's ($RUNTIME_DIRECTORY), without one run in the state "
                         "directory."));
    all.add(
        "plugin_directory", SettingType::list, "",
        "Folders that <name>.so is looked for in, in this order; none is lib/mortise/plugins of this installation.");
    all.add(
        "trusted_paths", SettingType::list, "",
        "Paths that are used though others may change them, with all below: volumes whose modes are not yours to set. "
        "Taken from the environment or the command line only.");
    all.add("trusted_proxies", SettingType::list, "",
            "Proxies whose word on their clients is believed: addresses and networks (10.0.0.0/8, unix, loopback), of "
            "X-Forwarded-For with X-Forwarded-Proto, and of Forwarded.");
    all.add("forwarded_header", SettingType::choice, "either",
            "The field that the trusted proxies set, so that clients cannot send the other one through them; either: "
            "whichever is there, and none where two disagree.")
        .choices = {"either", "x-forwarded-for", "forwarded"};
    all.count("client_ipv6_prefix", "56", 32, 64,
              "How much of an IPv6 address tells clients apart, wherever they are counted.")
        .unit = "bits";
    all.count("proxy_fault_reports", "100", 0, 10'000,
              "Faults of proxies that are logged, once for each peer: not trusted, naming no client, or contradicting "
              "themselves. Half are for private networks and trusted proxies; 0 is none.");
    needsRestart(all.count("backlog", "4096", 1, 65535, "Connections that the kernel keeps waiting to be accepted."));
    needsRestart(
        all.add("reuse_port", SettingType::boolean, "false",
                "SO_REUSEPORT: another process of the same user can then take part of the traffic, unnoticed."));
    SettingSpec& unixMode = all.add("unix_mode", SettingType::text, "0660", "Mode of Unix sockets, in octal.");
    unixMode.minLength = 1;
    needsRestart(unixMode);
}

void addThreads(Section& all) {
    SettingSpec& loops = all.count("loops", "0", 0, 256, "Event loops; 0 is one for each core the process may run on.");
    SettingSpec& workers = all.count("workers", "4", 1, 256, "Threads for handlers that may block.");
    SettingSpec& queue =
        all.count("worker_queue", "1024", 1, 1'000'000, "Requests that may wait for a worker; past it 503.");
    SettingSpec& uploads =
        all.count("upload_workers", "2", 1, 256, "Threads that write uploaded files, and that a hung disk may hold.");
    SettingSpec& hashing = all.count("hashing_workers", "0", 0, 256,
                                     "Threads for password hashing; 0 is one for two cores, at least one.");
    SettingSpec& hashingQueue =
        all.count("hashing_queue", "64", 1, 100'000, "Passwords that may wait to be hashed; past it 503.");
    SettingSpec& batches = all.count(
        "hashing_batch_workers", "0", 0, 256,
        "Of hashing_workers, how many may be at passwords that come many at once, and only while no login waits; 0 is "
        "half of them, at least one.");
    SettingSpec& batchQueue = all.count("hashing_batch_queue", "1000", std::int64_t{host::PasswordPool::maximumCount},
                                        100'000, "Such passwords that may wait to be hashed; past it 503.");
    SettingSpec& niceness =
        all.count("hashing_niceness", "10", 0, 19, "By how much hashing steps back behind all else.");
    SettingSpec& cost = all.count("password_cost", "10", 4, 15,
                                  "Work of hashing a password, each step twice as much; a cheaper hash is made anew at "
                                  "its user's next login.");
    all.count("maximum_commands", "2", 1, 16,
              "Commands (mortised PLUGIN COMMAND) that run in this server at the same time; past it they are refused.");
    SettingSpec& costLimit = all.count("password_cost_limit", "14", 4, 15,
                                       "A hash that was made elsewhere at a higher cost never verifies, in the usual "
                                       "time: each login would hold a hashing thread for seconds.");
    for (SettingSpec* spec : {&loops, &workers, &queue, &uploads, &hashing, &hashingQueue, &batches, &batchQueue,
                              &niceness, &cost, &costLimit})
        needsRestart(*spec);
}

void addLife(Section& all) {
    needsRestart(
        all.time("control_timeout", "10s", 100 * ms, h, "For one step of a plugin's life (configure, start, stop)."));
    needsRestart(all.time("migration_timeout", "10m", 100 * ms, 24 * h,
                          "For all migrations of a start or a reload; 'mortised migrate up' has no limit."));
    all.time("verify_timeout", "10s", 100 * ms, h, "For trying one new plugin file in a child process.");
    all.time("drain_timeout", "30s", 0, h, "For requests in flight, from the stop signal on.");
    all.time("shutdown_timeout", "60s", s, h, "For the whole stop; then the process ends, whatever is open.");
    needsRestart(
        all.time("loop_stall_warning", "100ms", 10 * ms, h,
                 "A loop that is held up for so long is logged, with the plugin that holds it, and shows in /ready."));
    needsRestart(all.time("watchdog_timeout", "10s", s, h, "A loop that is held up for so long ends the process."));
    needsRestart(all.time("retry_after", "1s", s, h, "What Retry-After says in the server's own answers 503."));
    all.time(
        "request_timeout", "60s", 10 * ms, h,
        "For plugins and workers to make a response, from the head of the request on and receiving its body apart; "
        "past it 503.");
    all.time(
        "handler_timeout", "60s", 10 * ms, h,
        "For one turn of a plugin, or one wait for a worker, and between two pieces of a response; past it 503, or a "
        "cut.");
    all.count("max_orphans", "256", 0, 1'000'000,
              "Requests that have ended and that one plugin may still hold; past it its routes get 503.");
    all.count("max_json_depth", "64", 1, 1000, "Objects and arrays inside each other in a body; past it 400.");
    all.count("max_json_values", "250000", 1, 100'000'000,
              "Values and names of members in a JSON body, which take 16 bytes each besides the body; past it 400.");
    all.add("filter_order", SettingType::list, "",
            "Names of filters that run in this order, whatever their plugins want; --list-plugins --order shows all.");
    SettingSpec& unknown = all.add("unknown_members", SettingType::choice, "drop",
                                   "What becomes of members of a body or query that a route does not know.");
    unknown.choices = {"drop", "reject"};
}

void addRequestLimits(Section& all) {
    all.size("max_request_line", "8KiB", 256, MiB, "Method, target and version; past it 414.");
    all.size("max_header_size", "32KiB", KiB, 16 * MiB, "All header fields together; past it 431.");
    all.count("max_header_count", "100", 1, 10'000, "Header fields of a request; past it 431.");
    all.time("header_timeout", "10s", 10 * ms, h, "For a whole header, however it trickles in; past it 408.");
    all.size("max_body_size", "10MiB", 0, 16 * GiB,
             "The body of a request where the route sets no limit; past it 413.");
    all.time("body_timeout", "20s", 10 * ms, h, "For a body, before what its rate adds; past it 408.");
    all.size("body_min_rate", "1KiB", 0, GiB,
             "Bytes received extend body_timeout by a second for so many of them; 0 is never.");
    all.time("body_max_time", "300s", 10 * ms, 24 * h, "For a body at any rate; past it 408.");
    all.size("max_buffered_bodies", "256MiB", KiB, 1024 * GiB, "All bodies held in memory together; past it 503.");
    all.size("max_form_size", "1MiB", KiB, GiB,
             "Names and values of a multipart body that are no files, with 256 bytes for each part; past it 413.");
    all.count("max_parts", "1000", 1, 100'000, "Parts of a multipart body; past it 413.");
    all.size("max_part_header", "8KiB", 256, MiB, "All fields of one part; past it 400.");
    all.count("max_files", "100", 0, 100'000, "Files in a multipart body; past it 413.");
    all.size("max_file_size", "0", 0, 1024 * GiB, "One file of a multipart body; past it 413; 0 is the body's limit.");
    needsRestart(all.size("max_upload_space", "4GiB", 0, 1024 * 1024 * GiB,
                          "All uploaded files whose requests are not over, on the disk; past it 503."));
    all.size("max_chunk_line", "256", 16, 64 * KiB, "The size line of a chunk with its extensions; past it 400.");
    all.size("max_trailer_size", "8KiB", 0, MiB, "All trailer fields, which are dropped; past it 400.");
}

void addConnectionLimits(Section& all) {
    all.time("write_timeout", "30s", 10 * ms, h, "Without a byte taken by the client; then the connection ends.");
    all.size("max_output_size", "256KiB", 4 * KiB, GiB,
             "Of a streamed answer, waiting for a slow client, before its writer has to wait.");
    all.time("idle_timeout", "75s", 10 * ms, 24 * h, "For a kept connection without a request.");
    all.count("max_requests_per_connection", "0", 0, 1'000'000'000, "Then the connection closes; 0 is no limit.");
    all.size("max_drain_size", "64KiB", 0, GiB,
             "Of a body nobody reads, to keep the connection; a longer one closes it.");
    all.time("linger_timeout", "5s", 10 * ms, h, "For the client to close after the server has.");
    all.size("max_linger_size", "4MiB", 0, GiB, "Discarded at most in that time.");
    all.count("max_connections", "10000", 1, 10'000'000,
              "Past it the oldest idle connection goes; when there is none, the new one gets 503.");
    all.count(
        "max_connections_per_address", "0", 0, 10'000'000,
        "The same for one client (see client_ipv6_prefix); 0 is no limit. Never for trusted proxies and Unix sockets.");
}

} // namespace

config::SectionSpec serverSection(const ServerDefaults& defaults) {
    Section all;
    addPlaces(all, defaults);
    addThreads(all);
    addLife(all);
    addRequestLimits(all);
    addConnectionLimits(all);
    return {"server", "The host itself: where it listens, what it keeps where, and what one client may use.",
            all.take()};
}

} // namespace mortise::application
