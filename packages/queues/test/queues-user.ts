import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";

const compose = readFileSync(new URL("../../../docker-compose.yml", import.meta.url), "utf8");

/** What docker-compose.yml lets the apps' user do. */
function rules(): string[] {
  const [, , lines = ""] = /--user\n +- receiver\n +- "on"\n +- ">(\$\{\w+\})"\n((?: +- .+\n)+)/.exec(compose) ?? [];
  return [...lines.matchAll(/- "?([^"\n]+)"?$/gm)].map((match) => match[1] as string);
}

/** Makes that user on a server, with a name and a password of the test's own. */
export async function createQueuesUser(url: string): Promise<{ url: string; remove(): Promise<void> }> {
  const [name, password] = [`receiver-test-${randomBytes(4).toString("hex")}`, randomBytes(16).toString("hex")];
  await asAdministrator(url, ["SETUSER", name, "on", `>${password}`, ...rules()]);
  return {
    url: Object.assign(new URL(url), { username: name, password }).href,
    remove: () => asAdministrator(url, ["DELUSER", name]),
  };
}

async function asAdministrator(url: string, words: string[]): Promise<void> {
  const client = new Redis(url);
  try {
    await client.call("ACL", words);
  } finally {
    client.disconnect();
  }
}
