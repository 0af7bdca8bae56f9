import { en } from './envelopes.en';
import { zh } from './envelopes.zh';
import { textsOf } from './texts';

export const useEnvelopesTexts = () => textsOf(en, zh);
