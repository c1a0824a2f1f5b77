import { readFile } from "node:fs/promises";

/**
 * Whether the kernel gives those who wait to be accepted by a process that leaves to another one on its port. Without it the
 * few are reset who come between the last look and the close (ip-sysctl, `tcp_migrate_req`; Linux 5.14). True where the system
 * knows no such setting: nothing can be done there.
 */
export async function handsOverConnections(setting = "/proc/sys/net/ipv4/tcp_migrate_req"): Promise<boolean> {
  const value = await readFile(setting, "utf8").catch(() => null);
  return value?.trim() !== "0";
}
