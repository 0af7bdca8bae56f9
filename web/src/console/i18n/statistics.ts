import { en } from './statistics.en';
import { zh } from './statistics.zh';
import { textsOf } from './texts';

export const useStatisticsTexts = () => textsOf(en, zh);
