// SPDX-License-Identifier: Apache-2.0
'use strict';
// A proxy that changes nothing: it hands bytes on as they come, reads a copy of them, and lets judge.js judge each exchange.
//
//   node proxy.js SOCKET
//
// Over the Unix socket SOCKET it is told, a JSON object a line, and gives a line back for each:
//   {"open": [host, port] or "path", "document": path, "file": name}   listens; {"port": number}
//   {"renew": port}     the server's document is asked for again
//   {"pause": port}     until then nothing is judged: the document may be another one
//   {"report": true}    {"judged", "unjudged", "operations", "findings": [...]}
// A connection to a port may begin with a line "TEST name": what comes over it belongs to that test.

const crypto = require('node:crypto');
const http = require('node:http');
const net = require('node:net');
const readline = require('node:readline');
const {Judge} = require('./judge.js');
const {Messages} = require('./wire.js');

const judges = new Map(); // by hash of the document
const places = new Map(); // by port
const report = {judged: 0, unjudged: 0, operations: {}, findings: []};

function connectOptions(to) {
  return typeof to === 'string' ? {path: to} : {host: to[0], port: to[1]};
}

function fetchDocument(place) {
  const to = connectOptions(place.to);
  const options = {...(to.path !== undefined ? {socketPath: to.path} : to), path: place.document, agent: false,
    headers: {'User-Agent': 'truth', Host: 'test'}, timeout: 20000};
  return new Promise((resolve) => {
    const asked = http.get(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(parts) : null));
      response.on('error', () => resolve(null));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(null));
  });
}

async function renew(place) {
  const text = await fetchDocument(place);
  if (text === null) {
    place.judge = null;
    return;
  }
  const hash = crypto.createHash('sha256').update(text).digest('hex');
  if (!judges.has(hash)) {
    judges.set(hash, Judge.of(JSON.parse(text)).catch((problem) => {
      report.findings.push({file: place.file, test: null, response: [`the document cannot be used: ${problem.stack}`], request: []});
      return null;
    }));
  }
  place.judge = await judges.get(hash);
}

function settle(place, test, request, response) {
  if (place.judge === null || place.isPaused) {
    report.unjudged += 1;
    return;
  }
  let said;
  try {
    said = place.judge.judge(request, response);
  } catch (problem) {
    said = {operation: null, request: [], response: [`this check failed: ${problem.stack}`]};
  }
  report.judged += 1;
  const status = response.first.slice(9, 12);
  if (said.operation !== null) {
    const statuses = (report.operations[said.operation] ??= {});
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  if (said.request.length > 0 || said.response.length > 0)
    report.findings.push({file: place.file, test, exchange: `${request.first} => ${status}`, ...said, body: response.body.toString('latin1').slice(0, 300)});
}

function tap(place, test, client, server) {
  const waiting = [];
  const requests = new Messages(false, (request) => {
    waiting.push(Object.assign(request, {isWhole: false}));
  }, (request) => {
    request.isWhole = true;
  });
  const responses = new Messages(true, (response) => {
    const status = Number(response.first.slice(9, 12));
    if (waiting.length === 0 || status === 101) throw new Error('a response to no request that was understood');
    response.isInterim = status < 200;
    return !(response.isInterim || status === 204 || status === 304 || waiting[0].first.startsWith('HEAD '));
  }, (response) => {
    if (!response.isInterim) settle(place, test, waiting.shift(), response);
  });
  client.on('data', (chunk) => {
    requests.push(chunk);
    if (requests.isBlind) responses.isBlind = true; // what belongs to what is no longer known
  });
  server.on('data', (chunk) => responses.push(chunk));
  server.on('end', () => responses.end());
}

function join(place, client) {
  const server = net.connect({...connectOptions(place.to), allowHalfOpen: true, noDelay: true});
  client.setNoDelay(true);
  for (const [one, other] of [[client, server], [server, client]]) {
    one.on('error', () => (other instanceof net.Socket && other.resetAndDestroy ? other.resetAndDestroy() : other.destroy()));
    one.on('close', () => other.destroySoon());
  }
  let kept = Buffer.alloc(0);
  const begin = (test) => {
    client.removeListener('data', first);
    client.removeListener('end', ended);
    tap(place, test, client, server);
    if (kept.length > 0) {
      client.pause();
      client.unshift(kept);
    }
    client.pipe(server);
  };
  const ended = () => server.end();
  const first = (chunk) => {
    kept = Buffer.concat([kept, chunk]);
    const word = Buffer.from('TEST ');
    if (kept.subarray(0, word.length).equals(word.subarray(0, kept.length))) {
      const end = kept.indexOf('\n');
      if (end < 0) return;
      const test = kept.subarray(word.length, end).toString();
      kept = kept.subarray(end + 1);
      begin(test);
    } else begin(null);
  };
  client.on('data', first);
  client.on('end', ended);
  server.pipe(client);
}

async function open(told) {
  const place = {to: told.open, document: told.document, file: told.file, judge: null, isPaused: false};
  await renew(place);
  const listener = net.createServer({allowHalfOpen: true}, (client) => join(place, client));
  await new Promise((resolve, reject) => listener.on('error', reject).listen(0, '127.0.0.1', resolve));
  const {port} = listener.address();
  places.set(port, {place, listener});
  return {port, isJudged: place.judge !== null};
}

async function answer(told) {
  if (told.open !== undefined) return open(told);
  if (told.pause !== undefined) places.get(told.pause).place.isPaused = true;
  if (told.renew !== undefined) {
    const {place} = places.get(told.renew);
    await renew(place);
    place.isPaused = false;
  }
  if (told.close !== undefined) {
    places.get(told.close)?.listener.close();
    places.delete(told.close);
  }
  return told.report ? report : {};
}

net.createServer((control) => {
  control.on('error', () => {});
  const lines = readline.createInterface({input: control});
  lines.on('error', () => {}); // which it hands on from its input
  let order = Promise.resolve();
  lines.on('line', (line) => {
    order = order.then(async () => {
      const said = await answer(JSON.parse(line)).catch((problem) => ({problem: problem.stack}));
      if (!control.destroyed) control.write(JSON.stringify(said) + '\n');
    });
  });
}).listen(process.argv[2], () => console.log('Ready'));
