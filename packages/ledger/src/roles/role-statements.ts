import { allGrants, type Grant, type Role, roles } from "./grants.ts";
import { scramVerifier } from "./scram-verifier.ts";

/** Who may log in as a member of a role. */
export type Login = { name: string; role: Role; password: string };

/**
 * The SQL that makes the roles and grants what the table says, no more: whatever they had before is taken first. The same
 * statements again change nothing. For a database that is migrated, by its owner, who may create roles.
 */
export function roleStatements(logins: readonly Login[]): string[] {
  return [
    ...roles.map((role) => unlessThere(role, `create role ${role} nologin`)),
    ...logins.flatMap(loginStatements),
    "revoke create on schema public from public", // the default of servers before 15
    NO_TEMPORARY_TABLES,
    ...roles.flatMap((role) => [
      `grant usage on schema public to ${role}`,
      `revoke all on all tables in schema public from ${role}`,
    ]),
    ...Object.entries(allGrants).flatMap(([table, byRole]) =>
      Object.entries(byRole).map(([role, grant]) => `grant ${privilegesOf(grant)} on public.${table} to ${role}`),
    ),
  ];
}

/** The default lets everybody make objects of his own in the database, and whatever of ours he finds to run on them runs on them. */
const NO_TEMPORARY_TABLES = `do $$ begin
  execute format('revoke temporary on database %I from public', current_database());
end $$`;

/** Its password goes to the server as what the server would make of it, hence into no log of statements. */
function loginStatements({ name, role, password }: Login): string[] {
  const login = quoted(name);
  return [
    unlessThere(name, `create role ${login} login`),
    `alter role ${login} login password '${scramVerifier(password)}'`,
    ...roles.filter((other) => other !== role).map((other) => ifMember(name, other, `revoke ${other} from ${login}`)),
    `grant ${role} to ${login}`,
  ];
}

function privilegesOf(grant: Grant<never>): string {
  return Object.entries(grant)
    .map(([privilege, columns]) => (columns === "all" ? privilege : `${privilege} (${columns.join(", ")})`))
    .join(", ");
}

/** Roles are the server's, not the database's: two databases may be prepared at once. */
function unlessThere(role: string, statement: string): string {
  return [
    "do $$ begin",
    `  if not exists (select from pg_roles where rolname = '${role}') then ${statement}; end if;`,
    "exception when duplicate_object or unique_violation then null; end $$",
  ].join("\n");
}

/** Taken without being there, a membership is warned of in the server's log. */
function ifMember(name: string, role: Role, statement: string): string {
  return `do $$ begin if pg_has_role('${name}', '${role}', 'member') then ${statement}; end if; end $$`;
}

const quoted = (name: string): string => `"${name}"`;
