# One image for every app; the command says which. Node runs the TypeScript as it is written: nothing is built.
FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY . .
# What is left changes only when a dependency does, and so does the layer that npm makes of it.
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
 && find . -type d -empty -delete

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY --from=manifests /app .
# No install script has anything to add: the one native dependency brings its binaries as packages.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production METRICS_HOST=0.0.0.0 METRICS_PORT=9464
WORKDIR /app
# npm links the workspaces, and they have to stay links: Node strips no types below a real node_modules. Not the root's alone: a
# workspace has a node_modules of its own where versions differ.
COPY --from=dependencies /app .
COPY . .
# Where the ingress' spool is mounted: a new volume takes its owner from here.
RUN install -d -o node -g node -m 700 /spool
USER node
# By the private listener, which every app has. Node's fetch: the image has no curl.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "-e", \
  "fetch('http://127.0.0.1:' + process.env.METRICS_PORT + '/readyz').then(({ ok }) => { process.exitCode = ok ? 0 : 1; }, () => { process.exitCode = 1; })"]
# The ingress unless told otherwise: node apps/<app>/src/main.ts. Run it with an init (`docker run --init`).
CMD ["node", "apps/ingress/src/main.ts"]
