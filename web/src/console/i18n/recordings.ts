import { en } from './recordings.en';
import { zh } from './recordings.zh';
import { textsOf } from './texts';

export const useRecordingsTexts = () => textsOf(en, zh);
