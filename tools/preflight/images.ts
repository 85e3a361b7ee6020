import { canonicalImage } from '../../config/image-reference';
import type { Manifest } from '../../constructs/policy/objects';
import { imagesOf } from '../images/used';
import type { Check } from './check';

/** As a node spells what it has: with a registry, and with a tag or a digest, not both. */
const onNode = (image: string) => canonicalImage(image).replace(/:[^/:@]+(?=@)/, '');

const namesOn = (node: Manifest): string[] => (node.status.images ?? []).flatMap((it: Manifest) => it.names ?? []);

/** Each image, and whether a node has it already: a node tells of 50, so one that none tells of may be there all the same. */
export const images: Check = async (cluster, objects) => {
  const needed = imagesOf(objects);
  if (needed.size === 0) return [];
  const nodes = await cluster.list('v1', 'Node');
  return [...needed].map(([image, by]) => {
    const holders = nodes.filter((node) => namesOn(node).includes(onNode(image))).length;
    const [registry] = canonicalImage(image).split('/');
    return {
      need: `image ${image}`,
      by,
      state: holders > 0 ? 'ok' : 'unsure',
      found: holders > 0 ? `on ${holders} of ${nodes.length} nodes` : `on no node yet: nodes must reach ${registry}`,
    };
  });
};
