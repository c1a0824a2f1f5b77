import type { DevelopmentValues } from "./development-values.ts";
import type { PipelineUrls } from "./pipeline.ts";

/** The lines printed when everything is up; the last one is the ready line. */
export function describeRun(urls: PipelineUrls, values: DevelopmentValues): string[] {
  const login = values.login
    ? `log in as ${values.login.name} with ${values.login.password}`
    : "log in as one of OPS_USERS";
  const address = values.publicUrl ?? urls.ingressUrl;
  return [
    "",
    `  Webhook URL   ${address.replace(/\/+$/, "")}/webhooks/danaya/${values.token}`,
    `  Explorer      ${urls.opsUrl}/            ${login}`,
    `  Queues        ${urls.opsUrl}/queues`,
    `  API           ${urls.opsUrl}/docs`,
    ...Object.entries(urls.metricsUrls).map(([name, url]) => `  Metrics       ${url}   ${name}`),
    ...(values.confirm === "never"
      ? ["", "  CONFIRM=never: decisions are released on webhooks alone and marked confirmed:false. Development only."]
      : []),
    ...(values.observe
      ? [
          "",
          "  OBSERVE=on: deliveries are stored and wait, nothing is applied, nobody is told. npm run observe foretells.",
        ]
      : []),
    "",
    "  Next: npm run simulate -- --documented",
    "",
    `ready: webhooks at ${urls.ingressUrl}, operators at ${urls.opsUrl}`,
  ];
}
