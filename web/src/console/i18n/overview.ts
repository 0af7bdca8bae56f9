import { en } from './overview.en';
import { zh } from './overview.zh';
import { textsOf } from './texts';

export const useOverviewTexts = () => textsOf(en, zh);
