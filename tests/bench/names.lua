-- SPDX-License-Identifier: Apache-2.0
-- 100 values of ?name= in turn, all of one length.
local requests = {}
local next_one = 0

function init()
    for i = 1, 100 do
        requests[i] = wrk.format("GET", string.format("/hello?name=N%06d", i))
    end
end

function request()
    next_one = next_one % 100 + 1
    return requests[next_one]
end
