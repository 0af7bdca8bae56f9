/** What is done about reports: taken on, acted on one or many at once, dismissed. */
import { useToasts } from '../../composables/useToasts';
import type { RowOf } from '../api';
import { useReportsTexts } from '../i18n/reports';
import { useAction } from './useAction';
import type { Field } from './useConfirm';
import { useConsole } from './useConsole';
import { useSpanField } from './useFields';

type Row = RowOf<'admin/list_reports'>;
const ACTIONS = ['dismiss', 'warn', 'mute', 'kick', 'ban', 'banAll', 'close'] as const;
/** What each needs beside `reports.handle`. */
const NEEDS: Record<(typeof ACTIONS)[number], string> = {
  dismiss: 'reports.handle',
  warn: 'reports.handle',
  mute: 'rooms.moderate',
  kick: 'rooms.moderate',
  ban: 'rooms.moderate',
  banAll: 'users.moderate',
  close: 'rooms.moderate',
};
const HANDLED = new Set(['done', 'already', 'unknown']);

const LASTING: ReadonlySet<string> = new Set(['mute', 'ban', 'banAll']);

/** What the dialog's values mean to the service, which takes a time only of what lasts, and a reason of what is done. */
export function measureOf({ action = '', reasonId = '', text = '', note = '', seconds = '' }: Readonly<Record<string, string>>) {
  const everywhere = action === 'banAll';
  const told = action === 'dismiss' ? { reasonId: '', text: '' } : { reasonId, text };
  return { action: everywhere ? 'ban' : action, everywhere, ...told, note, seconds: LASTING.has(action) ? Number(seconds) : 0 };
}

/** `handled` is told of each report that is open no more; `changed` of one that somebody has taken on or given back. */
export function useReportActions(handled: (reportId: string) => void, changed: () => Promise<unknown>) {
  const { api, may, colleagues } = useConsole();
  const { t, language } = useReportsTexts();
  const spanField = useSpanField();
  const { askThen, run } = useAction();
  const { toast } = useToasts();

  async function fields(): Promise<Field[]> {
    const reasons = await api.call('admin/list_reasons', {});
    const templates = reasons.map((one) => ({ value: one.reasonId, label: language.value === 'zh' ? one.titleZh : one.titleEn }));
    return [
      { name: 'action', label: t('action'), kind: 'choice', value: 'warn', choices: ACTIONS.filter((one) => may(NEEDS[one])).map((value) => ({ value, label: t(`action.${value}`) })) },
      { name: 'reasonId', label: t('template'), kind: 'choice', value: '', choices: [{ value: '', label: t('noTemplate') }, ...templates] },
      { name: 'text', label: t('said'), kind: 'long', most: 500 },
      spanField(t('lasts')),
      { name: 'note', label: t('note'), kind: 'text' },
    ];
  }

  async function send(reportIds: readonly string[], values: Readonly<Record<string, string>>): Promise<void> {
    const found = await api.call('admin/resolve_reports', { reportIds: [...reportIds], ...measureOf(values) });
    for (const { reportId, outcome } of found) if (HANDLED.has(outcome)) handled(reportId);
    const left = found.filter(({ outcome }) => !HANDLED.has(outcome));
    const [first] = left;
    if (first) toast(t('failed', { count: left.length, problem: first.problem || t('claimedBy', { name: colleagues.nameOf(first.by) }) }), 'problem');
    else toast(t('resolved'));
  }

  async function act(reportIds: readonly string[]): Promise<void> {
    const title = reportIds.length === 1 ? t('act') : t('actMany', { count: reportIds.length });
    await askThen(
      async () => ({ title, action: t('act'), tone: 'danger', why: 'no', fields: await fields() }),
      ({ values }) => send(reportIds, values),
      '',
    );
  }

  return {
    act,
    dismiss: (reportId: string) => run(() => send([reportId], { action: 'dismiss' }), ''),
    claim: (one: Row) => run(() => api.call('admin/claim_report', { reportId: one.reportId }).then(changed), ''),
    release: (one: Row) => run(() => api.call('admin/release_report', { reportId: one.reportId }).then(changed), ''),
  };
}
