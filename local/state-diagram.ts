/** A state machine as the domain has it: every state, every event, and one pure function between them. */
export type StateMachine<State extends string, Event extends string> = {
  readonly states: readonly State[];
  readonly events: readonly Event[];
  /** Null where the event cannot happen. */
  readonly next: (state: State, event: Event) => State | null;
};

/** The machine as a Mermaid diagram that starts at its first state. Events that change nothing are left out. */
export function stateDiagram<State extends string, Event extends string>({
  states,
  events,
  next,
}: StateMachine<State, Event>): string {
  const arrows = states.flatMap((from) =>
    states.flatMap((to) => {
      const labels = events.filter((event) => from !== to && next(from, event) === to);
      return labels.length === 0 ? [] : [`  ${from} --> ${to}: ${labels.join(', ')}`];
    }),
  );
  return ['stateDiagram-v2', `  [*] --> ${states[0]}`, ...arrows].join('\n');
}

/** The page with each drawing between its marks, `<!-- drawn: NAME -->` and `<!-- end of NAME -->`. */
export function withDrawings(page: string, drawings: Readonly<Record<string, string>>): string {
  return Object.entries(drawings).reduce((drawn, [name, drawing]) => {
    const [begin, end] = [`<!-- drawn: ${name} -->`, `<!-- end of ${name} -->`];
    const [before, after] = [drawn.split(begin)[0], drawn.split(end)[1]];
    if (before === drawn || before === undefined || after === undefined) {
      throw new Error(`the page has no place between ${begin} and ${end}`);
    }
    return `${before}${begin}\n\n\`\`\`mermaid\n${drawing}\n\`\`\`\n\n${end}${after}`;
  }, page);
}
