import { inject } from "vitest";

/** What the global setup hands to every test file. */
export type Services = {
  /** A database of a server on which databases may be created. */
  postgresUrl: string;
  /** Begins the name of every database of this run. */
  databasePrefix: string;
  redis: { kind: "available" } | { kind: "missing"; why: string; required: boolean };
};

declare module "vitest" {
  interface ProvidedContext {
    services: Services;
  }
}

/** Throws in a test of a project that has no servers. */
export function services(): Services {
  const provided: Services | undefined = inject("services");
  if (provided) return provided;
  throw new Error("this test has no servers: name its file *.integration.test.ts or *.e2e.test.ts");
}
