-- SPDX-License-Identifier: Apache-2.0
-- Thirty requests in one segment; the values of ?name= are those of names.lua.
local depth = 30
local segments = {}
local next_one = 0

function init()
    for first = 1, 100, 10 do
        local requests = {}
        for i = first, first + depth - 1 do
            requests[#requests + 1] = wrk.format("GET", string.format("/hello?name=N%06d", (i - 1) % 100 + 1))
        end
        segments[#segments + 1] = table.concat(requests)
    end
end

function request()
    next_one = next_one % #segments + 1
    return segments[next_one]
end
