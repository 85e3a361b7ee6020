import { imageFrom } from '../../config/image-reference';
import { PAUSE_IMAGE } from '../../config/images';
import type { ImagesConfig } from '../../config/schema/images';
import type { k8s } from '../k8s';
import { containerSecurityContext, restricted } from '../sandbox/security-context';

/** The image's own user. */
export const PAUSE_SECURITY = restricted(65535);

/** A container that does nothing, and ends at once when it is told to. */
export const pauseContainer = (images: ImagesConfig, resources: k8s.ResourceRequirements): k8s.Container => ({
  name: 'pause',
  image: imageFrom(images, PAUSE_IMAGE),
  resources,
  securityContext: containerSecurityContext(PAUSE_SECURITY),
});
