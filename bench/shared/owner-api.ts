import { send, type Answer } from '../chaos/serve/http.ts';
import type { StackState } from './stack-process.ts';

/** The first gateway's API with the secret key. */
export class OwnerApi {
  private readonly state: StackState;
  private readonly timeoutMs: number;

  constructor(state: StackState, timeoutMs: number) {
    this.state = state;
    this.timeoutMs = timeoutMs;
  }

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return send(this.state.gateways[0] + path, { method, key: this.state.keys.secret, timeoutMs: this.timeoutMs, ...(body === undefined ? {} : { body }) });
  }

  /** The body of an answer; throws for a refusal. */
  async must(method: string, path: string, body?: unknown): Promise<any> { // eslint-disable-line @typescript-eslint/no-explicit-any -- what a show reads from an answer it checks itself
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`);
    return answer.body;
  }
}
