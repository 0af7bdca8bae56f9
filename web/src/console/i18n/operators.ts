import { en } from './operators.en';
import { zh } from './operators.zh';
import { textsOf } from './texts';

export const useOperatorsTexts = () => textsOf(en, zh);
