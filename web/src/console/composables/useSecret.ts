/** Shows a secret that the service has just made: this once. */
import { useSystemTexts } from '../i18n/system';
import { useConfirm } from './useConfirm';

export function useSecret(): (name: string, secret: string) => void {
  const { t } = useSystemTexts();
  const { show } = useConfirm();
  return (name, secret) => {
    show({ title: t('secretTitle', { name }), text: t('secretText'), secrets: [secret] });
  };
}
