import { en } from './system.en';
import { zh } from './system.zh';
import { textsOf } from './texts';

export const useSystemTexts = () => textsOf(en, zh);
