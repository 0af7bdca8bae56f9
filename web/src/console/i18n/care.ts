import { en } from './care.en';
import { zh } from './care.zh';
import { textsOf } from './texts';

export const useCareTexts = () => textsOf(en, zh);
