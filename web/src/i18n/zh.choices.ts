/** 投票和竞猜的中文文字。 */

import type { enChoices } from './en.choices';
import { zhQuestions } from './zh.questions';

export const zhChoices: Readonly<Record<keyof typeof enChoices, string>> = {
  ...zhQuestions,
  'choice.label': '房间内的投票和竞猜',
  'choice.start': '问问大家',
  'choice.type': '类型',
  'choice.type.poll': '投票',
  'choice.type.prediction': '竞猜',
  'choice.type.questions': '观众提问',
  'choice.question': '问题',
  'choice.options': '选项，每行一个（2 到 10 个）',
  'choice.lasts': '可以选择多久',
  'choice.lasts.open': '直到我结束',
  'choice.lasts.seconds': '{count} 秒',
  'choice.several': '可以选多项',
  'choice.anonymous': '匿名',
  'choice.live': '进行中显示票数',
  'choice.points': '猜中的人得到本房间的积分，不需要下注。',
  'choice.begin': '开始',
  'choice.left': '剩余时间',
  'choice.vote': '投票',
  'choice.votes': '{count} 票',
  'choice.votes.one': '1 票',
  'choice.mine': '你的选择',
  'choice.most': '最多选 {count} 项',
  'choice.voted': '你的票已计入',
  'choice.locked': '已停止选择，等待结果。',
  'choice.lock': '停止选择',
  'choice.came': '结果是它',
  'choice.end': '结束',
  'choice.cancel': '作废',
  'choice.over': '结果',
  'choice.off': '已结束，没有结果',
  'choice.result': '{question} 结果：{options}',

  'error.TooManyActivities': '已有一个正在进行，请先结束它。',
  'error.ActivityOver': '已结束，或已停止选择。',
  'error.ActivityRefuses': '这里不允许这样做。',
  'error.ActivityNotExists': '它已不存在。',
};
