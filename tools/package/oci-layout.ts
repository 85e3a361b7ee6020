import { createHash } from 'node:crypto';
import type { ChartProps } from './chart';
import { chartMetadata } from './chart';

/** A file's path and its bytes. */
export type BinaryFile = readonly [path: string, bytes: Buffer];

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/**
 * A packed chart as a folder that OCI tools copy to a registry, with Helm's media types.
 *
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 * https://helm.sh/docs/topics/registries/#oci-feature-deprecation-and-behavior-changes-with-v370
 */
export function ociLayout(props: ChartProps, chart: Buffer): BinaryFile[] {
  const blobs: BinaryFile[] = [];
  const blob = (mediaType: string, bytes: Buffer): Descriptor => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    blobs.push([`blobs/sha256/${hash}`, bytes]);
    return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const config = blob('application/vnd.cncf.helm.config.v1+json', json(chartMetadata(props)));
  const layer = blob('application/vnd.cncf.helm.chart.content.v1.tar+gzip', chart);
  const manifest = blob(MANIFEST, json({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] }));
  // A tag has no `+`: Helm writes `_` for it.
  const annotations = { 'org.opencontainers.image.ref.name': props.version.replace('+', '_') };
  return [
    ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
    ['index.json', json({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] })],
    ...blobs,
  ];
}
