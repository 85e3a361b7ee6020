import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sentence } from '../../e2e/sentence';
import type { Document } from '../../logging/elasticsearch';

const read = (file: string) => readFileSync(join(__dirname, '../../../docs/logging', file), 'utf8');

/** A query of OpenSearch's. */
export type Query = Readonly<Record<string, unknown>>;

/** A saved search of `docs/logging`. */
export interface SavedSearch {
  readonly title: string;
  /** In Lucene's language. */
  readonly query: string;
}

export const savedSearches: readonly SavedSearch[] = read('saved-searches.ndjson')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line))
  .filter(({ type }) => type === 'search')
  .map(({ attributes: { title, kibanaSavedObjectMeta } }) => ({
    title,
    query: JSON.parse(kibanaSavedObjectMeta.searchSourceJSON).query.query,
  }));

/** A real OpenSearch, that of OPENSEARCH_URL, over plain HTTP and without a password: as its administrator asks it. */
export class OpenSearch {
  readonly url: string;

  constructor() {
    const { OPENSEARCH_URL } = process.env;
    if (!OPENSEARCH_URL)
      throw sentence('This part needs an OpenSearch: set OPENSEARCH_URL, to http://127.0.0.1:9200 say.');
    this.url = OPENSEARCH_URL;
  }

  /** @throws Error with what it said */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Give it the index template of `docs/logging`; a field that it lacks makes a document refused instead of unsearchable. */
  async addTemplate(): Promise<void> {
    const template = JSON.parse(read('index-template.json'));
    template.template.mappings.dynamic = 'strict';
    await this.ask('PUT', '_index_template/openhands-logs', template);
  }

  /** Documents of a data stream, the oldest first. */
  async documents(stream: string, query: Query): Promise<Document[]> {
    await this.ask('POST', `${stream}/_refresh`);
    const asked = { query, sort: [{ '@timestamp': 'asc' }], size: 10_000 };
    const found = await this.ask<{ hits: { hits: { _source: Document }[] } }>('POST', `${stream}/_search`, asked);
    return found.hits.hits.map(({ _source }) => _source);
  }

  /** The indices behind a data stream, the oldest first. */
  async indices(stream: string): Promise<string[]> {
    const { data_streams } = await this.ask<{ data_streams: { indices: { index_name: string }[] }[] }>(
      'GET',
      `_data_stream/${stream}`,
    );
    return data_streams.flatMap(({ indices }) => indices.map(({ index_name }) => index_name));
  }

  async remove(stream: string): Promise<void> {
    await fetch(`${this.url}/_data_stream/${stream}`, { method: 'DELETE' });
    await fetch(`${this.url}/_index_template/openhands-logs`, { method: 'DELETE' });
  }
}
