import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";

type Asset = { url: string; type: string; content: string };
export type Assets = { stylesheet: Asset; icon: Asset };

/** The address bears a digest of the content, so browsers may keep it for ever. */
export async function loadAssets(): Promise<Assets> {
  const [stylesheet, icon] = await Promise.all([load("ops.css", "text/css"), load("icon.svg", "image/svg+xml")]);
  return { stylesheet, icon };
}

async function load(name: string, type: string): Promise<Asset> {
  const content = await readFile(new URL(`assets/${name}`, import.meta.url), "utf8");
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return { url: `/assets/${digest}-${name}`, type: `${type}; charset=utf-8`, content };
}

/** Public: the log-in page needs them, and they hold nothing. */
export function serveAssets(app: FastifyInstance, assets: Assets): void {
  for (const { url, type, content } of Object.values(assets)) {
    app.get(url, { config: { access: "public" } }, (_request, reply) =>
      reply.header("cache-control", "public, max-age=31536000, immutable").type(type).send(content),
    );
  }
}
