/** The answer to an appeal: what was done is taken back, or stays. */
import type { RowOf } from '../api';
import { useAppealsTexts } from '../i18n/appeals';
import { useAction } from './useAction';
import { useConsole } from './useConsole';

export type Statement = RowOf<'admin/list_appeals'>;

/** `decided` is told of each statement that has its answer. */
export function useAppealActions(decided: (statementId: string) => void) {
  const { api } = useConsole();
  const { t } = useAppealsTexts();
  const { askThen, busy } = useAction();

  async function decide(one: Statement, grant: boolean): Promise<void> {
    const name = one.userId;
    const question = {
      title: t(grant ? 'grantTitle' : 'upholdTitle', { name }),
      text: t(grant ? 'grantText' : 'upholdText'),
      action: t(grant ? 'grant' : 'uphold'),
      tone: grant ? ('plain' as const) : ('danger' as const),
      fields: [{ name: 'text', label: t('answerField'), kind: 'long' as const, most: 500 }],
    };
    await askThen(
      question,
      async ({ values, why }) => {
        await api.call('admin/decide_appeal', { statementId: one.statementId, grant, text: values.text ?? '', why });
        decided(one.statementId);
      },
      t(grant ? 'granted' : 'upheld'),
    );
  }

  return { busy, grant: (one: Statement) => decide(one, true), uphold: (one: Statement) => decide(one, false) };
}
