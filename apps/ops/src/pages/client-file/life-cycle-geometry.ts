import type { State } from "@receiver/contracts";

// Units of the picture's own coordinates. Arcs leave the rows of the nodes upwards on the way there, and downwards on the way back.
export const PICTURE = { left: 0, top: -16, width: 960, height: 322 } as const;
export const NODE = { width: 148, height: 40 } as const;
/** The number of a step on its arc: it grows with the steps that went the same way, `widest` for a dozen. */
export const STEP = { width: 20, height: 20, widest: 160 } as const;

type Point = { x: number; y: number };

/** Where each state stands, by its middle: time runs from left to right. */
export const places: Record<State, Point> = {
  RECEIVED: { x: 90, y: 145 },
  IN_ANALYSIS: { x: 320, y: 145 },
  RETRY_REQUESTED: { x: 440, y: 45 },
  ERROR: { x: 440, y: 245 },
  AWAITING_DECISION: { x: 580, y: 145 },
  APPROVED: { x: 860, y: 75 },
  REJECTED: { x: 860, y: 215 },
};

/** The usual ways; any state may follow any other. */
export const usualWays: readonly (readonly [State, State])[] = [
  ["RECEIVED", "IN_ANALYSIS"],
  ["IN_ANALYSIS", "RETRY_REQUESTED"],
  ["RETRY_REQUESTED", "AWAITING_DECISION"],
  ["IN_ANALYSIS", "AWAITING_DECISION"],
  ["IN_ANALYSIS", "ERROR"],
  ["AWAITING_DECISION", "APPROVED"],
  ["AWAITING_DECISION", "REJECTED"],
];

/** How far an arc leaves the straight line, as a part of its length: enough to pass over a node in between. */
const BEND = 0.22;

/** A quadratic curve between the edges of two nodes; there and back are two curves. `label` is its middle. */
export function curveBetween(from: State, to: State, bend = BEND): { path: string; label: Point } {
  const [start, end] = [places[from], places[to]];
  const control = {
    x: (start.x + end.x) / 2 + (end.y - start.y) * bend,
    y: (start.y + end.y) / 2 - (end.x - start.x) * bend,
  };
  const [first, last] = [edgeTowards(start, control), edgeTowards(end, control)];
  return {
    path: `M${at(first)} Q${at(control)} ${at(last)}`,
    label: { x: (first.x + 2 * control.x + last.x) / 4, y: (first.y + 2 * control.y + last.y) / 4 },
  };
}

/** Where the way from a node's middle to a point leaves the node. */
function edgeTowards(middle: Point, point: Point): Point {
  const [dx, dy] = [point.x - middle.x, point.y - middle.y];
  const scale = Math.min(NODE.width / 2 / Math.abs(dx || 1e-9), NODE.height / 2 / Math.abs(dy || 1e-9));
  return { x: middle.x + dx * scale, y: middle.y + dy * scale };
}

const at = ({ x, y }: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
