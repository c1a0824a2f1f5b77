import type { Ledger } from "@receiver/ledger";
import type { Layout } from "./layout.ts";

export type PageDependencies = { ledger: Ledger; layout: Layout };
