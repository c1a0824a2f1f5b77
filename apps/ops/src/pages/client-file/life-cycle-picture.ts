import { clientFileStates, type State } from "@receiver/contracts";
import type { ClientFileDetails } from "@receiver/ledger";
import { html } from "ghtml";
import { stateWord, stateWords } from "../words.ts";
import { curveBetween, NODE, PICTURE, places, STEP, usualWays } from "./life-cycle-geometry.ts";

type Travelled = { from: State; to: State; steps: number[]; reversal: boolean };

/** The states as places, the way that the file took as numbered arcs. */
export function lifeCyclePicture(file: Pick<ClientFileDetails, "state" | "transitions">): string {
  const ways = travelledWays(file.transitions);
  const visited = new Set<string>(["RECEIVED", ...file.transitions.flatMap(({ from, to }) => [from, to])]);
  return html`<div class="life-cycle" tabindex="0" role="group" aria-label="Life cycle">
  <svg viewBox="${PICTURE.left} ${PICTURE.top} ${PICTURE.width} ${PICTURE.height}" role="img" aria-labelledby="life-cycle-told">
    <title id="life-cycle-told">${told(file)}</title>
    <defs>!${arrowHead("usual-head")}!${arrowHead("travelled-head")}</defs>
    !${usualWays.map(([from, to]) => html`<path class="usual" d="${curveBetween(from, to, 0).path}"/>`)}
    !${ways.map(arc)}
    !${clientFileStates.map((state) => node(state, standingOf(state, file.state, visited)))}
    !${ways.map(stepNumbers)}
  </svg></div>`;
}

function travelledWays(transitions: ClientFileDetails["transitions"]): Travelled[] {
  const ways = new Map<string, Travelled>();
  for (const [index, { from, to, reversal }] of transitions.entries()) {
    if (!isState(from) || !isState(to)) continue;
    const known = ways.get(`${from} ${to}`) ?? { from, to, steps: [], reversal: false };
    ways.set(`${from} ${to}`, { ...known, steps: [...known.steps, index + 1], reversal: known.reversal || reversal });
  }
  return [...ways.values()];
}

const isState = (name: string): name is State => Object.hasOwn(stateWords, name);

const standingOf = (state: State, current: State, visited: ReadonlySet<string>): string => {
  if (state === current) return "current";
  return visited.has(state) ? "visited" : "ahead";
};

const told = ({ state, transitions }: Pick<ClientFileDetails, "state" | "transitions">): string =>
  `The way of this file: ${["Received", ...transitions.map(({ to }) => stateWord(to))].join(", then ")}. Now: ${stateWord(state)}.`;

const arrowHead = (id: string): string =>
  html`<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z"/></marker>`;

const arc = ({ from, to, reversal }: Travelled): string =>
  html`<path class="travelled" data-reversal="${reversal}" d="${curveBetween(from, to).path}"/>`;

function stepNumbers({ from, to, steps }: Travelled): string {
  const { x, y } = curveBetween(from, to).label;
  const text = steps.join(" · ");
  const width = STEP.width + 7 * (text.length - 1);
  return html`<g><rect class="step" x="${x - width / 2}" y="${y - STEP.height / 2}" width="${width}" height="${STEP.height}" rx="10"/><text class="step-number" x="${x}" y="${y}">${text}</text></g>`;
}

function node(state: State, standing: string): string {
  const { x, y } = places[state];
  return html`<g class="node" data-state="${state}" data-standing="${standing}">
    <rect x="${x - NODE.width / 2}" y="${y - NODE.height / 2}" width="${NODE.width}" height="${NODE.height}" rx="8"/>
    <text x="${x}" y="${y}">${stateWords[state]}</text></g>`;
}
