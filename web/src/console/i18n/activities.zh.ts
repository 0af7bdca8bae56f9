import type { ActivitiesKey } from './activities.en';
import type { Texts } from './texts';

export const zh: Texts<ActivitiesKey> = {
  activities: '活动',
  none: '这个房间没有过活动。',
  began: '开始',
  type: '类型',
  'type.poll': '投票',
  'type.prediction': '竞猜',
  'type.questions': '提问',
  'type.goal': '目标',
  'type.songs': '点歌队列',
  question: '问题或标题',
  by: '发起人',
  votes: '票数或进度',
  state: '状态',
  running: '进行中',
  'reason.finished': '按规则结束',
  'reason.ended': '手动结束',
  'reason.timeOver': '时间到',
  'reason.closed': '随直播结束',
  'reason.withdrawn': '不再提供',
  act: '操作',
  end: '结束',
  endTitle: '结束这个活动？',
  endText: '房间会得知结果。竞猜会作废：没有人得到积分。',
  ended: '活动已结束。',
};
