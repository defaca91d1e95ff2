/** Progress for people: in place on a terminal, plain lines into a pipe. Never on standard output. */
import { createLogUpdate } from 'log-update';

export interface Progress {
  say(text: string): void;
  /** Stays on the screen. */
  note(text: string): void;
  bar(what: string, doneCount: number, totalCount: number): void;
  clear(): void;
  end(): void;
}

const barWidth = 30;
/** A pipe gets a line for every so many percent. */
const pipeStepPercent = 10;

export function startProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? terminalProgress(stream) : pipeProgress(stream);
}

function terminalProgress(stream: NodeJS.WriteStream): Progress {
  const update = createLogUpdate(stream);
  return {
    say: (text) => update(text),
    note(text) {
      update.clear();
      stream.write(`${text}\n`);
    },
    bar(what, doneCount, totalCount) {
      const filled = Math.round((doneCount / totalCount) * barWidth);
      const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
      update(`${bar} ${doneCount}/${totalCount} ${what}`);
    },
    clear: () => update.clear(),
    end() {
      update.clear();
      update.done();
    },
  };
}

function pipeProgress(stream: NodeJS.WriteStream): Progress {
  let toldPercent = 0;
  return {
    say: (text) => void stream.write(`${text}\n`),
    note: (text) => void stream.write(`${text}\n`),
    bar(what, doneCount, totalCount) {
      const percent =
        Math.floor((100 * doneCount) / totalCount / pipeStepPercent) * pipeStepPercent;
      if (percent <= toldPercent) return;
      toldPercent = percent;
      stream.write(`${doneCount}/${totalCount} ${what}\n`);
    },
    clear: () => {},
    end: () => {},
  };
}
