import { nameOf, type Manifest } from '../../constructs/policy/objects';
import { alignedLines } from '../table';
import { oneLine } from '../verify/diagnosis';

const whenOf = (event: Manifest): string =>
  event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';

/** The events, the oldest first. */
export const eventLines = (events: readonly Manifest[]): string[] =>
  alignedLines([
    ['LAST', 'TYPE', 'OBJECT', 'NAMESPACE', 'COUNT', 'REASON', 'MESSAGE'],
    ...[...events]
      .sort((a, b) => whenOf(a).localeCompare(whenOf(b)))
      .map((event) => [
        whenOf(event),
        event.type ?? '',
        `${event.involvedObject.kind}/${event.involvedObject.name}`,
        event.metadata.namespace ?? '',
        `${event.series?.count ?? event.count ?? 1}`,
        event.reason ?? '',
        oneLine(event.message ?? ''),
      ]),
  ]);

/** What objects say of themselves, those with something to say. */
export const conditionLines = (objects: readonly Manifest[]): string[] =>
  alignedLines([
    ['OBJECT', 'NAMESPACE', 'CONDITION', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'],
    ...objects.flatMap((object) =>
      (object.status?.conditions ?? []).map((it: Manifest) => [
        nameOf(object),
        object.metadata.namespace ?? '',
        it.type ?? '',
        it.status ?? '',
        it.lastTransitionTime ?? '',
        it.reason ?? '',
        oneLine(it.message ?? ''),
      ]),
    ),
  ]);
