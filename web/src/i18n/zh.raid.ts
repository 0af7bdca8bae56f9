/** Chinese texts of raids. */

import type { enRaid } from './en.raid';

export const zhRaid: Readonly<Record<keyof typeof enRaid, string>> = {
  'raid.open': '送观众去别的直播间…',
  'raid.send': '送过去',
  'raid.waiting': '正在询问{name}能否让观众过去',
  'raid.going': '我们去{name}那里',
  'raid.staying': '你留在这里，其他人去{name}那里',
  'raid.stay': '留在这里',
  'raid.go': '一起去',
  'raid.call_off': '取消',
  'raid.refused': '对方现在不想接收观众。',
  'raid.unanswered': '对方没有答复。',
  'raid.asks': '{name}想把 {count} 人送到这里',
  'raid.arrived': '{name}的观众来了',
};
