/** Amounts as people read them: `+1,000 coins`. */
import { useMoneyTexts } from '../i18n/money';

export function useAmounts() {
  const { t, language } = useMoneyTexts();
  const written = (amount: number, signed: boolean) =>
    new Intl.NumberFormat(language.value === 'zh' ? 'zh-CN' : 'en', signed ? { signDisplay: 'exceptZero' } : {}).format(amount);
  return {
    plain: (amount: number) => written(amount, false),
    signed: (amount: number) => written(amount, true),
    /** With its currency, if that is known. */
    named: (amount: number, currency: string) =>
      currency === 'coin' || currency === 'point' ? t(`${currency}.amount`, { amount: written(amount, true) }) : written(amount, true),
  };
}
