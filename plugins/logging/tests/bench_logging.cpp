// SPDX-License-Identifier: Apache-2.0
// Cost of a request's line for the thread that serves: put together and queued, written to a file by the other thread.
#include "plugins/logging/file_output.hpp"
#include "plugins/logging/log_outputs.hpp"
#include "plugins/logging/request_line.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <thread>
#include <vector>

namespace {

using namespace mortise::logging;

constexpr int batch = 100;
constexpr int batches = 5000;

double cpuSeconds(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void serve(LogOutputs& outputs, std::vector<double>& samples) {
    const FinishedRequest request{"GET",
                                  "/api/users/0190a5f4-7c3e-7000-8000-0123456789ab",
                                  200,
                                  1'204'123,
                                  "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                                  "203.0.113.77",
                                  "0190a5f4-7c3e-7000-8000-0123456789ab",
                                  ""};
    for (int i = 0; i < batches; ++i) {
        const double begin = cpuSeconds(CLOCK_THREAD_CPUTIME_ID);
        for (int j = 0; j < batch; ++j) {
            outputs.write(level_info, 1'760'000'000'000 + i, "", request_message,
                          [&](auto& line) { fillRequest(line, request); });
        }
        samples.push_back((cpuSeconds(CLOCK_THREAD_CPUTIME_ID) - begin) / batch * 1e9);
        // A server's lines come one by one: leave the writer its time.
        if (i % 100 == 99) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

void measure(int threads, const std::string& path) {
    LogOutputs outputs({4242, "bench-host", 3});
    outputs.add(Style::json, std::make_unique<FileOutput>(FileOutput::Settings{path}), LineQueue::Settings{});
    std::vector<std::vector<double>> samples(static_cast<std::size_t>(threads));
    const double before = cpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
    std::vector<std::thread> servers;
    for (std::vector<double>& own : samples) servers.emplace_back([&] { serve(outputs, own); });
    for (std::thread& server : servers) server.join();
    outputs.stop(std::chrono::steady_clock::now() + std::chrono::seconds(10));
    const double all = (cpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - before) / (double{batch} * batches * threads) * 1e9;
    std::vector<double> together;
    for (const std::vector<double>& own : samples) together.insert(together.end(), own.begin(), own.end());
    std::sort(together.begin(), together.end());
    std::printf("%d threads: median %.0f ns, p90 %.0f ns a line; with the writer %.0f ns; dropped %llu\n", threads,
                together[together.size() / 2], together[together.size() * 9 / 10], all,
                static_cast<unsigned long long>(outputs.dropped()));
}

} // namespace

int main(int argc, char** argv) {
    const std::string path = argc > 1 ? argv[1] : "bench_logging.log";
    for (const int threads : {1, 2, 4}) measure(threads, path);
    std::remove(path.c_str());
}
