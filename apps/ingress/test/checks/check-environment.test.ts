import { ConfigError, readConfig } from "@receiver/runtime";
import { describe, expect, it } from "vitest";
import { config } from "../../src/config.ts";

const STRONG = "Zq7mKc2VxR9aLw4NbE-t31";
const OTHER = "q0Pz_83hTbbYc5WdLk2Rm9";
const required = { DATABASE_URL: "postgres://u@h/d", DANAYA_WEBHOOK_TOKENS: `autumn:${STRONG}` };
const whsec = (bytes: number) => `whsec_${Buffer.alloc(bytes, "k").toString("base64")}`;

const read = (env: Record<string, string>) => readConfig(config, { ...required, ...env });
const checksOf = (env: Record<string, string>) => read(env).secrets.checks;

function problemsIn(env: Record<string, string>) {
  try {
    read(env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
  }
  return [];
}

const inProduction = (env: Record<string, string>) =>
  problemsIn({ ...env, NODE_ENV: "production", ENCRYPT_AT_REST: "never" });

describe("a secret that may be guessed", () => {
  const weak = { DANAYA_WEBHOOK_TOKENS: `tok-a,autumn:${STRONG.slice(1)},winter:${STRONG}` };

  it("is taken for a first try, and known by its name so that the log can warn of it", () => {
    const { secrets, ...plain } = read(weak);
    expect(secrets.tokens.map((entry) => entry.token.length)).toEqual([5, 21, 22]);
    expect(plain.weakTokenNames).toEqual(["token-1", "autumn"]);
    expect(plain.weakVariables).toEqual(["DANAYA_WEBHOOK_TOKENS"]);
  });

  it("is refused in production, with the rule and the fix but not the secret", () => {
    const problems = inProduction(weak);
    expect(problems).toEqual([
      {
        variable: "DANAYA_WEBHOOK_TOKENS",
        rule: expect.stringContaining("at least 22 characters (128 bits) when NODE_ENV=production"),
        fix: expect.stringContaining("crypto.randomBytes"),
      },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/tok-a|q7mK/);
  });

  it.each([
    ["one letter again and again", "w".repeat(64)],
    ["a few letters", `${"ab".repeat(12)}ba1cd`],
    ["a short text again and again", "s3cr3tPw".repeat(4)],
    ["22 hexadecimal digits, which hold 88 bits", "8f3a0c6be1d2947f50ab3c"],
    ["38 decimal digits", "31415926535897932384626433832795028841"],
    ["24 letters and digits of one case", "zq7mkc2vxr9alw4nbe8t31ph"],
    ["the placeholder of .env.example", "replace-me"],
  ])("is %s", (_what, secret) => {
    expect(inProduction({ DANAYA_WEBHOOK_TOKENS: secret })).toMatchObject([{ variable: "DANAYA_WEBHOOK_TOKENS" }]);
  });

  it.each([
    ["22 characters of base64url", STRONG],
    ["32 hexadecimal digits", "8f3a0c6be1d2947f50ab3c6d7e1f2a90"],
    ["39 decimal digits", "314159265358979323846264338327950288419"],
    ["25 letters and digits of one case", "zq7mkc2vxr9alw4nbe8t31phd"],
  ])("is not %s", (_what, secret) => {
    expect(inProduction({ DANAYA_WEBHOOK_TOKENS: secret })).toEqual([]);
  });

  it("is looked for in every other check, because a signature that can be computed proves nothing", () => {
    const env = {
      WEBHOOK_HEADER: `x-key:${STRONG},x-key:hunter2`,
      WEBHOOK_BASIC: `${STRONG}:hunter2`,
      WEBHOOK_HMAC_HEADER: "x-signature",
      WEBHOOK_HMAC_KEYS: `${STRONG},hex:0011223344`,
    };
    const variables = ["WEBHOOK_HEADER", "WEBHOOK_BASIC", "WEBHOOK_HMAC_KEYS"];
    expect(inProduction(env).map(({ variable }) => variable)).toEqual(variables);
    expect(read(env).weakVariables).toEqual(variables);
  });

  const bytes = Buffer.from("8f3a0c6be1d2947f50ab3c6d7e1f2a904b5c6d7e8f901a2b", "hex");
  it.each([
    ["WEBHOOK_HMAC_KEYS", "32 zeros", `hex:${"00".repeat(32)}`],
    [
      "WEBHOOK_HMAC_KEYS",
      "five bytes that differ",
      `base64:${Buffer.from("abcdeaaaaaaaaaaabbbbcccc").toString("base64")}`,
    ],
    ["WEBHOOK_HMAC_KEYS", "eight bytes again and again", `hex:${"8f3a0c6be1d2947f".repeat(4)}`],
    ["WEBHOOK_HMAC_KEYS", "15 bytes", `hex:${bytes.toString("hex", 0, 15)}`],
    ["WEBHOOK_SIGNATURE_SECRETS", "a whsec_ of zeros", `whsec_${"A".repeat(32)}`],
    ["WEBHOOK_SIGNATURE_SECRETS", "a second whsec_ of one byte", `whsec_${bytes.toString("base64")},${whsec(32)}`],
  ])("is, of bytes in %s, %s", (variable, _what, value) => {
    const env = { WEBHOOK_HMAC_HEADER: "x-signature", WEBHOOK_HMAC_KEYS: STRONG, [variable]: value };
    expect(inProduction(env)).toMatchObject([{ variable }]);
    expect(read(env).weakVariables).toEqual([variable]);
  });

  it("is none of random bytes", () => {
    const [hex, base64] = [bytes.toString("hex", 0, 16), bytes.toString("base64")];
    const keys = { WEBHOOK_HMAC_KEYS: `hex:${hex},base64:${base64}`, WEBHOOK_HMAC_HEADER: "x-signature" };
    expect(inProduction({ ...keys, WEBHOOK_SIGNATURE_SECRETS: `whsec_${base64}` })).toEqual([]);
  });
});

describe("what must hold besides the token", () => {
  it("is read from one variable a check, each with several secrets so that one can be rotated", () => {
    const checks = checksOf({
      ALLOWED_SENDERS: "192.0.2.0/24, 2001:db8::1",
      WEBHOOK_HEADER: `X-Danaya-Key: ${STRONG}, x-danaya-key:${OTHER} with:signs=`,
      WEBHOOK_BASIC: `danaya:${STRONG},danaya:pass:word`,
      WEBHOOK_SIGNATURE_SECRETS: `${whsec(24)},${whsec(64)}`,
    });
    expect(checks).toMatchObject({
      allowedSenders: [{ address: "192.0.2.0", prefix: 24 }, { prefix: 128 }],
      header: { name: "x-danaya-key", values: [STRONG, `${OTHER} with:signs=`] },
      basic: [`danaya:${STRONG}`, "danaya:pass:word"],
      hmac: null,
    });
    expect(checks.signatureKeys?.map((key) => key.symmetricKeySize)).toEqual([24, 64]);
  });

  it("takes an HMAC's key as text, as hex: or as base64:, because providers hand out all three", () => {
    const { hmac } = checksOf({
      WEBHOOK_HMAC_HEADER: "X-Hub-Signature-256",
      WEBHOOK_HMAC_KEYS: "hex:4142,base64:QUI=,AB",
    });
    expect(hmac).toMatchObject({ header: "x-hub-signature-256", algorithm: "sha256", encoding: "hex", prefix: "" });
    expect(hmac?.keys.map((key) => key.export().toString())).toEqual(["AB", "AB", "AB"]);
  });

  it("takes the HMAC's form from three more", () => {
    const form = { WEBHOOK_HMAC_ALGORITHM: "SHA512", WEBHOOK_HMAC_ENCODING: "base64", WEBHOOK_HMAC_PREFIX: "sha512=" };
    const { hmac } = checksOf({ WEBHOOK_HMAC_HEADER: "x-s", WEBHOOK_HMAC_KEYS: STRONG, ...form });
    expect(hmac).toMatchObject({ algorithm: "sha512", encoding: "base64", prefix: "sha512=" });
  });

  it.each([
    ["ALLOWED_SENDERS", "danaya.africa"],
    ["WEBHOOK_HEADER", "planted"],
    ["WEBHOOK_HEADER", "x-key:"],
    ["WEBHOOK_HEADER", "x key:planted"],
    ["WEBHOOK_HEADER", "x-key:planted,x-other:planted"],
    ["WEBHOOK_HEADER", "x-key:plantéd"],
    ["WEBHOOK_BASIC", "planted"],
    ["WEBHOOK_BASIC", ":planted"],
    ["WEBHOOK_BASIC", "planted:"],
    ["WEBHOOK_SIGNATURE_SECRETS", "planted"],
    ["WEBHOOK_SIGNATURE_SECRETS", whsec(23)],
    ["WEBHOOK_SIGNATURE_SECRETS", `${whsec(24)}-planted`],
    ["WEBHOOK_HMAC_KEYS", "hex:planted"],
    ["WEBHOOK_HMAC_KEYS", "base64:!planted"],
    ["WEBHOOK_HMAC_HEADER", "x planted"],
    ["WEBHOOK_HMAC_ALGORITHM", "md5"],
    ["WEBHOOK_HMAC_ENCODING", "planted"],
    ["WEBHOOK_HMAC_PREFIX", "plantéd"],
  ])("is refused at the start where it can't be meant: %s=%s", (variable, value) => {
    const problems = problemsIn({ [variable]: value });
    expect(problems).toMatchObject([{ variable, rule: expect.stringMatching(/^must /) }]);
    expect(JSON.stringify(problems)).not.toMatch(/plant|kkkk|md5/);
  });

  it("is refused in halves, because a key without its header would check nothing", () => {
    expect(problemsIn({ WEBHOOK_HMAC_KEYS: STRONG })).toMatchObject([
      { variable: "WEBHOOK_HMAC_HEADER", rule: expect.stringContaining("is not set; it must be set") },
    ]);
    expect(problemsIn({ WEBHOOK_HMAC_HEADER: "x-s" })).toMatchObject([{ variable: "WEBHOOK_HMAC_KEYS" }]);
  });

  it("asks for one Authorization at most, because no request could bear two", () => {
    const env = { WEBHOOK_HEADER: `Authorization:Bearer ${STRONG}` };
    expect(checksOf(env).header).toEqual({ name: "authorization", values: [`Bearer ${STRONG}`] });
    expect(problemsIn({ ...env, WEBHOOK_BASIC: `danaya:${OTHER}` })).toMatchObject([{ variable: "WEBHOOK_HEADER" }]);
  });
});
