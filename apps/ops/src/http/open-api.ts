import { STATUS_CODES } from "node:http";
import swagger, { type SwaggerTransformObject } from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Scope } from "../authentication/scopes.ts";

type Components = Readonly<Record<string, z.ZodType>>;
type Document = ReturnType<SwaggerTransformObject>;

const people = [{ basic: [] }, { session: [] }];

/** For `schema.security` of a route that machines with this scope may call; {@link machinesWith}: they alone. */
export const peopleOr = (scope: Scope) => [...people, { machine: [scope] }];
export const machinesWith = (scope: Scope) => [{ machine: [scope] }];

/** Must stand before the routes that it describes. @param components schemas that get a name in the document */
export async function describeApi(app: FastifyInstance, components: Components): Promise<void> {
  const schemaRegistry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(components)) schemaRegistry.add(schema, { id: name });
  const describeRoute = createJsonSchemaTransform({ schemaRegistry });
  const addComponents = createJsonSchemaTransformObject({ schemaRegistry });

  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Receiver operations",
        version: "1",
        description:
          "Client files, deliveries, queues, subscribers and notifications. Viewers read; operators also change things, and say why. " +
          "Machine credentials read what their scopes name of their companies. " +
          "Times are ISO 8601 in UTC. Errors are application/problem+json (RFC 9457) with a stable code.\n\n" +
          "Pages: [client files](/), [deliveries](/deliveries), [queues](/queues), [audit](/audit).",
      },
      components: {
        securitySchemes: {
          basic: { type: "http", scheme: "basic", description: "A user of OPS_USERS" },
          session: {
            type: "apiKey",
            in: "cookie",
            name: "ops_session",
            description: "By logging in at /login; __Host-ops_session over https",
          },
          machine: { type: "http", scheme: "bearer", description: "A credential of POST /api/credentials" },
        },
      },
      security: people,
    },
    transform: (route) =>
      route.url.startsWith("/api/") ? describeRoute(route) : { schema: { hide: true }, url: route.url },
    transformObject: (document) => withNamedResponses(onlyOutputs(addComponents(document), components)),
  });
}

/** The document, and Swagger UI over it. */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  app.get("/openapi.json", async () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    uiConfig: { validatorUrl: null, docExpansion: "list", displayRequestDuration: true },
    theme: {
      title: "Receiver · API",
      css: [{ filename: "ops.css", content: ".swagger-ui .topbar { display: none }" }],
    },
  });
}

/** Each schema is registered as input and as output; bodies are described in place, so only the outputs are referred to. */
function onlyOutputs(document: Document, components: Components): Document {
  if (!("components" in document) || document.components === undefined) return document;
  const schemas = Object.entries(document.components.schemas ?? {}).filter(([name]) => name in components);
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(schemas) } } as Document;
}

type Operation = { responses?: Record<string, { description: string }> };

/** Instead of "Default Response". */
function withNamedResponses(document: Document): Document {
  const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path ?? {}) as Operation[]);
  for (const [status, response] of operations.flatMap(({ responses = {} }) => Object.entries(responses))) {
    const isNamed = response.description !== "Default Response";
    response.description = isNamed ? response.description : (STATUS_CODES[status] ?? "");
  }
  return document;
}
