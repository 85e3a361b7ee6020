import {
  bounds,
  callers,
  canvas,
  earlierImages,
  egress,
  exposure,
  families,
  managers,
  ownNamespaces,
  sessions,
} from './rules/cluster';
import { metadata, patches } from './rules/customization';
import { egressByCilium, egressByName } from './rules/egress';
import { suspension } from './rules/idle';
import { digests } from './rules/images';
import { llm } from './rules/llm';
import { logging } from './rules/logging';
import { alertmanager } from './rules/monitoring';
import { pool, scaling } from './rules/pool';
import { appServer, poolFields, poolNames, warmPools } from './rules/pools';
import { backups, idleness, restores, veleroRestores } from './rules/recovery';
import type { BrokenRule } from './rules/rule';
import { gvisor, runtimeClasses } from './rules/runtime-class';
import { beyondTheStandard, isolation, resources, scheduling, sysbox, volumes } from './rules/sandbox';
import { admins, doubledOwners, issuerRange, owners, scopes, signInEntrance } from './rules/sign-in';
import type { ProfileTables } from './schema/profile';

const RULES = [
  beyondTheStandard,
  resources,
  scheduling,
  digests,
  metadata,
  patches,
  sessions,
  volumes,
  isolation,
  sysbox,
  gvisor,
  runtimeClasses,
  families,
  egress,
  egressByName,
  egressByCilium,
  exposure,
  canvas,
  signInEntrance,
  issuerRange,
  owners,
  doubledOwners,
  admins,
  scopes,
  managers,
  bounds,
  callers,
  earlierImages,
  ownNamespaces,
  pool,
  scaling,
  poolNames,
  poolFields,
  warmPools,
  appServer,
  alertmanager,
  llm,
  logging,
  idleness,
  backups,
  restores,
  veleroRestores,
  suspension,
];

/** Every rule between fields that this profile breaks. */
export const brokenRules = (profile: ProfileTables): BrokenRule[] => RULES.flatMap((rule) => [...rule(profile)]);
