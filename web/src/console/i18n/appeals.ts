import { en } from './appeals.en';
import { zh } from './appeals.zh';
import { textsOf } from './texts';

export const useAppealsTexts = () => textsOf(en, zh);
