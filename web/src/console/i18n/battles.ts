import { en } from './battles.en';
import { zh } from './battles.zh';
import { textsOf } from './texts';

export const useBattlesTexts = () => textsOf(en, zh);
