import { textsOf } from './texts';
import { en } from './users.en';
import { zh } from './users.zh';

export const useUsersTexts = () => textsOf(en, zh);
