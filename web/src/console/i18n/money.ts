import { en } from './money.en';
import { zh } from './money.zh';
import { textsOf } from './texts';

export const useMoneyTexts = () => textsOf(en, zh);
