// node validate_openapi.mjs FILE: the document is valid OpenAPI 3.1, refers to nothing that is missing, and its examples are
// what its own schemas say. Prints every fault; exit code 1 when there is one.
import {readFileSync} from 'node:fs';
import {Validator} from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const text = readFileSync(process.argv[2], 'utf8');
const document = JSON.parse(text);
const faults = [];

const verdict = await new Validator().validate(JSON.parse(text));
if (!verdict.valid) faults.push(...verdict.errors.map((e) => `${e.instancePath}: ${e.message}`));
if (!/^3\.1\./.test(document.openapi)) faults.push(`/openapi: ${document.openapi} is not 3.1`);

function at(pointer) {
  return pointer.slice(2).split('/').reduce((value, step) => value?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}
function eachReference(value, place) {
  if (value === null || typeof value !== 'object') return;
  if (typeof value.$ref === 'string' && (!value.$ref.startsWith('#/') || at(value.$ref) === undefined))
    faults.push(`${place}: ${value.$ref} leads nowhere`);
  for (const [name, member] of Object.entries(value)) eachReference(member, `${place}/${name}`);
}
eachReference(document, '');

const ajv = new Ajv.default({strict: false, allErrors: true});
addFormats.default(ajv);
ajv.addSchema({$id: 'doc', ...document});
function checkExample(pointer, example, place) {
  const valid = ajv.getSchema(`doc${pointer}`);
  if (!valid(example)) faults.push(...valid.errors.map((e) => `${place}: example${e.instancePath} ${e.message}`));
}

const ids = new Set();
let examples = 0;
for (const [path, item] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    const place = `${method.toUpperCase()} ${path}`;
    const pointer = `#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`;
    if (!operation.operationId || ids.has(operation.operationId)) faults.push(`${place}: operationId is missing or not unique`);
    ids.add(operation.operationId);
    if (!operation.summary) faults.push(`${place}: no summary`);
    const named = new Set((operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name));
    for (const [, name] of path.matchAll(/\{([^}]+)\}/g))
      if (!named.has(name)) faults.push(`${place}: the path parameter ${name} is not declared`);
    for (const [type, content] of Object.entries(operation.requestBody?.content ?? {})) {
      const encoded = type.replaceAll('/', '~1');
      const given = content.example !== undefined ? [content.example] : Object.values(content.examples ?? {}).map((e) => e.value);
      for (const example of given) {
        ++examples;
        checkExample(encodeURI(`${pointer}/requestBody/content/${encoded}/schema`), example, place);
      }
    }
  }
}
if (examples === 0) faults.push('no request has an example');
for (const fault of faults) console.error(fault);
console.log(`${ids.size} operations, ${examples} examples, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
