// SPDX-License-Identifier: Apache-2.0
// node lint.js DOCUMENT.json DOCUMENT.yaml
// What two linters find wrong in an OpenAPI document, a line each; and whether the YAML says anything else than the JSON.
// Neither uses the network.
'use strict';
const { isDeepStrictEqual } = require('node:util');
const fs = require('node:fs');
const redocly = require('@redocly/openapi-core');
const { Document, Spectral } = require('@stoplight/spectral-core');
const { Json, Yaml } = require('@stoplight/spectral-parsers');
const { oas } = require('@stoplight/spectral-rulesets');

async function withRedocly(file) {
  const config = await redocly.createConfig({ extends: ['recommended-strict'] });
  const problems = await redocly.lint({ ref: file, config });
  return problems.map((p) => `redocly ${p.severity} ${p.ruleId} at ${p.location[0].pointer}: ${p.message}`);
}

async function withSpectral(document) {
  const spectral = new Spectral();
  spectral.setRuleset({
    extends: [[oas, 'all']],
    rules: {
      'license-url': 'off', // of OpenAPI 3.0; 3.1 has SPDX identifiers
      'openapi-tags-alphabetical': 'off', // they come in the order of the plugins
      'operation-description': 'off', // where a summary says it all
      'oas3-parameter-description': 'off', // likewise of an id
    },
  });
  const problems = await spectral.run(document);
  return problems.map((p) => `spectral ${p.severity} ${p.code} at ${p.path.join('/')}: ${p.message}`);
}

(async () => {
  const [jsonFile, yamlFile] = process.argv.slice(2);
  const json = new Document(fs.readFileSync(jsonFile, 'utf8'), Json, jsonFile);
  const yaml = new Document(fs.readFileSync(yamlFile, 'utf8'), Yaml, yamlFile);
  for (const problem of yaml.diagnostics) console.log(`yaml: ${problem.message}`);
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(yaml.data)), JSON.parse(JSON.stringify(json.data))))
    console.log('yaml: says something else than the JSON');
  for (const line of [...(await withRedocly(jsonFile)), ...(await withSpectral(json))]) console.log(line);
})();
