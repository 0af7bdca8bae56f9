/** Chinese texts of questions. */

import type { enQuestions } from './en.questions';

export const zhQuestions: Readonly<Record<keyof typeof enQuestions, string>> = {
  'question.label': '房间里的提问',
  'question.title': '提问',
  'question.on': '正在回答',
  'question.answered': '已回答',
  'question.waiting': '{count} 条待回答',
  'question.yours': '你的问题',
  'question.ask': '提问',
  'question.none': '没有待回答的提问。',
  'question.list': '待回答的提问，最想听的在前',
  'question.vote': '我也想知道：已有 {count} 人',
  'question.mark': '现在回答',
  'question.unmark': '先不回答',
  'question.written': '文字回答（可不填）',
  'question.done': '已回答',
  'question.remove': '移除',
  'question.end': '结束提问',
  'question.who': '谁可以提问',
  'question.who.everyone': '所有人',
  'question.who.followers': '我的粉丝',
  'question.who.seated': '上麦的人',
  'question.topic': '主题（可不填）',
  'error.QuestionNotExists': '这条提问已不在等待。',
  'error.QuestionAsked': '已有人问过，为它投票吧！',
  'error.TooManyQuestions': '待回答的提问太多了，等有回答后再问。',
};
