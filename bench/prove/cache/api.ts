/** The gateway's API as this show uses it; imports nothing of Serendip's. */
export interface MadeFrom {
  readonly nowMs: number;
  readonly config: number;
  readonly userState: string;
  readonly candidates: string;
  readonly ranking: string;
}

export interface Item {
  readonly id: string;
  readonly score: number;
  readonly source: string;
  readonly fields?: { readonly available?: boolean; readonly publishedAt?: string; readonly expiresAt?: string };
}

export interface List {
  readonly items: readonly Item[];
  readonly degraded: readonly unknown[];
  readonly recommendationId: string;
  readonly attributionToken: string;
  readonly cache?: 'hit' | 'shared' | 'miss' | 'off';
  readonly madeFrom?: MadeFrom;
  readonly userState?: { readonly partition: number; readonly position: number };
}

export interface Keys {
  readonly publishable: string;
  readonly secret: string;
}

export class Api {
  private readonly url: string;
  readonly keys: Keys;

  constructor(url: string, keys: Keys) {
    this.url = url;
    this.keys = keys;
  }

  async send(method: string, path: string, { body, key = this.keys.secret, headers = {} }: { body?: unknown; key?: string; headers?: Record<string, string> } = {}): Promise<{ status: number; json: any }> {
    const response = await fetch(this.url + path, {
      method, headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? {} : JSON.parse(text) };
  }

  /** A file that the gateway sends. */
  async bytes(path: string): Promise<Uint8Array> {
    const response = await fetch(this.url + path, { headers: { authorization: `Bearer ${this.keys.secret}` } });
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** A list made for this request alone, with what it was made from. */
  async fresh(request: object): Promise<List> {
    return this.list({ ...request, explain: true }, this.keys.secret, { 'cache-control': 'no-cache' });
  }

  /** A list as anybody gets it who asks with this key. */
  async list(request: object, key: string, headers: Record<string, string> = {}): Promise<List> {
    const { status, json } = await this.send('POST', '/v1/recommendations', { body: { ...request, fields: ['available', 'publishedAt', 'expiresAt'] }, key, headers });
    if (status !== 200) throw new Error(`A list was answered with ${status}: ${JSON.stringify(json)}`);
    return json as List;
  }
}
