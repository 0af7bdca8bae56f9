/** Chinese texts of recordings. */

import type { enRecordings } from './en.recordings';

export const zhRecordings: Readonly<Record<keyof typeof enRecordings, string>> = {
  'recording.title': '录制',
  'recording.open': '录制',
  'recording.coming': '直播即将开始录制',
  'recording.seconds': '{count} 秒后',
  'recording.coming.stage': '您正在台上：您的声音和画面即将被录下。',
  'recording.coming.audience': '此后直播间的声音和画面会被录下。',
  'recording.runs': '录制中',
  'recording.runs.text': '本场直播正在录制。',
  'recording.none': '当前没有录制。',
  'recording.how': '开始前几秒会告知直播间内所有人，录制期间也一直可见。直播结束时录制随之结束。',
  'recording.start': '开始录制',
  'recording.stop': '停止录制',
  'recording.call_off': '取消录制',
  'recording.always': '从下一场起，自动录制本房间的每场直播',
  'recording.made': '您在本房间的录制',
  'recording.state.announced': '即将开始',
  'recording.state.starting': '正在开始',
  'recording.state.recording': '录制中',
  'recording.state.stopping': '正在结束',
  'recording.state.processing': '处理中',
  'recording.state.ready': '可播放',
  'recording.state.failed': '失败',
  'recording.state.deleted': '已删除',
  'error.RoomRecorded': '上一次录制还在结束中，请稍后再试。',
};
