import fastify from "fastify";

/** A process of its own, so that it has what the ingress has: the least that could answer a webhook. */
const app = fastify({ bodyLimit: 2 * 1_024 * 1_024 });
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.post("/", async () => ({ disposition: "accepted" }));

const url = await app.listen({ port: 0, host: "127.0.0.1" });
process.once("disconnect", () => process.exit());
process.send?.({ url });
