import type { z } from "zod";
import { problemBody } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { ApiDependencies } from "./api-dependencies.ts";
import { auditRecord, auditRoutes } from "./audit.ts";
import { clientFileDetails, clientFileSummary, fileChange } from "./client-file-schemas.ts";
import { clientFileRoutes } from "./client-files.ts";
import { contractDrift, contractDriftRoutes } from "./contract-drift.ts";
import { credentialRoutes, machineCredential } from "./credentials.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { deliveryDetails, deliverySummary } from "./delivery-schemas.ts";
import { erasureRoutes } from "./erasure.ts";
import { fileRetention } from "./erasure-schemas.ts";
import { notification, notificationRoutes } from "./notifications.ts";
import { acted, conflict } from "./operator-act-schemas.ts";
import { operatorActRoutes } from "./operator-acts.ts";
import { personalData, personalDataRoutes } from "./personal-data.ts";
import { queue, queueRoutes } from "./queues.ts";
import { replayRoutes } from "./replay.ts";
import { foretoldMap, refoldedMap, statusMap, statusMapRoutes } from "./status-map.ts";
import { subscriber, subscriberRoutes } from "./subscribers.ts";

export function apiRoutes(app: OpsServer, dependencies: ApiDependencies): void {
  clientFileRoutes(app, dependencies);
  operatorActRoutes(app, dependencies);
  personalDataRoutes(app, dependencies);
  deliveryRoutes(app, dependencies);
  replayRoutes(app, dependencies);
  erasureRoutes(app, dependencies);
  queueRoutes(app, dependencies);
  subscriberRoutes(app, dependencies);
  notificationRoutes(app, dependencies);
  statusMapRoutes(app, dependencies);
  contractDriftRoutes(app, dependencies);
  credentialRoutes(app, dependencies);
  auditRoutes(app, dependencies);
}

/** What is answered, by the name that it has in the OpenAPI document. */
export const apiComponents: Readonly<Record<string, z.ZodType>> = {
  ClientFileSummary: clientFileSummary,
  ClientFile: clientFileDetails,
  FileChange: fileChange,
  Acted: acted,
  Conflict: conflict,
  FileRetention: fileRetention,
  DeliverySummary: deliverySummary,
  Delivery: deliveryDetails,
  Queue: queue,
  Subscriber: subscriber,
  Notification: notification,
  StatusMap: statusMap,
  ContractDrift: contractDrift,
  ForetoldStatusMap: foretoldMap,
  RefoldedStatusMap: refoldedMap,
  PersonalData: personalData,
  MachineCredential: machineCredential,
  AuditRecord: auditRecord,
  Problem: problemBody,
};
