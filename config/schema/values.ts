/**
 * The field's small value types. Each is a zod schema whose error says what the value must be, so that a refusal
 * reads "must be <error>, got <value>".
 */
import { isIP } from 'node:net';
import * as z from 'zod';
import { isCronSchedule } from '../cron';

const matching = (pattern: RegExp, what: string) => z.string({ error: what }).regex(pattern, { error: what });

/** An optional string of OpenHands: there, an empty one means none. */
export const orNone = <T extends z.ZodType>(schema: T) =>
  z
    .literal('')
    .transform(() => undefined)
    .or(schema)
    .optional();

/** RFC 1123 label, at most 63 characters: names of namespaces, Services, sessions. */
export const DnsLabel = matching(
  /^(?!.{64})[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  'a DNS label (lower-case letters, digits and -, at most 63)',
);

const SUBDOMAIN = /^(?!.{254})[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** RFC 1123 subdomain, at most 253 characters: names of most objects. */
export const DnsSubdomain = matching(SUBDOMAIN, 'a DNS name (lower-case letters, digits, - and ., at most 253)');

/** A label key: an optional DNS prefix, then a name of at most 63 characters. */
export const LabelKey = matching(
  /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  'a label key such as node.kubernetes.io/instance-type',
);

/** The key of an annotation: formed as a label's. */
export const AnnotationKey = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/, {
    error: 'an annotation key such as example.com/name',
  });

/** A label value: at most 63 letters, digits, -, _ and . */
export const LabelValue = matching(
  /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
  'a label value (letters, digits, -, _ and ., at most 63)',
);

const QUANTITY = /^\+?(\d+\.?\d*|\.\d+)(m|k|[MGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
const QUANTITY_SUFFIX: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** What a quantity amounts to, in cores or in bytes. @throws TypeError if `text` is no quantity. */
export function amount(text: string): number {
  const [, digits, suffix = ''] = QUANTITY.exec(text) ?? [];
  if (digits === undefined) throw new TypeError(`${text} is no quantity`);
  const unit = QUANTITY_SUFFIX[suffix];
  return unit === undefined ? Number(digits + suffix) : Number(digits) * unit;
}

/** A quantity times a whole number, in the same unit: `250m` × 4 is `1000m`. */
export function times(text: string, factor: number): string {
  const [, digits, suffix = ''] = QUANTITY.exec(text) ?? [];
  return factor === 1 ? text : `${Number(digits) * factor}${suffix}`;
}

/** The API server keeps a quantity in 64 bits. */
const LARGEST = 2 ** 63;

const CPU = 'a CPU quantity above 0, such as "2" or "500m"';
/** Cores: `2`, `0.5`, `500m`. The API server knows nothing finer than 1m. */
export const CpuQuantity = z
  .string({ error: CPU })
  .refine((text) => QUANTITY.test(text) && !text.endsWith('i') && amount(text) >= 0.001 && amount(text) < LARGEST, {
    error: CPU,
  });

const BYTES = 'a quantity of bytes above 0, such as "512Mi" or "2Gi" (m would be thousandths of a byte)';
/** Bytes: `512Mi`, `2Gi`, `1e9`. */
export const ByteQuantity = z
  .string({ error: BYTES })
  .refine((text) => QUANTITY.test(text) && !text.endsWith('m') && amount(text) >= 1 && amount(text) < LARGEST, {
    error: BYTES,
  });

const DURATION = /^(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Seconds of a duration such as `1h30m`. */
export function secondsOf(duration: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = DURATION.exec(duration) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Hours, minutes and seconds, such as `1h30m`, `5m` or `90s`, at most `maximum` seconds. */
export const Duration = (maximum: number) => {
  const what = `a duration such as "5m" or "90s", at most ${maximum} s`;
  return z.string({ error: what }).refine((text) => DURATION.test(text) && secondsOf(text) <= maximum, { error: what });
};

const CRON = 'five fields of cron, such as "0 3 * * *"';

/** Minute, hour, day of the month, month, day of the week (0 to 6, from Sunday); in UTC. */
export const CronSchedule = z.string({ error: CRON }).refine(isCronSchedule, { error: CRON });

export const Percent = z
  .int({ error: 'a percentage (1 to 100)' })
  .min(1, { error: 'a percentage (1 to 100)' })
  .max(100, { error: 'a percentage (1 to 100)' });

/** `[registry/]path[:tag][@digest]`, as the container runtimes parse it. */
export const ImageReference = matching(
  /^(?=.{1,255}$)((?:[a-zA-Z0-9-]+\.)*[a-zA-Z0-9-]+(:\d+)?\/)?[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
  'an image reference such as ghcr.io/openhands/agent-server:1.58.2-python',
);

/** Whether an image reference says which image: by a digest, or by a tag other than `latest`. */
export const isPinned = (image: string): boolean => /@sha256:/.test(image) || /:(?!latest$)[^/:@]+$/.test(image);

/** Environment variable: any name that every supported Kubernetes accepts. */
export const EnvVarName = matching(/^[-._A-Za-z][-._A-Za-z0-9]*$/, 'an environment variable name');

export const IpAddress = z
  .string({ error: 'an IP address' })
  .refine((text) => isIP(text) !== 0, { error: 'an IP address' });

const CIDR = 'an address range such as 10.0.0.0/8 or fd00::/8';

function isCidr(text: string): boolean {
  const [, address, prefix] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text) ?? [];
  const version = isIP(address ?? '');
  return version !== 0 && Number(prefix) <= (version === 4 ? 32 : 128);
}

/** IPv4 or IPv6 range: an address, a slash and the length of the prefix in bits. */
export const Cidr = z.string({ error: CIDR }).refine(isCidr, { error: CIDR });

export const Port = z.int({ error: 'a port (1 to 65535)' }).min(1, { error: 'a port (1 to 65535)' }).max(65535, {
  error: 'a port (1 to 65535)',
});

export const AbsolutePath = matching(
  // eslint-disable-next-line no-control-regex -- the expressions of Taplo know no \0
  /^(?=.{1,4096}$)(\/[^/\x00:]+)+$/,
  'an absolute path such as /workspace, without a colon and a / at its end',
);

export const Seconds = (minimum: number) =>
  z.int({ error: 'a whole number of seconds' }).min(minimum, { error: `at least ${minimum} s` });

/** Said of what is no table; of what is in it each entry says its own. */
const SECRET_REFERENCE = (issue: z.core.$ZodRawIssue) =>
  issue.code === 'invalid_type' ? '{ secret = "name", key = "entry" }, the name and the entry of a Secret' : undefined;

export const SecretKey = matching(/^[-._a-zA-Z0-9]{1,253}$/, 'an entry of a Secret (letters, digits, -, _ and .)');

/** An entry of a Secret, by name: the only way in which anything secret is written down here. */
export const SecretReference = z.strictObject(
  {
    /** Name of a Secret in the sandbox namespace. */
    secret: DnsSubdomain,
    /** Entry of that Secret. */
    key: SecretKey,
  },
  { error: SECRET_REFERENCE },
);
export type SecretReference = z.infer<typeof SecretReference>;
