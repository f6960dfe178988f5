-- SPDX-License-Identifier: Apache-2.0
-- POST with the JSON of the file that $MORTISE_BENCH_BODY names, by the token $MORTISE_BENCH_TOKEN, if there is one.
local file = io.open(os.getenv("MORTISE_BENCH_BODY"), "rb")
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = file:read("*a")
file:close()
local token = os.getenv("MORTISE_BENCH_TOKEN")
if token then
    wrk.headers["Authorization"] = "Bearer " .. token
end
