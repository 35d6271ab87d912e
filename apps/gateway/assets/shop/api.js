/** The gateway's public API as the page uses it. Every call answers JSON or throws an Error with a sentence for a person. */

const tries = 4;

export const fields = ['title', 'description', 'categories', 'tags', 'price', 'brand', 'colour', 'material', 'creator', 'kind'];

/** A random id; `crypto.randomUUID` exists on https and localhost only. */
export function randomId() {
  if (crypto.randomUUID !== undefined) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

export class Api {
  #key = '';

  async readConfig() {
    const config = await this.#send('GET', 'config.json');
    this.#key = config.key ?? '';
    return { title: 'Shop', shoppers: [], placements: ['home', 'item', 'cart'], ...config };
  }

  /** A list for a visitor ({ userId } or { anonymousId }). */
  recommend(visitor, { placement, items = [], limit }) {
    return this.#send('POST', '/v1/recommendations', { ...visitor, placement, limit, fields, explain: true, ...(items.length > 0 ? { items } : {}) });
  }

  /** Resolves once the event is accepted; it is safe to try again, since it has its id. */
  report(visitor, event) {
    return this.#send('POST', '/v1/events', { events: [{ eventId: randomId(), eventTime: new Date().toISOString(), context: { device: deviceOf() }, ...visitor, ...event }] });
  }

  async #send(method, path, body) {
    const headers = { ...(this.#key === '' ? {} : { authorization: `Bearer ${this.#key}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }).catch(() => undefined);
      if (response?.ok) return response.json();
      const mayPass = response === undefined || response.status === 429 || response.status >= 502;
      if (!mayPass || attempt >= tries) throw new Error(await sentenceOf(response));
      await sleep(150 * 2 ** attempt);
    }
  }
}

async function sentenceOf(response) {
  if (response === undefined) return 'The gateway does not answer. It may be starting: try again in a moment.';
  const problem = await response.json().catch(() => ({}));
  return `The gateway answered ${response.status}: ${problem.detail ?? problem.title ?? response.statusText}`;
}

const deviceOf = () => (matchMedia('(max-width: 700px)').matches ? 'mobile' : 'desktop');
