-- SPDX-License-Identifier: Apache-2.0
-- GET /api/users/:id for ids at random: $MORTISE_BENCH_IDS names a file with one a line, $MORTISE_BENCH_TOKEN is the caller's,
-- $MORTISE_BENCH_QUERY what follows each id, if anything.
local requests = {}

function init()
    wrk.headers["Authorization"] = "Bearer " .. os.getenv("MORTISE_BENCH_TOKEN")
    for id in io.lines(os.getenv("MORTISE_BENCH_IDS")) do
        requests[#requests + 1] = wrk.format("GET", "/api/users/" .. id .. (os.getenv("MORTISE_BENCH_QUERY") or ""))
    end
    math.randomseed(20260102)
end

function request()
    return requests[math.random(#requests)]
end
