// SPDX-License-Identifier: Apache-2.0
// Runs the audits of graphql-http against the URL that is given, and prints one line of JSON for each:
// {"id", "name", "status": "ok" | "notice" (MAY) | "warn" (SHOULD) | "error" (MUST), "reason"?}.
import {serverAudits} from 'graphql-http';

const [url] = process.argv.slice(2);
for (const audit of serverAudits({url, fetchFn: fetch})) {
  const {id, name, status, reason} = await audit.fn();
  console.log(JSON.stringify({id, name, status, reason}));
}
