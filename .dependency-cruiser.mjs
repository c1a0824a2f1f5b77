// Who may import whom. The table in ARCHITECTURE.md, as rules; `npm run boundaries` also checks that every module was read.

const ofWorkers = [
  "packages/contracts",
  "packages/client-file",
  "packages/ledger",
  "packages/queues",
  "packages/runtime",
  "packages/sealing",
  "packages/worker",
];

/** What each workspace may import of the others, besides itself. */
const allowed = {
  "packages/contracts": [],
  "packages/runtime": [],
  "packages/events": ["packages/contracts"],
  "packages/client-file": ["packages/contracts", "packages/events"],
  "packages/chains": [],
  "packages/sealing": ["packages/runtime"],
  "packages/ledger": [
    "packages/chains",
    "packages/contracts",
    "packages/client-file",
    "packages/events",
    "packages/runtime",
    "packages/sealing",
  ],
  "packages/queues": ["packages/contracts", "packages/runtime"],
  "packages/worker": ["packages/contracts", "packages/ledger", "packages/queues", "packages/runtime"],
  "packages/outgoing": ["packages/runtime"],
  "packages/danaya-api": ["packages/outgoing", "packages/runtime"],
  "packages/local-services": [],
  "packages/simulation": ["packages/contracts"],
  "packages/testing": [
    "packages/contracts",
    "packages/ledger",
    "packages/local-services",
    "packages/queues",
    "packages/sealing",
  ],
  "apps/ingress": [
    "packages/contracts",
    "packages/ledger/src/inbox",
    "packages/queues",
    "packages/runtime",
    "packages/sealing",
  ],
  "apps/(?:status|retry)-worker": ofWorkers,
  "apps/notification-worker": [...ofWorkers, "packages/outgoing"],
  "apps/reconciliation-worker": [...ofWorkers, "packages/danaya-api"],
  "apps/ops": [
    "packages/contracts",
    "packages/client-file",
    "packages/events",
    "packages/ledger",
    "packages/queues",
    "packages/runtime",
    "packages/sealing",
  ],
  scripts: [
    "packages/chains",
    "packages/contracts",
    "packages/danaya-api",
    "packages/ledger",
    "packages/local-services",
    "packages/queues",
    "packages/runtime",
    "packages/sealing",
    "packages/simulation",
  ],
  // It judges the product from outside: of its rules it imports the fold alone, to compare.
  chaos: [
    "packages/contracts",
    "packages/client-file",
    "packages/events",
    "packages/ledger",
    "packages/local-services",
    "packages/sealing",
    "packages/simulation",
    "packages/testing/src/processes",
  ],
  // From outside, too: of the product it imports what a body is, and how a database is made.
  fuzz: [
    "packages/contracts",
    "packages/ledger",
    "packages/local-services",
    "packages/simulation",
    "packages/testing/src/processes",
  ],
};

const workspaceRule = ([workspace, others]) => ({
  name: `${workspace.replaceAll("/", "-")}-imports-only-its-row`,
  comment: "See the table of who may import whom in ARCHITECTURE.md.",
  severity: "error",
  from: { path: `^(${workspace})/src/` },
  to: {
    path: "^(apps|packages|scripts|e2e|chaos|fuzz)/",
    pathNot: ["^$1/", ...others.map((other) => `^${other}/`)],
  },
});

/** Who knows a driver. The others know the package. */
const importers = {
  kysely: ["packages/ledger"],
  // queues: BullMQ's Postgres backend takes a pool; local-services: asks a server whether it is up.
  pg: ["packages/ledger", "packages/queues", "packages/local-services"],
  bullmq: ["packages/queues"],
  ioredis: ["packages/queues"],
  testcontainers: ["packages/local-services"],
  "@hpke/core": ["packages/sealing"],
  undici: ["packages/outgoing"],
};

const importersRule = ([library, workspaces]) => ({
  name: `only-a-few-import-${library}`,
  severity: "error",
  from: {
    path: "^(apps|packages|scripts|e2e|chaos|fuzz)/.*src/",
    pathNot: workspaces.map((workspace) => `^${workspace}/`),
  },
  to: { path: `node_modules/${library}/` },
});

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "everything-resolves", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "nothing-imports-an-app",
      severity: "error",
      from: { path: "^(apps|packages|scripts|e2e|chaos|fuzz)/([^/]+)/" },
      to: { path: "^apps/", pathNot: "^$1/$2/" },
    },
    {
      name: "testing-is-for-tests",
      severity: "error",
      from: { path: "/src/", pathNot: "^(packages/testing|chaos|fuzz)/" },
      to: { path: "^packages/testing/" },
    },
    {
      name: "only-through-the-barrel",
      comment: "Another workspace is imported by its name, hence by what it exports.",
      severity: "error",
      from: { path: "^((?:apps|packages)/[^/]+|scripts|e2e|chaos|fuzz)/" },
      to: {
        path: "^packages/[^/]+/src/",
        pathNot: ["^$1/", "^packages/[^/]+/src/(inbox/|roles/|processes/)?index[.]ts$"],
      },
    },
    {
      name: "contracts-imports-zod-only",
      severity: "error",
      from: { path: "^packages/contracts/src/" },
      to: { path: "node_modules/", pathNot: "node_modules/zod/" },
    },
    {
      name: "events-and-rules-are-pure",
      severity: "error",
      from: { path: "^packages/(client-file|events)/src/" },
      to: { pathNot: ["^packages/$1/src/", "^packages/(contracts|events)/src/index[.]ts$"] },
    },
    ...Object.entries(allowed).map(workspaceRule),
    ...Object.entries(importers).map(importersRule),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)node_modules/.*/node_modules/" },
    parser: "swc",
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    moduleSystems: ["es6"],
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".mjs", ".js", ".json"],
    },
  },
};
