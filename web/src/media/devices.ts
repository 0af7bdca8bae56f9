/** Which cameras and microphones there are, and which of them was chosen last. */

import type { Devices } from './sources';

const KEPT_AS = 'liveroom.devices';

export interface Device {
  readonly id: string;
  readonly label: string;
}

export interface Listed {
  readonly camera: readonly Device[];
  readonly microphone: readonly Device[];
}

/** Pages over plain http have none. */
export function devicesHere(): MediaDevices | undefined {
  return navigator.mediaDevices;
}

type Kept = Pick<Storage, 'getItem' | 'setItem'>;

/** Return the devices that have names; browsers tell those once access was given. */
export async function listDevices(): Promise<Listed> {
  const found = (await devicesHere()?.enumerateDevices()) ?? [];
  const of = (kind: MediaDeviceKind) =>
    found
      .filter((one) => one.kind === kind && one.label !== '' && one.deviceId !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { camera: of('videoinput'), microphone: of('audioinput') };
}

export function keptDevices(storage: Kept): Devices {
  try {
    const kept = JSON.parse(storage.getItem(KEPT_AS) ?? '{}') as Partial<Record<string, unknown>> | null;
    const id = (name: 'camera' | 'microphone') => (typeof kept?.[name] === 'string' ? kept[name] : undefined);
    return { camera: id('camera'), microphone: id('microphone') };
  } catch {
    return {};
  }
}

export function keepDevices(storage: Kept, devices: Devices): void {
  storage.setItem(KEPT_AS, JSON.stringify(devices));
}
