import { en } from './sign-in.en';
import { zh } from './sign-in.zh';
import { textsOf } from './texts';

export const useSignInTexts = () => textsOf(en, zh);
