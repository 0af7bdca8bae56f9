import { en } from './gifts.en';
import { zh } from './gifts.zh';
import { textsOf } from './texts';

export const useGiftsTexts = () => textsOf(en, zh);
