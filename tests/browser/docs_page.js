// SPDX-License-Identifier: Apache-2.0
// node docs_page.js BROWSER ADDRESS HOST TOKEN SCREENSHOT
// Opens /docs of the server at ADDRESS under the name HOST, authorizes with TOKEN, runs GET /api/users/me, and prints what it
// saw as JSON.
'use strict';
const { chromium } = require('playwright-core');

// Playwright's own 30 s; sanitizers and busy machines are slower.
const timeoutMs = 30000 * Number(process.env.MORTISE_TEST_SLOWNESS || 1);

const [browserPath, address, host, token, screenshot] = process.argv.slice(2);
const [ip, port] = address.split(':');
const base = `http://${host}:${port}`;

(async () => {
  const browser = await chromium.launch({
    timeout: timeoutMs,
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-domain-reliability',
      '--disable-sync', '--no-first-run', `--host-resolver-rules=MAP ${host} ${ip}`],
  });
  const seen = { console: [], foreign: [], failed: [] };
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.setDefaultTimeout(timeoutMs);
    page.on('console', (message) => { if (message.type() !== 'log') seen.console.push(`${message.type()}: ${message.text()}`); });
    page.on('pageerror', (error) => seen.console.push(`error: ${error.message}`));
    page.on('requestfailed', (request) => seen.failed.push(request.url()));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${base}/`) && !request.url().startsWith('data:')) seen.foreign.push(request.url());
    });
    page.on('response', (response) => { if (response.status() >= 400) seen.failed.push(`${response.status()} ${response.url()}`); });

    await page.goto(`${base}/docs`);
    await page.waitForSelector('.opblock');
    seen.title = await page.title();
    seen.operations = (await page.locator('.opblock').evaluateAll((blocks) => blocks.map((block) => block.id))).sort();

    await page.click('.btn.authorize');
    await page.fill('.auth-container input', token);
    await page.click('.auth-btn-wrapper .btn.authorize');
    await page.click('.auth-btn-wrapper .btn-done');

    const operation = page.locator('#operations-users-getMe');
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('.try-out__btn').click();
    await operation.locator('.execute').click();
    const answer = operation.locator('.live-responses-table .response');
    await answer.waitFor();
    seen.status = (await answer.locator('.response-col_status').innerText()).trim().slice(0, 3);
    seen.body = await answer.locator('.highlight-code').first().innerText();
    await page.screenshot({ path: screenshot, fullPage: true });
  } finally {
    await browser.close();
  }
  console.log(JSON.stringify(seen));
})();
