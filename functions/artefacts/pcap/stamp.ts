const SECONDS_A_DAY = 86_400;
/** `000` to `999`. */
const THREE: readonly string[] = Array.from({ length: 1000 }, (_, number) =>
  String(number).padStart(3, '0'),
);

/** What was written last, to the second and to the millisecond; packets of one moment stand together. */
export interface Stamps {
  second: number;
  secondText: string;
  milli: number;
  milliText: string;
}

export function newStamps(): Stamps {
  return { second: -1, secondText: '', milli: -1, milliText: '' };
}

/** A time as `14:21:47.819323` in UTC, with the fraction cut to whole microseconds. */
export function stampText(stamps: Stamps, seconds: number, micros: number): string {
  const whole = Math.floor(micros);
  const milli = Math.floor(whole / 1000);
  if (stamps.second !== seconds) {
    stamps.second = seconds;
    stamps.secondText = dayText(seconds);
    stamps.milli = -1;
  }
  if (stamps.milli !== milli) {
    stamps.milli = milli;
    stamps.milliText = stamps.secondText + THREE[milli];
  }
  return stamps.milliText + THREE[whole % 1000];
}

function dayText(seconds: number): string {
  const second = ((seconds % SECONDS_A_DAY) + SECONDS_A_DAY) % SECONDS_A_DAY;
  const hours = two(Math.floor(second / 3600));
  const minutes = two(Math.floor(second / 60) % 60);
  return `${hours}:${minutes}:${two(second % 60)}.`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
