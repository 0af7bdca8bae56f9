/** Calls of the service as the operator who is signed in: by their cookie, for the tenant that they have chosen. */
import { type AnyMethod, type Data, NetworkError, type Params, RefusedError } from '@liveroom/client';

import { spokenLanguage } from '../i18n/language';

/** The page of a list. `nextCursor` is empty on the last one. */
export interface Paged<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string;
}

export type RowOf<M extends AnyMethod> = NonNullable<Data<M>> extends readonly (infer Row)[] ? Row : never;
/** What every operator's call may say beside its own parameters. */
export interface Aside {
  /** The reason, for the audit. */
  readonly why?: string;
}

/** What one has to know to make calls. */
export interface CallNeeds {
  /** Where the service is: its root, ending in a slash. */
  readonly root: string;
  readonly tenant: () => string;
  /** The session is over, or there is none. */
  readonly onSignedOut: () => void;
  /** Ask for the password again; false where the operator would rather not. */
  readonly confirmed: () => Promise<boolean>;
  readonly send?: typeof fetch;
}

/** Codes on which the console acts. */
export const NOT_SIGNED_IN = new Set(['UserTokenInvalid', 'UserTokenExpired']);
export const CONFIRM_FIRST = 'ConfirmationRequired';
/** Longer than the doctor takes at most, which is 15 seconds. */
const TIMEOUT_MS = 20_000;

interface Envelope {
  readonly errorCode: number;
  readonly errorMessage: string;
  readonly codeStr?: string;
  readonly data?: unknown;
  readonly nextCursor?: string;
  readonly retryAfter?: number;
  readonly requestId?: string;
}

/** A refusal, with the id under which the service's log has the call. */
export class CallRefused extends RefusedError {
  constructor(
    answer: Envelope,
    readonly requestId: string,
  ) {
    super(answer.errorCode, answer.codeStr ?? '', answer.errorMessage, answer.data, answer.retryAfter ?? null);
  }
}

export class Api {
  private readonly needs: CallNeeds;

  constructor(needs: CallNeeds) {
    this.needs = needs;
  }

  /** Call a method of the service. */
  async call<M extends AnyMethod>(method: M, params: Params<M> & Aside): Promise<Data<M>> {
    return (await this.ask(method, params)).data as Data<M>;
  }

  /** Ask for a page of a list. */
  async page<M extends AnyMethod>(method: M, params: Params<M> & Aside): Promise<Paged<RowOf<M>>> {
    const { data, nextCursor = '' } = await this.ask(method, params);
    return { rows: (data ?? []) as RowOf<M>[], nextCursor };
  }

  /** The same by the name of a method that is not known while the console is built, such as a module's. */
  async ask(method: string, params: object): Promise<Envelope> {
    const answer = await this.sent(method, params);
    if (answer.codeStr !== CONFIRM_FIRST || !(await this.needs.confirmed())) return taken(answer, this.needs.onSignedOut);
    return taken(await this.sent(method, params), this.needs.onSignedOut);
  }

  private async sent(method: string, params: object): Promise<Envelope> {
    const { root, tenant, send = fetch } = this.needs;
    const headers = {
      'content-type': 'application/json',
      'accept-language': spokenLanguage(),
      'x-liveroom-console': '1',
    };
    const given = tenant() === '' ? params : { apaasAppId: tenant(), ...params };
    try {
      const answer = await send(`${root}base/v1/${method}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(given),
        credentials: 'same-origin',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const read: unknown = await answer.json();
      if (typeof read === 'object' && read !== null && 'errorCode' in read) {
        return { requestId: answer.headers.get('x-request-id') ?? '', ...(read as Envelope) };
      }
    } catch (failure) {
      throw new NetworkError('the service did not answer', { cause: failure });
    }
    throw new NetworkError('this is not an answer of the service');
  }
}

function taken(answer: Envelope, onSignedOut: () => void): Envelope {
  if (answer.errorCode === 0) return answer;
  if (NOT_SIGNED_IN.has(answer.codeStr ?? '')) onSignedOut();
  throw new CallRefused(answer, answer.requestId ?? '');
}
