import type { ChargesKey } from './charges.en';

export const zh: Readonly<Record<ChargesKey, string>> = {
  charges: '扣款',
  chargesText: '为礼物向你自己的钱包请求的扣款。没有明确答复时礼物不会送出，扣款会被撤回。',
  which: '筛选',
  'state.unknown': '结果未知',
  'state.returning': '正在退回',
  'state.asked': '正在请求',
  'state.charged': '已扣款',
  'state.refused': '已拒绝',
  'state.reversed': '已撤回',
  'state.returned': '已退回',
  none: '没有此状态的扣款。',
  gift: '礼物',
  coins: '金币',
  user: '用户',
  room: '房间',
  said: '说明',
  tries: '次数',
  time: '时间',
  next: '下次重试',
};
