// SPDX-License-Identifier: Apache-2.0
// node cors_pages.js BROWSER API TOKEN ORIGIN...
// From a page of each origin in turn, asks the server at API what CORS decides on, and prints what the page's script got as
// JSON: an object for each origin.
'use strict';
const { chromium } = require('playwright-core');

// Playwright's own 30 s; sanitizers and busy machines are slower.
const timeoutMs = 30000 * Number(process.env.MORTISE_TEST_SLOWNESS || 1);

const [browserPath, api, token, ...origins] = process.argv.slice(2);

// Runs in the page.
async function ask({ api, token }) {
  const seen = {};
  const fetchInto = async (name, path, options) => {
    try {
      const answer = await fetch(api + path, options);
      seen[name] = { status: answer.status, type: answer.type, fields: Object.fromEntries(answer.headers), body: await answer.text() };
    } catch (error) {
      seen[name] = { error: error.name };
    }
  };
  await fetchInto('simple', '/hello?name=Ada');
  await fetchInto('credentials', '/hello?name=Cookie', { credentials: 'include' });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  await fetchInto('preflighted', '/api/users/me', { headers: { Authorization: headers.Authorization } });
  const id = seen.preflighted.body ? JSON.parse(seen.preflighted.body).user.id : 'unknown';
  await fetchInto('changing', `/api/users/${id}`, { method: 'PATCH', headers, body: JSON.stringify({ name: 'Ada L.' }) });
  await fetchInto('creating', '/api/users', {
    method: 'POST', headers, body: JSON.stringify({ name: 'Eve', email: 'eve@example.com', password: 'correct horse' }),
  });
  const once = {
    method: 'POST', headers: { ...headers, 'Idempotency-Key': '"page"' }, body: JSON.stringify({ title: 'Once' }),
  };
  await fetchInto('once', '/api/posts', once);
  await fetchInto('repeated', '/api/posts', once);
  await fetchInto('malformed', '/api/users', { method: 'POST', headers, body: '{' });
  await fetchInto('limited', '/ready');
  await fetchInto('limited', '/ready');
  // Where the server knows nothing of CORS, a page sees that there is an answer, and nothing of it.
  await fetchInto('opaque', '/hello?name=Nobody', { mode: 'no-cors' });
  return seen;
}

(async () => {
  const browser = await chromium.launch({
    timeout: timeoutMs,
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-domain-reliability',
      '--disable-sync', '--no-first-run'],
  });
  const seen = {};
  try {
    for (const origin of origins) {
      const page = await browser.newPage();
      page.setDefaultTimeout(timeoutMs);
      await page.goto(`${origin}/`);
      seen[origin] = await page.evaluate(ask, { api, token });
      await page.close();
    }
  } finally {
    await browser.close();
  }
  console.log(JSON.stringify(seen));
})();
