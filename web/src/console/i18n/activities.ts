import { en } from './activities.en';
import { zh } from './activities.zh';
import { textsOf } from './texts';

export const useActivitiesTexts = () => textsOf(en, zh);
