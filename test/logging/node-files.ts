import { appendFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

export const POD_UID = '0b0e3a3c-6f2d-4a6e-9a61-1f4f6f2f9d11';

/** What a container has printed, as the node's container runtime writes it down. */
export class ContainerLog {
  readonly file: string;
  private readonly folder: string;
  private lines = 0;

  /** `root` stands for /var/log/pods. */
  constructor(root: string, pod: string, container = 'runtime', namespace = 'openhands', uid = POD_UID) {
    this.folder = join(root, `${namespace}_${pod}_${uid}`, container);
    mkdirSync(this.folder, { recursive: true });
    this.file = join(this.folder, '0.log');
  }

  /** Lines on stderr, a millisecond apart. */
  print(text: string): void {
    for (const line of text.split('\n')) this.write('F', line);
  }

  /** Lines that a node's container runtime has written, as they are in its file. */
  copy(text: string): void {
    appendFileSync(this.file, text);
  }

  /** One line that the runtime cuts in pieces. */
  printCut(...pieces: string[]): void {
    pieces.forEach((piece, index) => this.write(index === pieces.length - 1 ? 'F' : 'P', piece));
  }

  /** What the kubelet does with a file that is full. */
  rotate(): void {
    renameSync(this.file, join(this.folder, '0.log.20260102-030405'));
  }

  private write(tag: 'F' | 'P', text: string): void {
    const time = new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + this.lines).toISOString().replace('Z', '678901Z');
    appendFileSync(this.file, `${time} stderr ${tag} ${text}\n`);
    if (tag === 'F') this.lines += 1;
  }
}
