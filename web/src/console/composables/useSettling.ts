/** Settling a period, which counts once however often it is tried, and the file of its statements. */
import { Code, isRefused } from '@liveroom/client';
import { ref } from 'vue';

import { follow } from '../csv';
import { useSettlementTexts } from '../i18n/settlement';
import { useAction } from './useAction';
import { useConsole } from './useConsole';

export function useSettling(changed: () => unknown) {
  const { api, root } = useConsole();
  const { t } = useSettlementTexts();
  const { askThen, run, busy } = useAction();
  /** The request that another operator has to approve. */
  const waiting = ref('');

  const settle = (begun: string) =>
    askThen(
      { title: t('closePeriod'), text: t('closeText'), action: t('closePeriod'), fields: [{ name: 'period', label: t('periodOf'), kind: 'text', value: begun, needed: true, most: 16 }], why: 'may' },
      async ({ values: { period = '' }, why }) => {
        waiting.value = '';
        try {
          await api.call('admin/settle', { period: period.trim(), why });
        } catch (failure) {
          if (!isRefused(failure, Code.APPROVAL_REQUIRED)) throw failure;
          waiting.value = failure.approvalId;
        }
        await changed();
      },
      t('closed'),
    );

  const save = (period: string) =>
    run(async () => {
      const { link } = await api.call('admin/export_statements', { period });
      follow(`${root}${link}`);
    }, '');

  return { busy, waiting, settle, save };
}
