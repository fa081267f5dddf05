import { z } from 'zod';
import type { JobContract } from '../../jobs/define.js';
import type { Route } from './route.js';

const ERROR = {
  description: 'what is wrong: {error: {code, message, field?}}',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

/** The API as an OpenAPI 3.1 document, generated from the routes and the job contracts that serve it. */
export function openApi(
  routes: readonly Route[],
  registry: Readonly<Record<string, { readonly contract: JobContract }>>,
): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    if (route.method === 'post' && route.path === '/api/v1/jobs/:queue') {
      for (const { contract } of Object.values(registry)) {
        if (contract.external)
          paths[`/api/v1/jobs/${contract.name}`] = { post: enqueueOperation(route, contract) };
      }
      continue;
    }
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Camqueue',
      version: '1',
      description:
        'Cameras as background jobs. Times are ISO 8601, boxes and points fractions of the picture.',
    },
    security: [{ bearer: [] }, { header: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        header: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
      },
      schemas: {
        Error: z.toJSONSchema(
          z.object({
            error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
          }),
        ),
      },
    },
  };
}

function operation(route: Route): object {
  const produces = route.produces ?? 'application/json';
  return {
    summary: route.summary,
    description: route.role === 'open' ? 'Open to all.' : `Needs the role ${route.role}.`,
    ...(route.role === 'open' && { security: [] }),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(route.body && { requestBody: bodyOf(route.body) }),
    ...(route.consumes && {
      requestBody: {
        required: true,
        content: Object.fromEntries(route.consumes.map((type) => [type, {}])),
      },
    }),
    responses: {
      [route.status ?? 200]: {
        description: 'done',
        ...(route.status !== 204 && { content: { [produces]: {} } }),
      },
      default: ERROR,
    },
  };
}

function bodyOf(body: z.ZodType): object {
  const schema = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' });
  return { required: true, content: { 'application/json': { schema } } };
}

function enqueueOperation(route: Route, contract: JobContract): object {
  const schema = z.toJSONSchema(contract.externalPayload ?? contract.payload, {
    io: 'input',
    unrepresentable: 'any',
  });
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    schema: { type: 'string' },
    description: 'the same key is the same job',
  };
  return {
    summary: contract.summary,
    description: `Needs the role ${route.role}.`,
    parameters: [...queryParameters(route), key],
    requestBody: { required: true, content: { 'application/json': { schema, example: contract.example } } },
    responses: { 202: { description: 'enqueued, or known already (created: false)' }, default: ERROR },
  };
}

function pathParameters({ path }: Route): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route): object[] {
  if (!query) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}
