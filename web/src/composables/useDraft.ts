/** What somebody is about to say in the room: the words, what they answer, and whom they mention. */

import type { Message, UploadedFile } from '@liveroom/client';
import { inject, type InjectionKey, provide, type Ref, ref, type ShallowRef, shallowRef } from 'vue';

import type { Person } from './useNames';
import type { Saying } from './useTalk';

export interface Draft {
  readonly text: Ref<string>;
  readonly replyTo: ShallowRef<Message | null>;
  readonly picture: ShallowRef<UploadedFile | null>;
  /** Counts up when somebody has chosen what to write about: the field is to have the focus. */
  readonly wanted: Ref<number>;
  reply(message: Message): void;
  mention(person: Person): void;
  /** What is to be said now. */
  saying(): Saying;
  clear(): void;
}

/** The service takes no more. */
const MENTIONS_MAX = 10;
const DRAFT: InjectionKey<Draft> = Symbol('draft');

export function makeDraft(): Draft {
  const text = ref('');
  const replyTo = shallowRef<Message | null>(null);
  const picture = shallowRef<UploadedFile | null>(null);
  const wanted = ref(0);
  /** By the name as it is written. */
  const mentioned = new Map<string, string>();
  return {
    text,
    replyTo,
    picture,
    wanted,
    reply(message) {
      replyTo.value = message;
      wanted.value += 1;
    },
    mention({ userId, name }) {
      mentioned.set(name, userId);
      const gap = text.value === '' || text.value.endsWith(' ') ? '' : ' ';
      text.value = `${text.value}${gap}@${name} `;
      wanted.value += 1;
    },
    saying() {
      const words = text.value.trim();
      const mentions = [...mentioned].filter(([name]) => words.includes(`@${name}`)).map(([, userId]) => userId);
      return {
        text: words,
        ...(replyTo.value ? { replyTo: replyTo.value.messageId } : {}),
        ...(picture.value ? { uploadId: picture.value.uploadId } : {}),
        ...(mentions.length > 0 ? { mentions: mentions.slice(0, MENTIONS_MAX) } : {}),
      };
    },
    clear() {
      text.value = '';
      replyTo.value = null;
      picture.value = null;
      mentioned.clear();
    },
  };
}

export function provideDraft(): void {
  provide(DRAFT, makeDraft());
}

export function useDraft(): Draft {
  const draft = inject(DRAFT);
  if (!draft) throw new Error('no draft is provided');
  return draft;
}
