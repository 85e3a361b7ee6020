import { proxiedNames } from '../egress';
import { urlAddress } from '../url-address';
import type { ProfileTables } from '../schema/profile';
import type { Path } from '../tables';
import { broken, repeated, type BrokenRule } from './rule';

const LOGGING: Path = ['deploy', 'logging'];
const HANDLERS: Path = [...LOGGING, 'handlers'];
const TABLE: Path = [...LOGGING, 'elasticsearch'];

const isOutside = (url: string): boolean => {
  const { namespace, address } = urlAddress(url);
  return namespace === undefined && address === undefined;
};

export function* logging({ deploy }: ProfileTables): Generator<BrokenRule> {
  if (deploy.logging === undefined) return;
  const { handlers, elasticsearch } = deploy.logging;
  yield* repeated(handlers, (index) => [...HANDLERS, index]);
  if (handlers.includes('elasticsearch') && elasticsearch === undefined) {
    yield broken(HANDLERS, 'elasticsearch needs to know where that is: add [deploy.logging.elasticsearch]', TABLE);
  }
  if (!handlers.includes('elasticsearch') && elasticsearch !== undefined) {
    yield broken(TABLE, 'needs the handler "elasticsearch", which deploy.logging.handlers leaves out', HANDLERS);
  }
  if (handlers.includes('file') && deploy.contract !== 'agent-server') {
    yield broken(
      HANDLERS,
      `file needs contract agent-server: ${deploy.contract} keeps its log beside its own code and cannot be told elsewhere`,
      ['deploy', 'contract'],
    );
  }
  if (elasticsearch?.collector === 'Sidecar' && !handlers.includes('file')) {
    yield broken(
      [...TABLE, 'collector'],
      'Sidecar reads the files of the handler "file", which deploy.logging.handlers leaves out',
      HANDLERS,
    );
  }
  const isNamed = elasticsearch !== undefined && urlAddress(elasticsearch.url).address === undefined;
  if (elasticsearch?.collector === 'Sidecar' && isNamed && proxiedNames(deploy.network)) {
    yield broken(
      [...TABLE, 'url'],
      `must be an address: with egress by name a sandbox, and a Sidecar in it, looks no names up, got ${elasticsearch.url}`,
      ['deploy', 'network', 'egress'],
    );
  }
  if (elasticsearch?.collector === 'Sidecar' && isOutside(elasticsearch.url) && deploy.network.egress === 'none') {
    yield broken(
      [...TABLE, 'url'],
      `must be a Service of the cluster, or an address: a Sidecar's way to a host outside would be every sandbox's, got ${elasticsearch.url}`,
      ['deploy', 'network', 'egress'],
    );
  }
}
