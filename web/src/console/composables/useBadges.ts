/** How much waits on a page, as its place in the navigation shows it: by the page's name; empty for nothing. */
import { type Ref, ref } from 'vue';

const badges = ref<Record<string, string>>({});

export const useBadges = (): Ref<Record<string, string>> => badges;
