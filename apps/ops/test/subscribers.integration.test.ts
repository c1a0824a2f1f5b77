import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestOps, problem, type TestOps } from "./open-test-ops.ts";

const bank = { name: "Core banking", kind: "http", url: "https://bank.example/hooks", types: ["*"] };

/** For tests that do not mind what others left. */
let shared: TestOps;
beforeAll(async () => {
  shared = await openTestOps();
});
afterAll(async () => shared[Symbol.asyncDispose]());

describe("the API of subscribers", () => {
  test("shows the secret once, at the creation, and never again", async () => {
    await using t = await openTestOps();
    const created = await t.operator("POST", "/api/subscribers", bank);
    expect(created.status).toBe(201);
    expect(created.json).toEqual({
      ...bank,
      id: expect.any(String),
      companies: null,
      audience: "operations",
      createdAt: "2026-11-22T12:00:00.000Z",
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const { secret, ...shown } = created.json;
    const { id } = created.json;
    expect(created.headers.location).toBe(`/api/subscribers/${id}`);

    expect((await t.operator("GET", "/api/subscribers")).json).toEqual({ items: [shown] });
    expect((await t.operator("GET", `/api/subscribers/${id}`)).json).toEqual(shown);
    const changed = await t.operator("PATCH", `/api/subscribers/${id}`, { name: "Other", reason: "renamed" });
    for (const path of ["/api/subscribers", "/api/audit", "/api/notifications"]) {
      expect((await t.operator("GET", path)).text).not.toContain(secret);
    }
    expect(changed.text).not.toContain(secret);
    expect(t.lines.join()).not.toContain(secret);
  });

  test("changes the fields that are named and keeps the others", async () => {
    await using t = await openTestOps();
    const { id } = (await t.operator("POST", "/api/subscribers", bank)).json;
    const changes = {
      types: ["client_file.approved", "document.expired"],
      companies: [7, "8"],
      audience: "compliance",
    };
    const { status, json } = await t.operator("PATCH", `/api/subscribers/${id}`, { ...changes, reason: "they asked" });
    expect(status).toBe(200);
    expect(json).toMatchObject({ ...bank, ...changes, companies: ["7", "8"] });
    const widened = await t.operator("PATCH", `/api/subscribers/${id}`, { companies: null, reason: "a merger" });
    expect(widened.json.companies).toBeNull();
  });

  test("every change is in the audit with what it changed and why, and without what a URL may keep secret, in its path or its query", async () => {
    await using t = await openTestOps();
    const url = "https://bank.example/services/hunter2";
    const { id } = (await t.operator("POST", "/api/subscribers", { ...bank, url, reason: "go-live" })).json;
    const path = `/api/subscribers/${id}`;
    expect((await t.operator("PATCH", path, { name: "Other" })).json.errors).toMatchObject([{ path: "reason" }]);
    expect((await t.operator("DELETE", path)).status).toBe(400);
    await t.operator("PATCH", path, { name: "Other", url: "https://new.example/?t=hunter2", reason: "they moved" });
    await t.operator("DELETE", path, { reason: "the contract ended" });

    const { json, text } = await t.operator("GET", `/api/audit?target=${id}`);
    expect(json.items).toMatchObject([
      { action: "subscriber.remove", reason: "the contract ended", detail: { name: "Other" } },
      {
        action: "subscriber.update",
        reason: "they moved",
        detail: {
          name: { from: bank.name, to: "Other" },
          url: {
            from: expect.stringMatching(/^https:\/\/bank\.example\/… \([\da-f]{8}\)$/),
            to: expect.stringMatching(/^https:\/\/new\.example\/… \([\da-f]{8}\)$/),
          },
        },
      },
      { action: "subscriber.create", reason: "go-live", detail: { name: bank.name, types: ["*"] } },
    ]);
    expect(Object.keys(json.items[1].detail).sort()).toEqual(["name", "url"]);
    expect(text).not.toMatch(/hunter2|whsec_/);
  });

  test("shows a viewer where it is, and not the path or query, which may be its secret", async () => {
    await using t = await openTestOps();
    const url = "https://chat.example:8443/services/hunter2?t=hunter2";
    const { id } = (await t.operator("POST", "/api/subscribers", { ...bank, url })).json;
    const seen = { id, name: bank.name, url: "https://chat.example:8443/…" };
    expect((await t.viewer("GET", "/api/subscribers")).json.items).toMatchObject([seen]);
    expect((await t.viewer("GET", `/api/subscribers/${id}`)).json).toMatchObject(seen);
  });

  test("removes one for good, and says so the second time", async () => {
    await using t = await openTestOps();
    const { id } = (await t.operator("POST", "/api/subscribers", bank)).json;
    const reason = { reason: "the contract ended" };
    const removed = await t.operator("DELETE", `/api/subscribers/${id}`, reason);
    expect(removed).toMatchObject({ status: 204, text: "" });
    expect((await t.viewer("GET", "/api/subscribers")).json.items).toEqual([]);
    expect((await t.operator("DELETE", `/api/subscribers/${id}`, reason)).json).toEqual(problem(404, "NOT_FOUND"));
    expect((await t.operator("PATCH", `/api/subscribers/${id}`, { name: "x", ...reason })).json).toEqual(
      problem(404, "NOT_FOUND"),
    );
    expect((await t.viewer("GET", `/api/subscribers/${id}`)).json).toEqual(problem(404, "NOT_FOUND"));
    const { items } = (await t.operator("GET", "/api/audit")).json;
    expect(items.map(({ action }: { action: string }) => action)).toEqual(["subscriber.remove", "subscriber.create"]);
  });

  test.each([
    ["no URL", { url: undefined }, "url"],
    ["no web address", { url: "ftp://hunter2.example" }, "url"],
    ["a password in the URL, because viewers see it", { url: "https://user:hunter2@bank.example" }, "url"],
    ["an unknown type", { types: ["client_file.hunter2"] }, "types.0"],
    ["all types and one more", { types: ["*", "client_file.approved"] }, "types"],
    ["no type", { types: [] }, "types"],
    ["a company that is no id", { companies: [1.5] }, "companies.0"],
    ["no company", { companies: [] }, "companies"],
    ["an unknown audience", { audience: "hunter2" }, "audience"],
    ["another kind", { kind: "hunter2" }, "kind"],
    ["a secret of one's own", { secret: "whsec_hunter2" }, ""],
  ])("refuses %s by path", async (_what, changes, path) => {
    const t = shared;
    const { status, json, text } = await t.operator("POST", "/api/subscribers", { ...bank, ...changes });
    expect({ status, paths: json.errors?.map((error: { path: string }) => error.path) }).toEqual({
      status: 400,
      paths: [path],
    });
    expect(text).not.toContain("hunter2");
    const { id } = (await t.operator("POST", "/api/subscribers", bank)).json;
    const reason = "they asked";
    const change = await t.operator("PATCH", `/api/subscribers/${id}`, { ...changes, reason }); // undefined is no field: nothing to change
    expect(change.json.errors).toMatchObject([{ path: Object.values(changes)[0] === undefined ? "" : path }]);
  });
});
