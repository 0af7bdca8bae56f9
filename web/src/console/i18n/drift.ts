import { en } from './drift.en';
import { zh } from './drift.zh';
import { textsOf } from './texts';

export const useDriftTexts = () => textsOf(en, zh);
