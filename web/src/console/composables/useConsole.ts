/** The console's session: who is signed in, for which tenant, and what they may do. */
import { computed, inject, type InjectionKey, ref } from 'vue';

import { Code, type Data, isRefused } from '@liveroom/client';
import { Api } from '../api';
import { Colleagues } from '../colleagues';
import { Live } from '../live';

/** Who is signed in. */
export type Me = Data<'operators/me'>;

export type Console = ReturnType<typeof makeConsole>;
export const CONSOLE: InjectionKey<Console> = Symbol('console');
const TENANT_KEPT_AS = 'liveroom.console.tenant';
const EVERYTHING = '*';

/** Whether the permissions include one; `rooms.*` and `*` include more. */
export function includes(permissions: readonly string[], permission: string): boolean {
  const subject = `${permission.split('.')[0] ?? ''}.${EVERYTHING}`;
  return permissions.some((one) => one === permission || one === subject || one === EVERYTHING);
}

export function makeConsole(root: string, askPassword: () => Promise<string | null>) {
  const me = ref<Me | null>(null);
  const failure = ref<unknown>(null);
  const begun = ref(false);
  const tenant = ref(localStorage.getItem(TENANT_KEPT_AS) ?? '');
  const signedOut = () => {
    me.value = null;
    live.close();
    colleagues.forget();
  };

  async function confirmed(): Promise<boolean> {
    const password = await askPassword();
    if (password === null) return false;
    await api.call('operators/confirm', { password });
    return true;
  }

  const api = new Api({ root, tenant: () => tenant.value, onSignedOut: signedOut, confirmed });

  const live = new Live(api);
  const colleagues = new Colleagues(api);

  /** Learn who is signed in; nobody, where the service knows of no session. */
  async function restore(): Promise<void> {
    try {
      take(await api.call('operators/me', {}));
    } catch (failure) {
      if (!isRefused(failure, Code.TOKEN_INVALID, Code.TOKEN_EXPIRED)) throw failure;
      signedOut();
    }
  }

  /** Ask once who is signed in; a service that does not answer is told of, and asked again by `begin` alone. */
  async function begin(): Promise<void> {
    try {
      failure.value = null;
      await restore();
      begun.value = true;
    } catch (problem) {
      failure.value = problem;
    }
  }

  function take(found: Me): void {
    if (!found.tenants.includes(tenant.value)) choose(found.tenants[0] ?? '');
    me.value = found;
  }

  function choose(name: string): void {
    if (tenant.value !== name) live.close();
    tenant.value = name;
    localStorage.setItem(TENANT_KEPT_AS, name);
  }

  async function leave(method: 'operators/sign_out' | 'operators/sign_out_everywhere'): Promise<void> {
    await api.call(method, {});
    signedOut();
  }

  return {
    api,
    live,
    colleagues,
    root,
    me: computed(() => me.value),
    tenant: computed(() => tenant.value),
    failure: computed(() => failure.value),
    begun: computed(() => begun.value),
    begin,
    restore,
    choose,
    leave,
    may: (permission: string) => includes(me.value?.permissions ?? [], permission),
  };
}

export function useConsole(): Console {
  const found = inject(CONSOLE);
  if (!found) throw new Error('no console is provided');
  return found;
}
