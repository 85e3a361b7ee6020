/** What a place in the bundle shows instead of what was there. */
export const LEFT_OUT = '<left out>';

/** How many places of one reason are listed; the rest is counted. */
const SHOWN = 200;

/** What was left out of a bundle, and where. */
export class Omissions {
  private readonly places = new Map<string, Map<string, number>>();

  /**
   * @param reason what was there, without a word of it
   * @param place where it was: a file of the bundle, a field
   */
  add(reason: string, place: string): void {
    const places = this.places.get(reason) ?? new Map<string, number>();
    places.set(place, (places.get(place) ?? 0) + 1);
    this.places.set(reason, places);
  }

  /** A page for whoever is about to send the bundle, and for whoever reads it. */
  page(): string {
    const sections = [...this.places].sort(([a], [b]) => a.localeCompare(b)).flatMap((it) => this.section(...it));
    const lines = [
      '# What was left out',
      '',
      `Where something was left out of a line or a field, it shows \`${LEFT_OUT}\`.`,
      'Names are in this bundle: of namespaces, sessions, nodes, hosts, images, Secrets and their entries. Look through it before you send it.',
      ...(sections.length > 0 ? sections : ['', 'Nothing.']),
    ];
    return `${lines.join('\n')}\n`;
  }

  private section(reason: string, places: ReadonlyMap<string, number>): string[] {
    const entries = [...places].map(([place, count]) => `- ${place}${count > 1 ? ` (${count} times)` : ''}`);
    const more = entries.length > SHOWN ? [`- and ${entries.length - SHOWN} more places`] : [];
    return ['', `## ${reason}`, '', ...entries.slice(0, SHOWN), ...more];
  }
}
