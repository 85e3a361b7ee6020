import { isIP } from 'node:net';
import * as z from 'zod';
import { ByteQuantity, IpAddress } from './values';

const MEMORY = 'bytes as Docker writes them, such as "512m" or "2g"';
const NANO_CPUS = 'a whole number of at least 1000000 (0.001 cores)';
const DOCKER_UNIT: Readonly<Record<string, string>> = { b: '', k: 'Ki', m: 'Mi', g: 'Gi' };

/** Docker's bytes to a quantity: Docker's units are powers of 1024. */
const DockerMemory = z
  .union([z.int().min(1, { error: MEMORY }), z.string().regex(/^[1-9]\d*[bkmgBKMG]?$/, { error: MEMORY })], {
    error: MEMORY,
  })
  .transform((value) => {
    const [, digits, unit = 'b'] = /^(\d+)([bkmg])?$/i.exec(String(value))!;
    return `${digits}${DOCKER_UNIT[unit.toLowerCase()]}`;
  })
  .pipe(ByteQuantity);

const HOSTS = 'a table of host = "IP address", or a list of "host:IP address"';

const hostAndAddress = (line: string) => line.split(/:(.*)/s, 2) as [string, string];

const HostAlias = z
  .string({ error: HOSTS })
  .refine((line) => isIP(hostAndAddress(line)[1] ?? '') !== 0, { error: HOSTS });

const HostAliases = z
  .union([z.record(z.string(), IpAddress), z.array(HostAlias)], { error: HOSTS })
  .transform((hosts) => (Array.isArray(hosts) ? hosts.map(hostAndAddress) : Object.entries(hosts)));

/** `docker_runtime_kwargs`: the arguments of `docker run` that a Pod can carry out. Any other key is refused. */
export const DockerRuntimeKwargs = z.strictObject({
  /** Memory limit, bytes; instead of `kubernetes.resource_memory_limit`. */
  mem_limit: DockerMemory.optional(),
  /** CPU limit, billionths of a core. */
  nano_cpus: z.int({ error: NANO_CPUS }).min(1_000_000, { error: NANO_CPUS }).optional(),
  /** Size of /dev/shm, bytes: a memory-backed emptyDir. */
  shm_size: DockerMemory.optional(),
  /** Capabilities to add; what the Pod Security Standard allows. */
  cap_add: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z_]+$/, { error: 'a capability such as NET_ADMIN' })
        .transform((capability) => capability.toUpperCase().replace(/^CAP_/, '')),
    )
    .default([]),
  /** Lines for /etc/hosts. */
  extra_hosts: HostAliases.default([]),
  /** Name servers instead of the cluster's, at most three. */
  dns: z.array(IpAddress).max(3, { error: 'at most 3 name servers' }).default([]),
  /** As `kubernetes.privileged`. */
  privileged: z.boolean().default(false),
});
