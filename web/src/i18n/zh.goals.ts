/** 目标的中文文字。 */

import type { enGoals } from './en.goals';

export const zhGoals: Readonly<Record<keyof typeof enGoals, string>> = {
  'goal.label': '本场目标',
  'goal.start': '设定目标',
  'goal.measure': '计什么',
  'goal.measure.likes': '本场点赞',
  'goal.measure.viewers': '同时在房间的人数',
  'goal.measure.newFollowers': '本场新增粉丝',
  'goal.measure.followers': '全部粉丝',
  'goal.measure.coins': '礼物金币，从现在算起',
  'goal.measure.gift': '某一种礼物，从现在算起',
  'goal.gift': '哪种礼物',
  'goal.targets': '目标，可分几个阶段',
  'goal.title': '达成后做什么',
  'goal.title.hint': '再唱一首',
  'goal.begin': '开始',
  'goal.end': '结束这个目标',
  'goal.unit.likes': '点赞',
  'goal.unit.viewers': '人在场',
  'goal.unit.newFollowers': '新粉丝',
  'goal.unit.followers': '粉丝',
  'goal.unit.coins': '金币',
  'goal.unit.gift': '礼物',
  'goal.far': '{count} / {target} {unit}',
  'goal.reached': '{target} {unit}，达成！',

  'error.TooManyActivities.goal': '已有四个目标，请先结束一个。',
  'error.ActivityRefuses.goal': '这个目标已经达成，请定高一点。',
  'error.GiftNotOffered.goal': '这个房间不收礼物。',
};
