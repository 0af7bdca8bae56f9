import { en } from './charges.en';
import { textsOf } from './texts';
import { zh } from './charges.zh';

export const useChargesTexts = () => textsOf(en, zh);
