import type { k8s } from '../k8s';
import { literal } from './literal';

/** The folder of the workspace's volume that is mounted at a program's home; hidden, so that a listing leaves it out. */
export const HOME_FOLDER = '.home';

/**
 * `$1` is the folder, `$2` the home. A new folder begins with what the image has in the home, which the mount is going to
 * hide. It is whole before it gets its name, so that a start which was cut off is made up for by the next. Git leaves it
 * out where the workspace is a repository: credentials are in it.
 */
const SCRIPT = `set -e
[ -d "$1" ] && exit
rm -rf "$1.new"
cp -R "$2" "$1.new" 2>/dev/null || mkdir -p "$1.new"
rm -rf "$1.new/.cache"
mkdir "$1.new/.cache"
chmod 711 "$1.new" "$1.new/.cache"
echo '*' > "$1.new/.gitignore"
mv "$1.new" "$1"`;

/**
 * Makes the folder of a program's home before the program starts, as the program's own user. The kubelet would make it too,
 * but as root's: on a volume that knows no fsGroup, such as a path of the node, the program could not write to it, and a
 * server of files may refuse root altogether.
 *
 * @returns nothing for a program whose home is not kept
 */
export function homeContainer(program: k8s.Container): k8s.Container[] {
  const { volumeMounts = [], image, imagePullPolicy, resources, securityContext } = program;
  const home = volumeMounts.find(({ subPath }) => subPath === HOME_FOLDER);
  if (home === undefined) return [];
  const workspace = volumeMounts.find(({ name, subPath }) => name === home.name && subPath === undefined)!;
  return [
    {
      name: 'home',
      image,
      ...(imagePullPolicy && { imagePullPolicy }),
      command: ['sh', '-c', SCRIPT, 'home', literal(`${workspace.mountPath}/${HOME_FOLDER}`), home.mountPath],
      // A Pod asks for the larger of this and what its containers ask for: the same costs nothing.
      resources,
      securityContext,
      volumeMounts: [workspace],
    },
  ];
}
