// SPDX-License-Identifier: Apache-2.0
// node graphiql_page.js BROWSER ADDRESS HOST TOKEN SCREENSHOT
// Opens /graphiql of the server at ADDRESS under the name HOST, asks `me` without and with TOKEN, opens the documentation
// of a type, reloads, and prints what it saw as JSON.
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
  const seen = { console: [], foreign: [], failed: [], unfinished: [] };
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(timeoutMs);
    page.on('console', (message) => { if (message.type() !== 'log') seen.console.push(`${message.type()}: ${message.text()}`); });
    page.on('pageerror', (error) => seen.console.push(`error: ${error.message}`));
    page.on('requestfailed', (request) => seen.unfinished.push(request.url()));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${base}/`) && !request.url().startsWith('data:')) seen.foreign.push(request.url());
    });
    page.on('response', (response) => { if (response.status() >= 400) seen.failed.push(`${response.status()} ${response.url()}`); });

    const responded = () => page.waitForResponse((response) => response.request().method() === 'POST');
    const introspected = responded();
    await page.goto(`${base}/graphiql`);
    await introspected;
    seen.title = await page.title();

    // Runs a query of that name and returns what the page then shows.
    const run = async (name, selection) => {
      await page.locator('.graphiql-query-editor .CodeMirror').click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(`query ${name} ${selection}`);
      await page.locator('.graphiql-tab-button', { hasText: name }).waitFor(); // the page has read it
      const response = responded();
      await page.locator('.graphiql-execute-button').click();
      const { status, text } = { status: (await response).status(), text: await (await response).text() };
      await page.waitForFunction((wanted) => {
        const shown = document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue();
        try { return JSON.stringify(JSON.parse(shown)) === JSON.stringify(JSON.parse(wanted)); } catch { return false; }
      }, text);
      return { status, shown: JSON.parse(text) };
    };
    seen.anonymous = await run('Anybody', '{ me { id } }');
    await page.fill('#token', token);
    seen.known = await run('Me', '{ me { id name email } }');

    await page.locator('.graphiql-sidebar button').first().click();
    const explorer = page.locator('.graphiql-doc-explorer');
    await explorer.getByRole('link', { name: 'Query', exact: true }).first().click();
    await explorer.getByRole('link', { name: 'User', exact: true }).first().click();
    await page.waitForFunction(() => document.querySelector('.graphiql-doc-explorer-title')?.textContent === 'User');
    seen.documentation = await explorer.innerText();
    // Fonts are there, from the style sheet itself.
    seen.fonts = await page.evaluate(() => document.fonts.ready.then((fonts) => [...fonts].filter((font) => font.status === 'loaded').length));
    await page.screenshot({ path: screenshot });

    // Nothing outlives the tab, and the token not even a reload.
    const reloaded = responded();
    await page.reload();
    await reloaded;
    seen.tokenAfterReload = await page.inputValue('#token');
    seen.kept = await page.evaluate(() => Object.keys(window.localStorage));
    seen.keptInTab = await page.evaluate(() => JSON.stringify(window.sessionStorage));
  } catch (error) {
    console.error(JSON.stringify(seen));
    throw error;
  } finally {
    await browser.close();
  }
  seen.keptInTab = seen.keptInTab.includes(token) ? 'the token, too' : 'no token';
  console.log(JSON.stringify(seen));
})();
