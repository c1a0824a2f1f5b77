import { readFile, realpath } from "node:fs/promises";

/** File systems that go with the container (overlay: its own root) or with the machine's memory. */
const PASSING = new Set(["overlay", "aufs", "fuse.fuse-overlayfs", "tmpfs", "ramfs", "rootfs"]);

/**
 * Whether what is written below `path` is still there for the next container. As far as that can be seen: a volume that
 * is removed with its container looks like any other. True where the system does not tell (only Linux does).
 */
export async function outlivesContainer(path: string, mounts = "/proc/self/mountinfo"): Promise<boolean> {
  const table = await readFile(mounts, "utf8").catch(() => null);
  if (table === null) return true;
  const type = typeOfMount(table, await realpath(path));
  return type === null || !PASSING.has(type);
}

/** proc_pid_mountinfo(5): the fifth field is where it is mounted, its spaces as `\040`; after ` - ` comes the type. */
function typeOfMount(table: string, path: string): string | null {
  let found = { point: "", type: null as string | null };
  for (const line of table.split("\n")) {
    const [mount = "", source = ""] = line.split(" - ");
    const point = (mount.split(" ")[4] ?? "").replaceAll(/\\([0-7]{3})/g, (_, octal) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    // The last of several at one place hides the others.
    if (contains(point, path) && point.length >= found.point.length)
      found = { point, type: source.split(" ")[0] ?? null };
  }
  return found.type;
}

function contains(point: string, path: string): boolean {
  return point === "/" || path === point || (point !== "" && path.startsWith(`${point}/`));
}
