/** The texts that all pages share. */
import { en } from './common.en';
import { zh } from './common.zh';
import { textsOf } from './texts';

export const useCommon = () => textsOf(en, zh);
