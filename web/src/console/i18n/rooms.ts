import { en } from './rooms.en';
import { zh } from './rooms.zh';
import { textsOf } from './texts';

export const useRoomsTexts = () => textsOf(en, zh);
