const SECONDS_A_DAY = 86_400;
/** `000` to `999`. */
const THREE: readonly string[] = Array.from({ length: 1000 }, (_, number) =>
  String(number).padStart(3, '0'),
);

/** The second that was written last; packets of one second stand together. */
export interface Stamps {
  second: number;
  text: string;
}

export function newStamps(): Stamps {
  return { second: -1, text: '' };
}

/** A time as `14:21:47.819323` in UTC, with the fraction cut to whole microseconds. */
export function stampText(stamps: Stamps, seconds: number, micros: number): string {
  if (stamps.second !== seconds) {
    stamps.second = seconds;
    stamps.text = dayText(seconds);
  }
  const whole = Math.floor(micros);
  return `${stamps.text}${THREE[Math.floor(whole / 1000)]}${THREE[whole % 1000]}`;
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
