import { en } from './reference.en';
import { zh } from './reference.zh';
import { textsOf } from './texts';

export const useReferenceTexts = () => textsOf(en, zh);
