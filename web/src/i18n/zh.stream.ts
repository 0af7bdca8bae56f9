/** Chinese texts of pushed streams. */

import type { enStream } from './en.stream';

export const zhStream: Readonly<Record<keyof typeof enStream, string>> = {
  'stream.open': '用 OBS 推流',
  'stream.how': 'OBS 等推流软件把画面和声音发送到您专属的地址和密钥，观众会晚几秒看到。',
  'stream.create': '获取推流地址和密钥',
  'stream.protocol': '推流方式',
  'stream.backup': '{name}（备用地址）',
  'stream.server': '服务器',
  'stream.key': '推流密钥',
  'stream.once': '请立即复制密钥：之后不再显示。任何人拿到它都能以您的名义推流。',
  'stream.kept': '密钥只在生成时显示。如已丢失，请更换密钥，旧密钥随即失效。',
  'stream.rotate': '更换密钥',
  'stream.start': '恢复推流',
  'stream.stop': '停止推流',
  'stream.remove': '删除',
  'stream.copy': '复制',
  'stream.copied': '已复制。',
  'stream.show': '显示',
  'stream.hide': '隐藏',
  'stream.lamp.none': '尚无推流',
  'stream.lamp.waiting': '等待推流',
  'stream.lamp.live': '推流正常',
  'stream.lamp.interrupted': '推流已中断，可能会恢复',
  'stream.lamp.ended': '推流已结束，可在 OBS 中重新开始。',
  'stream.lamp.stopped': '已停止：不接受推流',
  'stream.connecting': '正在连接直播流…',
  'stream.interrupted': '已中断',
  'stream.behind': '{name} · 延迟 {count} 秒',
};
