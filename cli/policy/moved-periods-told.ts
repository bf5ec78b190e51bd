import { counted } from '../words.ts';

type Stream = { readonly isTTY?: boolean; readonly write: (text: string) => unknown };

const linesApartMs = 5_000;

/** How far the move is: a moving line on a terminal, elsewhere a line every five seconds. */
export function movedPeriodsTold(total: number, to: Stream, now: () => number): (moved: number) => void {
  let toldAt = now();
  return (moved) => {
    const said = `${moved.toLocaleString('en')} of ${counted(total, 'running period')} moved`;
    if (to.isTTY === true) {
      to.write(`\r${said}`);
    } else if (now() - toldAt >= linesApartMs) {
      toldAt = now();
      to.write(`${said}\n`);
    }
  };
}
