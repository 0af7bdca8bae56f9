import { en } from './reports.en';
import { zh } from './reports.zh';
import { textsOf } from './texts';

export const useReportsTexts = () => textsOf(en, zh);
