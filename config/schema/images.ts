import * as z from 'zod';

const REPOSITORY = String.raw`([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)`;

/** A host with a dot or a port, or `localhost`: anything else would be a folder of docker.io. */
const REGISTRY = String.raw`(?!index\.docker\.io(/|$))(localhost(:\d+)?|[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+(:\d+)?|[a-zA-Z0-9-]+:\d+)`;

const RegistryPath = z.string().regex(new RegExp(`^${REGISTRY}(/${REPOSITORY})*$`), {
  error: 'a registry, with a path or without, such as docker.io, quay.io/prometheus or registry.example.com:5000/hub',
});

/** `[deploy.images]`: where the images come from, of sandboxes and of everything else. */
export const ImagesConfig = z.strictObject({
  /**
   * Registry, or registry and path, to what stands for it: `"docker.io" = "registry.example.com/dockerhub"`. The longest
   * one that an image begins with holds. `ubuntu` is `docker.io/library/ubuntu`.
   */
  mirrors: z.record(RegistryPath, RegistryPath).default({}),
  /** Digests of images that this program names by their tags, as `npm run images -- --json` spells their sources. */
  digests: z
    .record(
      z.string(),
      z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'a digest, sha256: and 64 hexadecimal digits' }),
    )
    .default({}),
});
export type ImagesConfig = z.infer<typeof ImagesConfig>;
