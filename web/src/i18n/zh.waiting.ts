/** Chinese texts of broadcasts that are to come. */

import type { enWaiting } from './en.waiting';

export const zhWaiting: Readonly<Record<keyof typeof enWaiting, string>> = {
  'waiting.begins': '{time} 开播',
  'waiting.any_moment': '马上开播',
  'waiting.yours': '时间到了',
  'waiting.people.one': '{count} 人想看',
  'waiting.people': '{count} 人想看',
  'waiting.many': '超过 {count} 人想看',
  'waiting.days.one': '{count} 天',
  'waiting.days': '{count} 天',
  'waiting.remind': '提醒我',
  'waiting.reminded': '到时会提醒你',
  'waiting.begin': '现在开播',
  'waiting.share': '复制链接',
  'waiting.how': '留在这里，开播后自动进入。',
  'waiting.how.yours': '你可以随时开播。过了时间一小时还未开播，预约会被取消。',
  'waiting.coming': '即将开播',
  'waiting.soon': '{title} 即将开播',
  'waiting.live': '{title} 开播了',
  'waiting.cancelled': '{title} 已取消',
  'waiting.when': '时间',
  'waiting.when.now': '现在',
  'waiting.when.later': '稍后',
  'waiting.starts': '开播时间',
  'waiting.announce': '发布预约',
};
