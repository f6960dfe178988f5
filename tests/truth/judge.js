// SPDX-License-Identifier: Apache-2.0
'use strict';
// Judges exchanges by an OpenAPI document, with Prism's router and validators, and with rules of this tree where Prism is
// lenient: a status below 400 is documented by its number, one that only `default` covers is one that the host gives by
// itself, a body is there only where one is documented, objects bear no members that the document does not know, and so do
// responses with header fields of their own.

const zlib = require('node:zlib');
const querystring = require('node:querystring');
const Ajv2020 = require('ajv/dist/2020').default;
const {isLeft, isRight} = require('fp-ts/Either');
const {getHttpOperationsFromSpec} = require('@stoplight/prism-http');
const route = require('@stoplight/prism-http/dist/router').default;
const {validateInput, validateOutput, validateSecurity} = require('@stoplight/prism-http/dist/validator');

const dialect = 'https://json-schema.org/draft/2020-12/schema';

// What the host answers by itself, in the place of any route, where `default` is enough.
const hostStatuses = new Set([400, 403, 404, 405, 408, 411, 413, 414, 415, 416, 417, 421, 431, 501, 503, 504, 505]);

// Fields that the protocol, the host and filters may add to any response; others are documented.
const commonFields = new RegExp('^(' + [
  'accept-(encoding|ranges)|age|allow|cache-control|connection|content-(encoding|language|length|location|range|type)|date|etag|expires',
  'keep-alive|last-modified|server|transfer-encoding|vary|via',
  'x-request-id|traceparent|tracestate|server-timing',
  'access-control-[a-z-]+|content-security-policy(-report-only)?|cross-origin-[a-z-]+|origin-agent-cluster|permissions-policy',
  'referrer-policy|strict-transport-security|x-(content-type-options|dns-prefetch-control|download-options|frame-options)',
  'x-(permitted-cross-domain-policies|xss-protection)|ratelimit(-[a-z]+)?|x-ratelimit-[a-z]+',
].join('|') + ')$');

// The schemas of responses, closed: a member that the document does not name is an undocumented one.
function close(schema) {
  if (Array.isArray(schema)) return schema.map(close);
  if (schema === null || typeof schema !== 'object') return schema;
  const made = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' || key === 'patternProperties' || key === '$defs')
      made[key] = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, close(member)]));
    else if (['example', 'examples', 'default', 'enum', 'const', 'required', 'allOf'].includes(key)) made[key] = value;
    else made[key] = close(value);
  }
  if (made.properties !== undefined && made.additionalProperties === undefined && made.allOf === undefined)
    made.additionalProperties = false;
  return made;
}

function closedDocument(document) {
  const media = (content) => Object.fromEntries(Object.entries(content).map(([type, one]) => [
    type, one.schema === undefined ? one : {...one, schema: close(one.schema)}]));
  const response = (one) => (one.content === undefined ? one : {...one, content: media(one.content)});
  const responses = (all) => Object.fromEntries(Object.entries(all ?? {}).map(([name, one]) => [name, response(one)]));
  const made = {...document, components: {...document.components}, paths: {}};
  if (made.components.schemas !== undefined)
    made.components.schemas = Object.fromEntries(Object.entries(made.components.schemas).map(([name, one]) => [name, close(one)]));
  made.components.responses = responses(made.components.responses);
  for (const [path, item] of Object.entries(document.paths))
    made.paths[path] = Object.fromEntries(Object.entries(item).map(([method, operation]) => [
      method, {...operation, responses: responses(operation.responses)}]));
  return made;
}

// One for all: it compiles the schema of schemas once, which takes longer than any schema here.
const compiler = new Ajv2020({strict: false, allowUnionTypes: true, validateFormats: false, logger: false});
const compiled = new Set(); // documents of several servers have the most in common

// Prism takes a schema that cannot be compiled for one that everything fulfils.
function mustCompile(operation) {
  for (const response of operation.responses) {
    for (const content of response.contents ?? []) {
      if (content.schema === undefined) continue;
      if (content.schema.$schema !== dialect) throw new Error(`${operation.path}: a schema of ${content.schema.$schema}`);
      const schema = {...content.schema, __bundled__: operation.__bundled__};
      const text = JSON.stringify(schema);
      if (compiled.has(text)) continue;
      compiler.compile(schema);
      compiler.removeSchema(schema);
      compiled.add(text);
    }
  }
}

function textOf(diagnostic) {
  return `${(diagnostic.path ?? []).join('/')}${diagnostic.path ? ': ' : ''}${diagnostic.message ?? diagnostic.title}`;
}

function decoded(message) {
  let body = message.body;
  for (const coding of (message.fields['content-encoding'] ?? '').split(',').map((one) => one.trim()).filter(Boolean).reverse()) {
    if (coding === 'gzip') body = zlib.gunzipSync(body);
    else if (coding === 'br') body = zlib.brotliDecompressSync(body);
    else if (coding === 'deflate') body = zlib.inflateSync(body);
    else return null; // zstd, which Node 18 and 20 do not know
  }
  return body;
}

const isJson = (type) => /^application\/([a-z.]+\+)?json *(;|$)/i.test(type ?? '');

// What Prism takes for the body of a message; faults go to `said`.
function bodyOf(message, said) {
  const body = decoded(message);
  if (body === null || body.length === 0) return undefined;
  const text = new TextDecoder('utf-8').decode(body);
  if (!isJson(message.fields['content-type'])) return text;
  try {
    return JSON.parse(text);
  } catch (problem) {
    said.push(`the body is no JSON: ${problem.message}`);
    return undefined;
  }
}

// Only the content of that very media type, where there is one: to Prism application/problem+json is application/json.
function narrowed(resource, response, type) {
  const exact = (response.contents ?? []).filter((one) => one.mediaType.toLowerCase() === type);
  if (exact.length === 0) return resource;
  return {...resource, responses: resource.responses.map((one) => (one === response ? {...one, contents: exact} : one))};
}

const withoutSchemas = (resource) => ({
  ...resource,
  responses: resource.responses.map((one) => ({
    ...one, contents: (one.contents ?? []).map(({schema, ...content}) => content)})),
});

const withoutContents = (resource) => ({...resource, responses: resource.responses.map((one) => ({...one, contents: []}))});

class Judge {
  // Throws where the document is none, or where what it says cannot be used.
  static async of(document) {
    const made = new Judge();
    const used = {...document, jsonSchemaDialect: dialect};
    delete used.servers;
    made.forRequests = await getHttpOperationsFromSpec(structuredClone(used));
    made.forResponses = await getHttpOperationsFromSpec(closedDocument(structuredClone(used)));
    made.forResponses.forEach(mustCompile);
    return made;
  }

  // {operation, request: [fault...], response: [fault...]}; operation is null where the document knows none.
  judge(request, response) {
    const [, method, target] = /^(\S+) (\S+) /.exec(request.first);
    const status = Number(response.first.slice(9, 12));
    const [, path, query] = /^([^?#]*)\??([^#]*)/.exec(target.replace(/^https?:\/\/[^/]+/, ''));
    const input = {
      method: method === 'HEAD' ? 'get' : method.toLowerCase(), headers: {...request.fields},
      url: {path, query: querystring.parse(query)},
    };
    const said = {operation: null, request: [], response: []};
    if (method === 'OPTIONS' || method === 'CONNECT' || method === 'TRACE') return said;
    const found = path.startsWith('/') && this.forResponses.length > 0 ? this.find(this.forResponses, input) : null;
    if (found === null) {
      if (status < 400) said.response.push(`${status}, and the document knows no ${method} ${path}`);
      return said;
    }
    said.operation = `${found.method.toUpperCase()} ${found.path}`;
    if (request.isWhole) this.judgeRequest(this.find(this.forRequests, input), input, request, said.request);
    this.judgeResponse(found, method, status, request, response, said.response);
    return said;
  }

  find(resources, input) {
    const found = route({resources, input});
    return isRight(found) ? found.right : null;
  }

  judgeRequest(resource, input, request, said) {
    try {
      this.validateRequest(resource, input, request, said);
    } catch (problem) {
      said.push(`it cannot be read: ${problem.message}`);
    }
  }

  validateRequest(resource, input, request, said) {
    const body = bodyOf(request, said);
    const element = {...input, body, headers: {...input.headers}};
    if (request.body.length > 0) element.headers['content-length'] = String(request.body.length);
    const valid = validateInput({resource, element});
    if (isLeft(valid)) said.push(...valid.left.map(textOf));
    const secure = validateSecurity({resource, element});
    if (isLeft(secure)) said.push(...secure.left.map(textOf));
  }

  judgeResponse(resource, method, status, request, response, said) {
    const fields = response.fields;
    const asks = (...names) => names.some((name) => name in request.fields);
    // A 304 is the documented 200, kept back since the client has it.
    const known = status === 304 && asks('if-none-match', 'if-modified-since') &&
      !resource.responses.some((one) => one.code === '304') ? 200 : status;
    const documented = resource.responses.find((one) => one.code === String(known)) ??
      resource.responses.find((one) => one.code === `${Math.floor(known / 100)}XX`) ??
      (known >= 400 ? resource.responses.find((one) => one.code === 'default') : undefined);
    // A route that declares nothing has its errors under `default` too.
    const declares = !resource.responses.some((one) => one.code === '2XX');
    const isHosts = hostStatuses.has(status) || (status === 412 && asks('if-match', 'if-unmodified-since'));
    if (documented === undefined || (documented.code === 'default' && declares && !isHosts)) {
      said.push(`status ${status} is not documented; ${resource.responses.map((one) => one.code).join(', ')} are`);
      return;
    }
    const isBare = method === 'HEAD' || status === 304 || status === 206 || decoded(response) === null;
    const contents = documented.contents ?? [];
    const type = (fields['content-type'] ?? '').replace(/ *;.*/, '').toLowerCase();
    const body = isBare ? undefined : bodyOf(response, said);
    if (!isBare && contents.length === 0 && response.body.length > 0) said.push(`a body of ${fields['content-type']} where none is documented`);
    const element = {statusCode: known, headers: fields, body};
    const isEmpty = documented.code === '2XX' && response.body.length === 0 && type === '';
    const used = status === 304 || isEmpty ? withoutContents(resource) : isBare ? withoutSchemas(resource) : narrowed(resource, documented, type);
    const valid = validateOutput({resource: used, element});
    if (isLeft(valid)) said.push(...valid.left.map(textOf));
    const names = new Set((documented.headers ?? []).map((one) => one.name.toLowerCase()));
    for (const name of Object.keys(fields))
      if (declares && !commonFields.test(name) && !names.has(name)) said.push(`header field ${name} is not documented`);
  }
}

module.exports = {Judge};
