import { en } from './settlement.en';
import { zh } from './settlement.zh';
import { textsOf } from './texts';

export const useSettlementTexts = () => textsOf(en, zh);
