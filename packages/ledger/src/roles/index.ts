export { applyRoles } from "./apply-roles.ts";
export { type Role, roles } from "./grants.ts";
export { type Login, roleStatements } from "./role-statements.ts";
