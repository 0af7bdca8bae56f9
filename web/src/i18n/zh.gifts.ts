/** 礼物的中文文字。 */

import type { enGifts } from './en.gifts';

export const zhGifts: Readonly<Record<keyof typeof enGifts, string>> = {
  'gifts.open': '送礼物',
  'gifts.title': '礼物',
  'gifts.categories': '礼物分类',
  'gifts.else': '其他',
  'gifts.for': '送给',
  'gifts.host_only': '仅限主播',
  'gifts.coins': '{count} 金币',
  'gifts.coins.one': '1 金币',
  'gifts.balance': '你有 {count} 金币',
  'gifts.coins.later': '本小时的测试金币已领取。',
  'gifts.too_few': '需要 {cost}，你有 {count}。',
  'gifts.sent': '已送出 {name} ×{count}',
  'gifts.lane': '送出的礼物',
  'gifts.sends': '送给 {receiver}：{name}',
  'gifts.more': '还有 {count} 个礼物',
  'gifts.more.one': '还有 1 个礼物',
  'gifts.totals': '{count} 个礼物',
  'gifts.totals.one': '1 个礼物',
  'gifts.senders': '来自 {count} 人',
  'gifts.senders.one': '来自 1 人',

  'error.BalanceTooLow': '金币不足。',
  'error.GiftNotOffered': '这个礼物暂时不能赠送。',
  'error.StaleVersion.gift': '价格已变，请重新查看。',
  'error.PermissionDenied.gift': '你不能在这里送礼物。',
  'error.UserNotExists.gift': '你选择的人已不在台上。',
};
