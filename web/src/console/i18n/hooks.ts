import { en } from './hooks.en';
import { zh } from './hooks.zh';
import { textsOf } from './texts';

export const useHooksTexts = () => textsOf(en, zh);
