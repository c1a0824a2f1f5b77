import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openTestOps, type TestOps } from "./open-test-ops.ts";

/** The API as it was agreed upon. */
const routes = [
  "POST /api/client-files",
  "GET /api/client-files",
  "GET /api/client-files/{id}",
  "GET /api/client-files/{id}/personal-data",
  "POST /api/client-files/{id}/personal-data",
  "POST /api/client-files/{id}/refold",
  "GET /api/client-files/{id}/conflict",
  "POST /api/client-files/{id}/decide",
  "POST /api/client-files/{id}/link",
  "POST /api/client-files/{id}/unlink",
  "POST /api/client-files/{id}/abandon",
  "POST /api/client-files/{id}/withdraw",
  "POST /api/client-files/{id}/erase",
  "POST /api/client-files/{id}/legal-hold",
  "DELETE /api/client-files/{id}/legal-hold",
  "PUT /api/client-files/{id}/relationship",
  "POST /api/deliveries/{id}/erase",
  "GET /api/deliveries",
  "GET /api/deliveries/{id}",
  "POST /api/deliveries/{id}/reveal",
  "POST /api/deliveries/{id}/replay",
  "POST /api/deliveries/replay",
  "GET /api/queues",
  "POST /api/queues/{name}/pause",
  "POST /api/queues/{name}/resume",
  "POST /api/subscribers",
  "GET /api/subscribers",
  "GET /api/subscribers/{id}",
  "PATCH /api/subscribers/{id}",
  "DELETE /api/subscribers/{id}",
  "GET /api/notifications",
  "POST /api/notifications/{id}/redeliver",
  "GET /api/status-map",
  "PUT /api/status-map",
  "GET /api/contract-drift",
  "POST /api/status-map/refold",
  "GET /api/audit",
  "POST /api/credentials",
  "GET /api/credentials",
  "DELETE /api/credentials/{id}",
];

const schema = z.looseObject({});
const content = z.record(z.string(), z.strictObject({ schema }));
const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z]+$/),
  summary: z.string().min(5),
  description: z.string().optional(),
  tags: z.array(z.string()).length(1),
  parameters: z
    .array(
      z.strictObject({
        in: z.enum(["path", "query"]),
        name: z.string(),
        required: z.boolean(),
        schema,
        description: z.string().optional(),
      }),
    )
    .optional(),
  requestBody: z.strictObject({ required: z.boolean().optional(), content }).optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  responses: z.record(
    z.string().regex(/^[245]\d\d$/),
    z.looseObject({ description: z.string().min(1), content: content.optional() }),
  ),
});
/** The parts of OpenAPI 3.1 that the document uses. */
const document = z.strictObject({
  openapi: z.literal("3.1.0"),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  components: z.strictObject({ securitySchemes: z.record(z.string(), schema), schemas: z.record(z.string(), schema) }),
  paths: z.record(
    z.string().startsWith("/api/"),
    z.record(z.enum(["get", "post", "put", "patch", "delete"]), operation.optional()),
  ),
  security: z.array(z.record(z.string(), z.array(z.string()))),
});

describe("the OpenAPI document", () => {
  let t: TestOps;
  let api: z.output<typeof document>;
  beforeAll(async () => {
    t = await openTestOps();
    api = document.parse((await t.viewer("GET", "/openapi.json")).json);
  });
  afterAll(async () => t[Symbol.asyncDispose]());

  const operations = () =>
    Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, one]) =>
        one ? [{ route: `${method.toUpperCase()} ${path}`, path, ...one }] : [],
      ),
    );

  test("lists every route and no page", () => {
    expect(
      operations()
        .map(({ route }) => route)
        .sort(),
    ).toEqual([...routes].sort());
  });

  test("names each operation once, because clients are generated from the names", () => {
    const names = operations().map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  test("declares every parameter of a path, and a body where there is one to send", () => {
    for (const { route, path, parameters = [], requestBody } of operations()) {
      const declared = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
      expect(declared, route).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      const sendsBody = !route.startsWith("GET"); // each takes a reason
      expect(requestBody !== undefined, route).toBe(sendsBody);
    }
  });

  test("tells of each route how it succeeds and how it refuses", () => {
    for (const { route, path, responses } of operations()) {
      const statuses = Object.keys(responses);
      expect(
        statuses.some((status) => status.startsWith("2")),
        route,
      ).toBe(true);
      expect(statuses, route).toEqual(
        expect.arrayContaining(["401", "429", "503", ...(path.includes("{") ? ["404"] : [])]),
      );
      if (!route.startsWith("GET")) expect(statuses, route).toContain("403");
      for (const [status, { content: types = {} }] of Object.entries(responses)) {
        if (!status.startsWith("2"))
          expect(Object.keys(types), `${route} ${status}`).toEqual(["application/problem+json"]);
      }
    }
  });

  test("refers only to what it defines, and defines only what it refers to", () => {
    const text = JSON.stringify(api);
    const referred = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    expect([...text.matchAll(/"\$ref":"([^"]*)"/g)].length).toBeGreaterThan(30);
    expect([...referred].sort()).toEqual(Object.keys(api.components.schemas).sort());
    expect(text).not.toMatch(/__SCHEMA/);
  });

  test("describes the answers that are given, field by field", async () => {
    const { json } = await t.operator("POST", "/api/client-files", { companyId: 1, fileUuid: "u", externalId: "e" });
    const summary = z.fromJSONSchema(api.components.schemas.ClientFileSummary as never);
    expect(summary.safeParse(json).success).toBe(true);
    expect(summary.safeParse({ ...json, state: "GONE" }).success).toBe(false);
  });

  test("is shown by Swagger UI, whose assets load from here", async () => {
    const page = await t.viewer("GET", "/docs");
    expect(page.status).toBe(200);
    const sources = [...page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(([, source]) => source ?? "");
    expect(sources.length).toBeGreaterThan(4);
    for (const source of sources) expect((await t.viewer("GET", source)).status, source).toBe(200);
  });
});
