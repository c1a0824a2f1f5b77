import { clientFileStates } from "@receiver/contracts";
import { expect, test } from "vitest";
import { curveBetween, PICTURE, STEP } from "../src/pages/client-file/life-cycle-geometry.ts";

const ways = clientFileStates.flatMap((from) =>
  clientFileStates.filter((to) => to !== from).map((to) => [from, to] as const),
);

/** Of a quadratic curve "Mx,y Qx,y x,y", at many places along it. */
function pointsOn(path: string): { x: number; y: number }[] {
  const [x0, y0, x1, y1, x2, y2] = (path.match(/-?[\d.]+/g) ?? []).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Array.from({ length: 21 }, (_, index) => {
    const t = index / 20;
    const along = (a: number, b: number, c: number) => (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t ** 2 * c;
    return { x: along(x0, x1, x2), y: along(y0, y1, y2) };
  });
}

test.each(ways)(
  "the way from %s to %s stays within the picture, its number too, because any state may follow any other",
  (from, to) => {
    const { path, label } = curveBetween(from, to);
    const corners = [
      { x: label.x - STEP.widest / 2, y: label.y - STEP.height / 2 },
      { x: label.x + STEP.widest / 2, y: label.y + STEP.height / 2 },
    ];
    for (const { x, y } of [...pointsOn(path), ...corners]) {
      expect(x).toBeGreaterThanOrEqual(PICTURE.left);
      expect(x).toBeLessThanOrEqual(PICTURE.left + PICTURE.width);
      expect(y).toBeGreaterThanOrEqual(PICTURE.top);
      expect(y).toBeLessThanOrEqual(PICTURE.top + PICTURE.height);
    }
  },
);
