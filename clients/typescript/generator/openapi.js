// clients/openapi.json: the functions as OpenAPI 3.1, with the JSON that they take and return.

import { byName } from './text.js';

/** What PostgREST makes of a type of Postgres, as JSON Schema. */
const TYPES = {
  bool: { type: 'boolean' },
  bytea: { type: 'string' },
  date: { type: 'string', format: 'date' },
  float8: { type: 'number' },
  int4: { type: 'integer' },
  int8: { type: 'integer' },
  interval: { type: 'string', description: 'An interval as Postgres reads it, such as "7 days".' },
  json: {},
  jsonb: {},
  numeric: { type: 'number' },
  text: { type: 'string' },
  timestamptz: { type: 'string', format: 'date-time' },
  tsquery: { type: 'string' },
  tsvector: { type: 'string' },
  uuid: { type: 'string', format: 'uuid' },
};

const ERROR = {
  type: 'object',
  properties: {
    code: { type: 'string', description: 'The SQLSTATE, or a code of PostgREST that begins with PGRST.' },
    details: {
      description: 'The word of an error of helpdesk. Errors of Postgres and PostgREST have a sentence, or null.',
      anyOf: [{ $ref: '#/components/schemas/ErrorWord' }, { type: ['string', 'null'] }],
    },
    message: { type: 'string', description: 'For developers: <argument>: <problem>.' },
    hint: { type: ['string', 'null'], description: 'For developers: what is allowed.' },
  },
  required: ['code', 'details', 'message', 'hint'],
  additionalProperties: false,
};

const DESCRIPTION = `The functions of helpdesk as PostgREST serves them. Functions that only read also answer GET, with the arguments in the query and JSON as text. The tables are described by PostgREST itself.`;

export function writeOpenapi(catalog, schema, errors) {
  const enums = new Map(catalog.enums.map(({ name, labels }) => [name, labels]));
  const paths = {};
  for (const overloads of byName(catalog.functions)) {
    paths[`/rpc/${overloads[0].name}`] = { post: operation(overloads, schema, enums) };
  }
  const word = {
    enum: errors.map((error) => error.word),
    description: errors.map((error) => `- ${error.word}: ${error.meaning}`).join('\n'),
  };
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'helpdesk',
      version: catalog.version,
      description: DESCRIPTION,
      license: { name: 'MIT OR Apache-2.0', identifier: 'MIT OR Apache-2.0' },
    },
    servers: [{ url: '/', description: 'PostgREST; on Supabase /rest/v1, with the header Content-Profile: helpdesk.' }],
    security: [{ accessToken: [] }],
    paths,
    components: {
      schemas: { ...schema.$defs, Error: ERROR, ErrorWord: { type: 'string', ...word } },
      responses: {
        Error: {
          description: 'Refused. A mistake of a caller is answered with 4xx.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
  return `${JSON.stringify(document, null, 2).replaceAll('"#/$defs/', '"#/components/schemas/')}\n`;
}

function operation(overloads, schema, enums) {
  const [{ name, callers }] = overloads;
  const description = overloads.map(({ comment }) => comment.replaceAll('\n  ', ' ')).join('\n');
  const bodies = overloads.map((fn) => argumentsSchema(fn, schema, enums));
  const result = resultSchema(overloads[0], schema, enums);
  return {
    operationId: name,
    summary: description.split(/\.[ \n]|\.$/)[0],
    description,
    ...(callers.includes('anon') && { security: [{}, { accessToken: [] }] }),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: bodies.length === 1 ? bodies[0] : { oneOf: bodies } } },
    },
    responses: {
      ...(result
        ? { 200: { description: 'The result.', content: { 'application/json': { schema: result } } } }
        : { 204: { description: 'Done.' } }),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function argumentsSchema({ name, args }, schema, enums) {
  const properties = args.map((argument) => {
    const type = schema.functions[name]?.arguments[argument.name] ?? scalar(argument.type, enums);
    return [argument.name, argument.mayBeNull ? nullable(type) : type];
  });
  const alternatives = schema.functions[name]?.alternatives?.map(({ required }) => ({ required }));
  const required = args.filter(({ isOptional }) => !isOptional).map((argument) => argument.name);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    ...(alternatives && { anyOf: alternatives }),
    additionalProperties: false,
  };
}

function resultSchema({ name, result, table }, schema, enums) {
  const described = schema.functions[name]?.result;
  if (described) return described;
  if (table) {
    const properties = Object.fromEntries(table.map((column) => [column.name, nullable(scalar(column.type, enums))]));
    const row = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
    return { type: 'array', items: row };
  }
  return result.name === 'void' ? undefined : scalar(result, enums);
}

function scalar({ name, isList, isEnum }, enums) {
  const type = isEnum ? { type: 'string', enum: enums.get(name) } : TYPES[name];
  if (type === undefined) throw new Error(`no JSON Schema for the type ${name}`);
  return isList ? { type: 'array', items: type } : type;
}

const nullable = (type) =>
  typeof type.type === 'string' && type.enum === undefined
    ? { ...type, type: [type.type, 'null'] }
    : { anyOf: [type, { type: 'null' }] };
