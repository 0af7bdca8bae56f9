/** A page's filters, which stand in its address: what is shown can be sent to a colleague, and Back goes back. */
import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export function useFilters<Name extends string>(usual: Readonly<Record<Name, string>>) {
  const route = useRoute();
  const router = useRouter();
  const names = Object.keys(usual) as Name[];

  function valueOf(name: Name): string {
    const given = route.query[name];
    return typeof given === 'string' ? given : usual[name];
  }

  function put(changes: Partial<Record<Name, string>>): void {
    const now: Record<string, string> = {};
    for (const [name, value] of Object.entries(route.query)) if (typeof value === 'string') now[name] = value;
    for (const name of names) {
      const value = changes[name] ?? valueOf(name);
      if (value === usual[name]) Reflect.deleteProperty(now, name);
      else now[name] = value;
    }
    void router.replace({ query: now, hash: route.hash });
  }

  const filter = (name: Name): WritableComputedRef<string> =>
    computed({
      get: () => valueOf(name),
      set: (value) => {
        put({ [name]: value } as Partial<Record<Name, string>>);
      },
    });

  return {
    filter,
    put,
    clear: () => {
      put(usual);
    },
    isFiltered: computed(() => names.some((name) => valueOf(name) !== usual[name])),
    values: computed(() => Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, string>),
  };
}
